"""Asks for what runs cost and remembers it judged, so that a moving threshold asks nobody."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date, timedelta

from dbspend360.models.answer import Answer
from dbspend360.models.job_cost import Observation
from dbspend360.models.run import Run
from dbspend360.models.summary import Bounds
from dbspend360.services.observing import HISTORY, observe
from dbspend360.warehouse.spends import SpendRepository

LONGEST_RUN = timedelta(days=14)  # a longer one is judged by its days only
MOST_WINDOWS = 3
MOST_DAYS = 92  # a longer look is cut to its newest days: it would read the whole table
_TURN_SECONDS = 5.0

_Key = tuple[date, date, Answer[Bounds]]


class JobCosts:
    """Observations of some days. Safe under many threads.

    What is remembered holds as long as the warehouse's own answer about the bounds of the data:
    a new import, Refresh and the cache's time end both.
    """

    def __init__(self, spend: SpendRepository) -> None:
        self._spend = spend
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._windows: OrderedDict[_Key, Answer[Sequence[Observation]]] = OrderedDict()

    def bounds(self) -> Answer[Bounds]:
        """What the data covers."""
        return self._spend.bounds()

    def between(self, first_date: date, last_date: date) -> Answer[Sequence[Observation]]:
        """The runs that ended in these days, and the totals of these days, oldest first."""
        bounds = self.bounds()
        last_date = min(last_date, bounds.value.last_date or last_date)
        first_date = max(first_date, last_date - timedelta(days=MOST_DAYS - 1))
        key = (first_date, last_date, Answer(bounds.value, bounds.asked_at, cached=True))
        if known := self._known(key):
            return known
        # Of many who ask at once one goes first; nobody waits long behind a warehouse that sleeps.
        is_first = self._asking.acquire(timeout=_TURN_SECONDS)
        try:
            found = self._known(key) or self._asked(first_date, last_date, ("", ""))
        finally:
            if is_first:
                self._asking.release()
        self._keep(key, found)
        return found

    def of_run(self, run: Run) -> Answer[list[Observation]]:
        """The run itself, and the totals of its days."""
        first, last = run.days
        job = (run.key.workspace_id, run.key.job_id)
        found = self._asked(first, last, job)
        return found.map(
            lambda seen: [each for each in seen if each.run_id in (None, run.key.run_id)]
        )

    def _known(self, key: _Key) -> Answer[Sequence[Observation]] | None:
        with self._lock:
            if key in self._windows:
                self._windows.move_to_end(key)
            return self._windows.get(key)

    def _keep(self, key: _Key, found: Answer[Sequence[Observation]]) -> None:
        with self._lock:
            self._windows[key] = found
            while len(self._windows) > MOST_WINDOWS:
                self._windows.popitem(last=False)

    def _asked(
        self, first_date: date, last_date: date, job: tuple[str, str]
    ) -> Answer[Sequence[Observation]]:
        begin = first_date - HISTORY - LONGEST_RUN
        # A run that goes on after the last day is whole all the same.
        answer = self._spend.run_days(begin, last_date + LONGEST_RUN, job=job)
        return answer.map(
            lambda rows: [
                each for each in observe(rows, first_date) if each.first_date <= last_date
            ]
        )
