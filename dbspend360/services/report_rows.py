"""What the reports keep in the store: schedules and saved views, as JSON."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ValidationError

from dbspend360.errors import NotFound
from dbspend360.models.saved_view import SavedView
from dbspend360.models.schedule import Schedule, read_schedule
from dbspend360.models.setting import Setting
from dbspend360.services.prepared_store import PreparedStore

SCHEDULE = "reports/schedule/"
VIEW = "reports/view/"
OUTBOX = "reports/outbox/"

NO_SCHEDULE = "There is no such schedule."
_MEND = "Nothing is sent by it: save it again, or delete it."
NO_VIEW = "There is no such saved view."


@dataclass(frozen=True)
class KeptSchedule:
    """A schedule as it was seen."""

    user_id: str
    id: str
    schedule: Schedule | None  # None: it cannot be read, and nothing is sent by it
    updated_at: datetime
    counts_from: datetime  # what was due up to then is not its concern
    problem: str = ""  # why it cannot be read, for the person

    @property
    def name(self) -> str:
        """As people call it."""
        return self.schedule.name if self.schedule else f"Schedule {self.id}"

    def next_at(self, now: datetime) -> datetime | None:
        """When it is due next; None while it is paused, or cannot be read."""
        if self.schedule is None or self.schedule.is_paused:
            return None
        return self.schedule.due_after(max(now, self.counts_from))


@dataclass(frozen=True)
class KeptView:
    """A saved view as it was seen."""

    id: str
    view: SavedView
    updated_at: datetime


class _Kept(BaseModel):
    schedule: dict[str, Any]
    counts_from: AwareDatetime


class ReportRows(PreparedStore):
    """Safe under many threads and processes: every change says what it saw."""

    def schedules(self, user_id: str) -> list[KeptSchedule]:
        """The person's schedules."""
        rows = self.store.of_user(user_id)
        return [_schedule(each) for each in rows if each.key.startswith(SCHEDULE)]

    def all_schedules(self) -> list[KeptSchedule]:
        """The schedules of all people."""
        return [_schedule(each) for each in self.store.with_key(SCHEDULE)]

    def schedule(self, user_id: str, id_: str) -> KeptSchedule:
        """One of the person's schedules.

        Raises:
            NotFound: there is none.
        """
        return _schedule(self._row(user_id, SCHEDULE, id_, NO_SCHEDULE))

    def has_schedule(self, user_id: str, id_: str) -> bool:
        """Whether it was not deleted."""
        return self.store.get(user_id, SCHEDULE + id_) is not None

    def put_schedule(
        self,
        user_id: str,
        schedule: Schedule,
        *,
        id_: str,
        counts_from: datetime,
        seen: datetime | None,
    ) -> KeptSchedule:
        """Keep a schedule; errors as with `Store.put`."""
        said = _Kept(schedule=schedule.model_dump(mode="json"), counts_from=counts_from)
        value = said.model_dump_json()
        kept = self.store.put(user_id, SCHEDULE + id_, value, seen=seen)
        return KeptSchedule(user_id, id_, schedule, kept.updated_at, counts_from)

    def delete_schedule(self, user_id: str, id_: str, *, seen: datetime | None) -> None:
        """Remove a schedule as it was `seen`; None: however it is.

        Raises:
            NotFound: there is none.
            Conflict: it was changed since.
        """
        row = self._row(user_id, SCHEDULE, id_, NO_SCHEDULE)
        self.store.delete(user_id, row.key, seen=seen or row.updated_at)

    def views(self, user_id: str) -> list[KeptView]:
        """The person's saved views by name; one that cannot be read is left out."""
        rows = self.store.of_user(user_id)
        found = [_view(each) for each in rows if each.key.startswith(VIEW)]
        return sorted((each for each in found if each), key=lambda each: each.view.name.lower())

    def put_view(
        self, user_id: str, view: SavedView, *, id_: str, seen: datetime | None
    ) -> KeptView:
        """Keep a view; errors as with `Store.put`."""
        kept = self.store.put(user_id, VIEW + id_, view.model_dump_json(), seen=seen)
        return KeptView(id_, view, kept.updated_at)

    def delete_view(self, user_id: str, id_: str) -> None:
        """Remove a view.

        Raises:
            NotFound: there is none.
        """
        row = self._row(user_id, VIEW, id_, NO_VIEW)
        self.store.delete(user_id, row.key, seen=row.updated_at)

    def _row(self, user_id: str, kind: str, id_: str, problem: str) -> Setting:
        is_id = id_.isascii() and id_.isalnum() and len(id_) <= 40
        row = self.store.get(user_id, kind + id_) if is_id else None
        if row is None:
            raise NotFound(problem)
        return row


def new_id() -> str:
    """For a schedule or a view."""
    return uuid.uuid4().hex[:16]


def _schedule(row: Setting) -> KeptSchedule:
    id_ = row.key.removeprefix(SCHEDULE)
    try:
        kept = _Kept.model_validate_json(row.value)
    except ValidationError:
        problem = f"This schedule cannot be read. {_MEND}"
        return KeptSchedule(row.user_id, id_, None, row.updated_at, row.updated_at, problem)
    found = read_schedule(kept.schedule)
    if not isinstance(found, Schedule):
        problem = f"This schedule cannot be read: {found[0].field} {found[0].problem}. {_MEND}"
        return KeptSchedule(row.user_id, id_, None, row.updated_at, row.updated_at, problem)
    return KeptSchedule(row.user_id, id_, found, row.updated_at, kept.counts_from)


def _view(row: Setting) -> KeptView | None:
    try:
        view = SavedView.model_validate_json(row.value)
    except ValidationError:
        return None
    return KeptView(row.key.removeprefix(VIEW), view, row.updated_at)
