"""Connections to SQLite or PostgreSQL, opened with the first use in each process."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from dbspend360.errors import StoreError

log = logging.getLogger(__name__)

_LONGEST_STATEMENT = "5s"
_LONGEST_LOCK_SECONDS = 10.0  # that another writer may keep us from the file
_PATIENCE: dict[str, Any] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,  # milliseconds; a cut line is noticed by then
    "keepalives_idle": 30,
}
_POSTGRESQL: dict[str, Any] = {
    "application_name": "dbspend360",
    "client_encoding": "utf8",
    "prepare_threshold": None,  # a pooler such as PgBouncer hands each question to another session
}
_NO_SERVER = (
    "PostgreSQL, which keeps the settings, does not let this app in or does not answer: check that "
    "it runs, and DBSPEND360_STATE_URL."
)
_NO_FILE = (
    "The file of settings cannot be opened: check that its folder can be written by this app, and "
    "that the file is not damaged."
)
_REFUSED = (
    "The database could not do this with the settings: check that it has room, and that this app "
    "may write. The log says why."
)


class LineBroke(StoreError):
    """The connection ended before the reply: what was sent may have happened or not."""


class Connections:
    """Safe under many threads, and across a fork: no process uses what another has opened."""

    def __init__(self, address: URL) -> None:
        self._address = address
        self._is_file = address.get_backend_name() == "sqlite"
        self._lock = threading.Lock()
        self._made: Engine | None = None
        self._made_by = 0

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection; what was done on it is kept when the block ends well.

        Raises:
            LineBroke: the connection ended on the way.
            StoreError: nothing was done.
            IntegrityError: as SQLAlchemy says it; another row has this key.
        """
        with self._opened() as connection:
            try:
                with connection.begin():
                    if not self._is_file:
                        limit = func.set_config("statement_timeout", _LONGEST_STATEMENT, True)
                        connection.execute(select(limit))
                    yield connection
            except IntegrityError:
                raise
            except SQLAlchemyError as error:
                log.exception("The settings could not be read or written")
                if isinstance(error, DBAPIError) and error.connection_invalidated:
                    raise LineBroke(_NO_SERVER) from error
                raise StoreError(_REFUSED) from error

    def close(self) -> None:
        """Close what is open in this process."""
        with self._lock:
            if self._made and self._made_by == os.getpid():
                self._made.dispose()
            self._made = None

    def _opened(self) -> Connection:
        try:
            return self._engine().connect()
        except (SQLAlchemyError, OSError) as error:
            log.exception("The settings cannot be reached")
            raise StoreError(_NO_FILE if self._is_file else _NO_SERVER) from error

    def _engine(self) -> Engine:
        with self._lock:
            if self._made is None or self._made_by != os.getpid():
                if self._made:
                    self._made.dispose(close=False)  # they are the parent's to close
                self._made = self._file() if self._is_file else self._server()
                self._made_by = os.getpid()
            return self._made

    def _file(self) -> Engine:
        path = Path(str(self._address.database))
        path.parent.mkdir(parents=True, exist_ok=True)
        # SQLite's own files beside it take over its rights.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        # A file is opened in a moment: nothing stays open that somebody would have to close.
        engine = create_engine(
            self._address,
            hide_parameters=True,
            poolclass=NullPool,
            connect_args={"timeout": _LONGEST_LOCK_SECONDS},
        )
        event.listen(engine, "connect", _use_wal)
        return engine

    def _server(self) -> Engine:
        chosen = {key: each for key, each in _PATIENCE.items() if key not in self._address.query}
        return create_engine(
            self._address,
            hide_parameters=True,
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            connect_args={**chosen, **_POSTGRESQL},
        )


def _use_wal(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    # Readers and the writer do not wait for each other. The file remembers it: whoever finds it
    # locked here meets somebody who is just about it.
    with suppress(connection.OperationalError):
        connection.execute("PRAGMA journal_mode = WAL").close()
