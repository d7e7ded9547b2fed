"""The settings of users in a table on Databricks: a store with the six methods of `Store`.

Delta keeps no key single, and a reply may be lost. So every change is followed by a look: what
stands there now tells whether it was ours.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from dbspend360.errors import Conflict, LostReply, StoreError, Unreachable, WarehouseError
from dbspend360.models.setting import (
    CHANGED,
    Clock,
    Setting,
    moment,
    require_fit,
    require_fit_prefix,
)
from dbspend360.warehouse.base import Question, Row, Value, Warehouse
from dbspend360.warehouse.databricks.failures import Refused
from dbspend360.warehouse.questions import question

# How many rows a change met, if the warehouse says so; else why it failed, perhaps.
_Outcome = int | None | WarehouseError

MOST_SETTINGS = 1_000_000  # in one look; a process can hold these
_TOO_MANY = (
    f"There are more than {MOST_SETTINGS:,} settings of users: keep them in PostgreSQL with "
    "DBSPEND360_STATE_URL."
)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_TRIES = 3  # when changes of other settings in the table got in the way
_IN_DOUBT = (
    "Databricks did not say whether the setting was saved: it may or may not be. Reload and look "
    "before you try again."
)
_NOT_THERE = (
    "The table of users' settings is not there, or may not be seen: run `dbspend360 init`, which "
    "makes it."
)
_SENTENCES = {
    "TABLE_OR_VIEW_NOT_FOUND": _NOT_THERE,
    "SCHEMA_NOT_FOUND": _NOT_THERE,
    "CATALOG_NOT_FOUND": _NOT_THERE,
    "INSUFFICIENT_PERMISSIONS": (
        "Databricks does not let this app use the table of users' settings. `dbspend360 check` "
        "says which GRANT mends it."
    ),
}


class ChangeableWarehouse(Warehouse, Protocol):
    """A warehouse that also writes. Not one behind a cache: settings are read as they are now."""

    def change(self, question: Question, values: Mapping[str, Value]) -> int | None:
        """Send a change exactly once.

        Returns:
            How many rows it changed; None where the warehouse does not say.

        Raises:
            LostReply: nobody knows what became of it.
            WarehouseError: it certainly did not happen.
        """
        ...


class AppConfigsTable:
    """See `Store`, in `store/base.py`. The session's time zone must be UTC."""

    def __init__(
        self,
        warehouse: ChangeableWarehouse,
        table: str,
        *,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """`table` is checked and quoted."""
        self._warehouse = warehouse
        self._table = table
        self._clock = Clock(now)

    def prepare(self) -> None:
        """See `Store.prepare`."""
        try:
            self.get("", "any")  # who may not make tables may still use one that is there
        except StoreError:
            outcome = self._change("prepare", {})
            if isinstance(outcome, WarehouseError):
                self._require_table(outcome)

    def get(self, user_id: str, key: str) -> Setting | None:
        """See `Store.get`."""
        require_fit(user_id, key)
        found = self._read("get", {"user_id": user_id, "config_key": key})
        return found[0] if found else None

    def put(self, user_id: str, key: str, value: str, *, seen: datetime | None) -> Setting:
        """See `Store.put`."""
        require_fit(user_id, key, value)
        seen = moment(seen) if seen else None
        now = self._clock.after(seen)
        values: dict[str, Value] = {
            "user_id": user_id,
            "config_key": key,
            "config_value": value,
            "updated_at": _text(now),
            "seen": seen and _text(seen),
        }
        for _ in range(_MOST_TRIES):
            outcome = self._change("put", values)
            kept = self._look(user_id, key, outcome)
            if kept and (kept.value, kept.updated_at) == (value, now):
                return kept
            if isinstance(outcome, int):  # it was ours, and somebody has changed it since
                made = kept.created_at if kept else seen or now
                return Setting(user_id, key, value, made, now)
            _require_another_try(outcome, kept, seen)
        raise Conflict(CHANGED)

    def delete(self, user_id: str, key: str, *, seen: datetime) -> None:
        """See `Store.delete`."""
        seen = moment(seen)
        _require_as_seen(self.get(user_id, key), seen)
        values: dict[str, Value] = {"user_id": user_id, "config_key": key, "seen": _text(seen)}
        for _ in range(_MOST_TRIES):
            outcome = self._change("delete", values)
            kept = self._look(user_id, key, outcome)
            if kept is None or kept.created_at > seen:  # gone, or already made again
                return
            _require_another_try(outcome, kept, seen)
        raise Conflict(CHANGED)

    def of_user(self, user_id: str) -> list[Setting]:
        """See `Store.of_user`."""
        require_fit(user_id, "any")
        return self._read("of_user", {"user_id": user_id})

    def with_key(self, prefix: str) -> list[Setting]:
        """See `Store.with_key`."""
        require_fit_prefix(prefix)
        return self._read("with_key", {"prefix": prefix})

    def replace_all(self, settings: Sequence[Setting]) -> None:
        """See `Store.replace_all`. Each is written so that doing it twice does no harm."""
        wanted = {(each.user_id, each.key) for each in settings}
        for kept in self.with_key(""):
            if (kept.user_id, kept.key) not in wanted:
                self.delete(kept.user_id, kept.key, seen=kept.updated_at)
        for each in settings:
            outcome = self._change("restore", _values(each))
            if isinstance(outcome, WarehouseError):
                raise _told(outcome) from outcome

    def rehearse(self) -> None:
        """Read, and send a change that meets no row: may this principal do both?

        Raises:
            WarehouseError: as the warehouse says it.
        """
        self._warehouse.query(self._question("get"), {"user_id": "", "config_key": ""})
        values: dict[str, Value] = {"user_id": "", "config_key": "", "seen": _text(_NEVER)}
        self._warehouse.change(self._question("delete"), values)

    def _read(self, name: str, values: Mapping[str, Value]) -> list[Setting]:
        try:
            most: dict[str, Value] = {"most": MOST_SETTINGS + 1}
            rows = self._warehouse.query(self._question(name), {**values, **most}).value
        except Refused as error:
            raise _told(error) from error
        if len(rows) > MOST_SETTINGS:
            raise StoreError(_TOO_MANY)
        return sorted(map(_setting, rows), key=lambda each: (each.key, each.user_id))

    def _change(self, name: str, values: Mapping[str, Value]) -> _Outcome:
        try:
            rows = self._warehouse.change(self._question(name), values)
        except Unreachable:
            raise  # it was never sent
        except WarehouseError as error:
            return error
        if rows == 0:
            raise Conflict(CHANGED)
        return rows

    def _look(self, user_id: str, key: str, outcome: _Outcome) -> Setting | None:
        try:
            return self.get(user_id, key)
        except (StoreError, WarehouseError) as error:
            if isinstance(outcome, WarehouseError):
                raise _told(outcome) from error
            raise LostReply("app_configs/look", _IN_DOUBT) from error

    def _require_table(self, refused: WarehouseError) -> None:
        try:
            self.get("", "any")  # made by another process, or by us though the reply was lost
        except StoreError:
            raise _told(refused) from refused

    def _question(self, name: str) -> Question:
        asked = question(f"app_configs/{name}")
        text = asked.text.replace("app_configs", self._table)
        return replace(asked, text=text, is_remembered=False)


def _require_as_seen(kept: Setting | None, seen: datetime | None) -> None:
    if (kept.updated_at if kept else None) != seen:
        raise Conflict(CHANGED)


def _require_another_try(outcome: _Outcome, kept: Setting | None, seen: datetime | None) -> None:
    """End the tries, unless the change failed only because of another one's files."""
    if isinstance(outcome, LostReply):  # somebody may have changed it after us: nobody knows
        raise _told(outcome) from outcome
    _require_as_seen(kept, seen)
    if not isinstance(outcome, WarehouseError):
        raise Conflict(CHANGED)
    # Delta refuses a change when another one touched the same files, whatever its key was.
    if not (isinstance(outcome, Refused) and outcome.kind.startswith("DELTA_CONCURRENT")):
        raise _told(outcome) from outcome


def _told(error: WarehouseError) -> StoreError | WarehouseError:
    if isinstance(error, LostReply):
        return LostReply(error.question, _IN_DOUBT)
    if not isinstance(error, Refused):
        return error
    other = "Databricks refused to read or write the settings of users. The log says why."
    return StoreError(_SENTENCES.get(error.kind, other))


def _text(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def _values(setting: Setting) -> dict[str, Value]:
    return {
        "user_id": setting.user_id,
        "config_key": setting.key,
        "config_value": setting.value,
        "created_at": _text(setting.created_at),
        "updated_at": _text(setting.updated_at),
    }


def _setting(row: Row) -> Setting:
    return Setting(
        user_id=str(row["user_id"]),
        key=str(row["config_key"]),
        value=str(row["config_value"]),
        created_at=_moment(row["created_at"]),
        updated_at=_moment(row["updated_at"]),
    )


def _moment(text: Value) -> datetime:
    read = datetime.fromisoformat(str(text))
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
