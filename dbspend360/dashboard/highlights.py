"""What the dashboard marks as an alert: asked beside its own questions, never in their way."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from dbspend360.errors import DBSpendError, NotYet
from dbspend360.models.answer import Answer
from dbspend360.models.incident import Incident
from dbspend360.models.run import Run
from dbspend360.models.view_state import ViewState
from dbspend360.services.alert_desk import AlertDesk, RunVerdict, ViewAlerts
from dbspend360.services.current_user import current_user
from dbspend360.warehouse.patience import allow

_log = logging.getLogger(__name__)

T = TypeVar("T")

# A page without its marks is a page; they follow when warehouse and store have answered.
PATIENCE_SECONDS = 3.0
_THREADS = 8
_MOST_UNDER_WAY = 32  # more would only queue up behind a store that hangs


@dataclass(frozen=True)
class Marks:
    """The alerts of a view; `trouble` says why they are not known."""

    alerts: ViewAlerts = field(default_factory=ViewAlerts)
    trouble: DBSpendError | None = None


@dataclass(frozen=True)
class RunMarks:
    """One run's verdict, and which incidents there are; None and none when not known."""

    verdict: RunVerdict | None = None
    incident_ids: frozenset[str] = frozenset()


class Highlights:
    """For the person who asks. No method raises, and none takes longer than `seconds`."""

    def __init__(self, desk: AlertDesk, *, seconds: float = PATIENCE_SECONDS) -> None:
        self._desk, self._seconds = desk, seconds
        self._free = threading.BoundedSemaphore(_MOST_UNDER_WAY)
        self._threads = ThreadPoolExecutor(_THREADS, "highlights")  # opens none yet

    def of_view(self, view: ViewState) -> Answer[Marks]:
        """What of the view crosses the person's rules."""
        user = current_user()
        return self._told(
            lambda: self._desk.of_view(user, view).map(Marks), lambda error: Marks(trouble=error)
        )

    def as_of(self) -> datetime | None:
        """Since when the marks of views are as they would be told now; None: others are coming.

        Ask before the marks themselves.
        """
        try:
            return self._desk.looked_as_of()
        except DBSpendError:
            return None

    def of_run(self, run: Run) -> Answer[RunMarks]:
        """Why a run is an alert."""
        user = current_user()

        def ask() -> Answer[RunMarks]:
            verdict = self._desk.of_run(user, run)
            known = self._desk.incidents(user) if verdict.value.alerts else []
            ids = frozenset(each.id for each in known)
            return verdict.map(lambda found: RunMarks(found, ids))

        return self._told(ask, lambda _: RunMarks())

    def of_job(self, workspace_id: str, job_id: str) -> Answer[list[Incident] | None]:
        """The person's incidents of one job; None when they are not known."""
        user = current_user()

        def ask() -> Answer[list[Incident] | None]:
            found = self._desk.incidents(user)
            key = (workspace_id, job_id)
            return _now([each for each in found if (each.workspace_id, each.job_id) == key])

        return self._told(ask, lambda _: None)

    def open_count(self) -> Answer[int | None]:
        """The number at the bell; None when it is not known."""
        user = current_user()
        return self._told(lambda: _now(self._desk.open_count(user)), lambda _: None)

    def _told(self, ask: Callable[[], Answer[T]], else_: Callable[[DBSpendError], T]) -> Answer[T]:
        try:
            return self._in_time(ask)
        except DBSpendError as error:
            _log.warning("alerts are not shown: %s", error)
            return _now(else_(error))
        except Exception:
            _log.exception("alerts are not shown")
            return _now(else_(DBSpendError("The log of the server says why.")))

    def _in_time(self, ask: Callable[[], T]) -> T:
        late = NotYet("alerts", "The alerts are still being looked up.", since=datetime.now(UTC))
        if not self._free.acquire(blocking=False):
            raise late
        asked = self._threads.submit(copy_context().run, self._patient, ask)
        asked.add_done_callback(lambda _: self._free.release())
        try:
            return asked.result(timeout=self._seconds)
        except TimeoutError:
            if asked.done():  # the warehouse's own
                raise
            raise late from None

    def _patient(self, ask: Callable[[], T]) -> T:
        allow(self._seconds)
        return ask()


def _now(value: T) -> Answer[T]:
    return Answer(value, datetime.now(UTC), cached=False)
