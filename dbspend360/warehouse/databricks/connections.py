"""A small pool of connections to the SQL warehouse.

One connection answers one statement at a time, so each question leases one of its own. A connection
is retired by age and by count (each cursor leaves two kilobytes behind), when it lay idle for long
(the session may have expired), and when its session is gone.
"""

import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from databricks import sql
from databricks.sql.exc import RequestError, ServerOperationError
from urllib3.exceptions import HTTPError

from dbspend360.settings import Settings
from dbspend360.warehouse.databricks.endpoint import Endpoint
from dbspend360.warehouse.databricks.login import Headers, Login

log = logging.getLogger(__name__)

_LONGEST_LIFE_SECONDS = 20 * 60.0  # well before an OAuth token of an hour runs out
_LONGEST_IDLE_SECONDS = 5 * 60.0
_MOST_QUESTIONS = 500
_GOODBYE_SECONDS = 3.0  # at the end of the process; sessions left open expire by themselves


class Connection(Protocol):
    """What we use of the connector's connection."""

    def cursor(self) -> Any:  # noqa: ANN401 - the connector is not typed
        """One statement at a time."""
        ...

    def close(self) -> None:
        """Close the session, over the network."""
        ...


@dataclass
class _Kept:
    connection: Connection
    born: float
    used: float
    questions: int = 0

    def is_fit(self, now: float) -> bool:
        return (
            now - self.born < _LONGEST_LIFE_SECONDS
            and now - self.used < _LONGEST_IDLE_SECONDS
            and self.questions < _MOST_QUESTIONS
        )


@dataclass
class _Idle:
    """Connections nobody uses now; on its own, so that the end of the pool can close them."""

    kept: list[_Kept] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Connections:
    """At most `most` connections, opened when first needed. Opens nothing when made."""

    def __init__(self, connect: Callable[[], Connection], *, most: int) -> None:
        self._connect = connect
        self._places = threading.BoundedSemaphore(most)
        self._idle = _Idle()
        weakref.finalize(self, _say_goodbye, self._idle)

    @contextmanager
    def leased(self, *, longest_wait: float, fresh: bool = False) -> Iterator[Connection]:
        """A connection for one statement; a `fresh` one was never used before.

        An exception from inside retires it, unless its session outlives that: the warehouse said
        no, or a reply was lost on the way.

        Raises:
            TimeoutError: all are busy for longer than `longest_wait` seconds.
            Exception: whatever the connector raises when it cannot connect.
        """
        if not self._places.acquire(timeout=longest_wait):
            raise TimeoutError("all connections are busy")
        try:
            if fresh:
                self._make_room()
            kept = (None if fresh else self._taken()) or self._opened()
            try:
                yield kept.connection
            except (ServerOperationError, RequestError, HTTPError):
                self._give_back(kept)
                raise
            except BaseException:
                close_aside(kept.connection)
                raise
            self._give_back(kept)
        finally:
            self._places.release()

    def forget(self) -> None:
        """Retire every idle connection: what ended one session ended them all."""
        for kept in self._emptied():
            close_aside(kept.connection)

    def close(self) -> None:
        """Close every idle connection now."""
        for kept in self._emptied():
            close_quietly(kept.connection)

    def _taken(self) -> _Kept | None:
        while True:
            with self._idle.lock:
                if not self._idle.kept:
                    return None
                kept = self._idle.kept.pop()  # the last used: the others grow old and go
            if kept.is_fit(time.monotonic()):
                return kept
            close_aside(kept.connection)

    def _make_room(self) -> None:
        """A fresh connection is kept afterwards: it takes the place of the one longest unused."""
        with self._idle.lock:
            oldest = self._idle.kept.pop(0) if self._idle.kept else None
        if oldest:
            close_aside(oldest.connection)

    def _opened(self) -> _Kept:
        now = time.monotonic()
        return _Kept(self._connect(), born=now, used=now)

    def _give_back(self, kept: _Kept) -> None:
        kept.used = time.monotonic()
        kept.questions += 1
        with self._idle.lock:
            self._idle.kept.append(kept)

    def _emptied(self) -> list[_Kept]:
        with self._idle.lock:
            found, self._idle.kept[:] = list(self._idle.kept), []
        return found


def connector(
    settings: Settings, endpoint: Endpoint, login: Login, *, reply_seconds: float
) -> Callable[[], Connection]:
    """What opens a connection, with the connector's dangerous defaults off."""
    place: dict[str, Any] = {"_connection_uri": endpoint.uri} if endpoint.uri else {}
    if endpoint.ca_file:
        place["_tls_trusted_ca_file"] = str(endpoint.ca_file)

    def connect() -> Connection:
        return sql.connect(
            server_hostname=endpoint.host,
            http_path=endpoint.http_path,
            credentials_provider=_Credentials(login),
            user_agent_entry="dbspend360",
            session_configuration={
                "STATEMENT_TIMEOUT": str(settings.question_seconds),
                "TIMEZONE": "UTC",
            },
            enable_telemetry=False,  # else every start asks for a feature flag, 34 s when offline
            use_cloud_fetch=False,  # results come from the warehouse itself, nowhere else
            _socket_timeout=reply_seconds,
            # The connector sends each request once and fails at once. Its own retries sleep for a
            # minute after a 503, and repeat a statement whose reply was lost, an INSERT too.
            _retry_delay_min=60,
            _retry_delay_max=60,
            _retry_stop_after_attempts_duration=1,
            **place,
        )

    return connect


class _Credentials:
    """As the connector wants to be told who we are."""

    def __init__(self, login: Login) -> None:
        self._login = login

    def auth_type(self) -> str:
        return "dbspend360"

    def __call__(self) -> Callable[[], Headers]:
        return self._login.headers


def close_aside(connection: Connection) -> None:
    """Close without waiting: on a dead line it takes as long as a reply may take."""
    threading.Thread(
        target=close_quietly, args=(connection,), name="close-connection", daemon=True
    ).start()


def close_quietly(connection: Connection) -> None:
    """Close; a line that is down has nothing left to close."""
    try:
        connection.close()
    # Whatever the connector raises here, the connection is gone.
    except Exception as error:
        log.debug("closing a connection failed: %s", error)


def _say_goodbye(idle: _Idle) -> None:
    # One after the other: no thread can be started any more when the process ends.
    deadline = time.monotonic() + _GOODBYE_SECONDS
    while idle.kept and time.monotonic() < deadline:
        close_quietly(idle.kept.pop().connection)
