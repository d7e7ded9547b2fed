"""The settings of users in SQLite or PostgreSQL."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Executable,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from dbspend360.errors import Conflict, StoreError
from dbspend360.models.setting import (
    CHANGED,
    Clock,
    Setting,
    moment,
    require_fit,
    require_fit_prefix,
)
from dbspend360.store.configs import CONFIGS
from dbspend360.store.connections import Connections, LineBroke
from dbspend360.store.file_mark import FileMark

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_ROWS_AT_ONCE = 100
_IN_DOUBT = (
    "The database did not say whether the setting was saved: it may or may not be. Reload and look "
    "before you try again."
)


class DatabaseStore:
    """See `Store`. Opens nothing before it is used."""

    def __init__(self, engine_url: URL, *, now: Callable[[], datetime] | None = None) -> None:
        """`engine_url` is checked: see `read_address`."""
        self._address = engine_url
        self._connections = Connections(engine_url)
        self._clock = Clock(now)
        self._file_mark = FileMark(Path(str(engine_url.database)))
        self._changes = 0  # by this process

    def prepare(self) -> None:
        """See `Store.prepare`."""
        try:
            self._make_table()
        except (IntegrityError, StoreError):
            # Of two who make it at once, PostgreSQL refuses one: by now it is there.
            self._make_table()

    def get(self, user_id: str, key: str) -> Setting | None:
        """See `Store.get`."""
        require_fit(user_id, key)
        return next(iter(self._where(*_is(user_id, key))), None)

    def put(self, user_id: str, key: str, value: str, *, seen: datetime | None) -> Setting:
        """See `Store.put`."""
        require_fit(user_id, key, value)
        seen = moment(seen) if seen else None
        now = self._clock.after(seen)
        try:
            with self._changing() as connection:
                created_at = _written(connection, user_id, key, value, seen=seen, now=now)
        except IntegrityError as error:
            raise Conflict(CHANGED) from error
        except LineBroke as error:
            return self._read_back(user_id, key, value, now, error)
        if created_at is None:
            raise Conflict(CHANGED)
        return Setting(user_id, key, value, created_at, now)

    def delete(self, user_id: str, key: str, *, seen: datetime) -> None:
        """See `Store.delete`."""
        require_fit(user_id, key)
        change = delete(CONFIGS).where(*_is(user_id, key), CONFIGS.c.updated_at == moment(seen))
        try:
            with self._changing() as connection:
                rows = connection.execute(change).rowcount
        except LineBroke as error:
            raise StoreError(_IN_DOUBT) from error
        if not rows:
            raise Conflict(CHANGED)

    def of_user(self, user_id: str) -> list[Setting]:
        """See `Store.of_user`."""
        require_fit(user_id, "any")
        return self._where(CONFIGS.c.user_id == user_id)

    def with_key(self, prefix: str) -> list[Setting]:
        """See `Store.with_key`."""
        require_fit_prefix(prefix)
        # Not LIKE: SQLite's takes A for a.
        return self._where(func.substr(CONFIGS.c.config_key, 1, len(prefix)) == prefix)

    def replace_all(self, settings: Sequence[Setting]) -> None:
        """See `Store.replace_all`."""
        rows = [_row(each) for each in settings]
        try:
            with self._changing() as connection:
                connection.execute(delete(CONFIGS))
                for start in range(0, len(rows), _ROWS_AT_ONCE):
                    connection.execute(insert(CONFIGS), rows[start : start + _ROWS_AT_ONCE])
        except IntegrityError as error:
            raise Conflict(CHANGED) from error

    @property
    def is_file(self) -> bool:
        """Whether it is a SQLite file: only then is there a `mark`."""
        return self._address.get_backend_name() == "sqlite"

    def mark(self) -> Hashable | None:
        """Another word after each change, whoever makes it; None where only a look tells."""
        found = self._file_mark.read() if self.is_file else None
        return found and (found, self._changes)

    @property
    def place(self) -> str:
        """Where the settings are kept, without a password."""
        if self.is_file:
            return str(self._address.database)
        return self._address.set(drivername="postgresql").render_as_string(hide_password=True)

    def is_begun(self) -> bool:
        """Whether there can be settings: a file is made when the first is written."""
        return not self.is_file or Path(str(self._address.database)).exists()

    def rehearse(self) -> None:
        """Send a change that meets no row: may this app read and write?

        Raises:
            StoreError: it may not; the sentence says what to do.
        """
        with self._connections.transaction() as connection:
            _written(connection, "", "", "", seen=_NEVER, now=_NEVER)

    def close(self) -> None:
        """Close the connections of this process."""
        self._connections.close()

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        try:
            with self._connections.transaction() as connection:
                yield connection
        finally:
            self._changes += 1

    def _make_table(self) -> None:
        with self._connections.transaction() as connection:
            # Who may not make tables may still use one that is there.
            if not inspect(connection).has_table(CONFIGS.name):
                connection.execute(CreateTable(CONFIGS, if_not_exists=True))

    def _where(self, *conditions: ColumnElement[bool]) -> list[Setting]:
        columns = CONFIGS.c
        asked = select(
            columns.user_id,
            columns.config_key,
            columns.config_value,
            columns.created_at,
            columns.updated_at,
        ).where(*conditions)
        with self._connections.transaction() as connection:
            found = [Setting(*row) for row in connection.execute(asked)]
        # Here, because each database has an order of letters of its own.
        return sorted(found, key=lambda each: (each.key, each.user_id))

    def _read_back(
        self, user_id: str, key: str, value: str, now: datetime, lost: LineBroke
    ) -> Setting:
        try:
            kept = self.get(user_id, key)
        except StoreError:
            kept = None
        if kept and (kept.value, kept.updated_at) == (value, now):
            return kept
        raise StoreError(_IN_DOUBT) from lost


def _row(setting: Setting) -> dict[str, object]:
    return {
        "user_id": setting.user_id,
        "config_key": setting.key,
        "config_value": setting.value,
        "created_at": setting.created_at,
        "updated_at": setting.updated_at,
    }


def _is(user_id: str, key: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return CONFIGS.c.user_id == user_id, CONFIGS.c.config_key == key


def _written(
    connection: Connection,
    user_id: str,
    key: str,
    value: str,
    *,
    seen: datetime | None,
    now: datetime,
) -> datetime | None:
    """When the setting was made; None when it is not as it was seen."""
    written = {"config_value": value, "updated_at": now}
    change: Executable
    if seen is None:
        key_columns = {"user_id": user_id, "config_key": key}
        change = insert(CONFIGS).values(**key_columns, **written, created_at=now)
        connection.execute(change)
        return now
    change = (
        update(CONFIGS)
        .where(*_is(user_id, key), CONFIGS.c.updated_at == seen)
        .values(**written)
        .returning(CONFIGS.c.created_at)
    )
    created_at: datetime | None = connection.execute(change).scalar()
    return created_at
