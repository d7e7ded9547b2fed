"""Asks for what runs cost and remembers it judged, so that a moving threshold asks nobody."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from dbspend360.errors import TooLarge
from dbspend360.models.alert import Alert
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.answer import Answer
from dbspend360.models.job_cost import Observation
from dbspend360.models.run import Run
from dbspend360.models.summary import Bounds
from dbspend360.services.alert_rules import alerts
from dbspend360.services.observing import HISTORY, observe
from dbspend360.warehouse.spends import SpendRepository

LONGEST_RUN = timedelta(days=14)  # a longer one is judged by its days only
MOST_WINDOWS = 3
MOST_DAYS = 92  # a longer look is cut to its newest days: it would read the whole table
_TURN_SECONDS = 5.0

_Found = Answer[Sequence[Observation]] | TooLarge  # that it is too much is remembered as well
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
        self._windows: OrderedDict[_Key, _Found] = OrderedDict()

    def bounds(self) -> Answer[Bounds]:
        """What the data covers."""
        return self._spend.bounds()

    def between(self, first_date: date, last_date: date) -> Answer[Sequence[Observation]]:
        """The runs that ended in these days, and the totals of these days, oldest first.

        Raises:
            TooLarge: there are too many to judge them.
        """
        bounds = self.bounds()
        last_date = min(last_date, bounds.value.last_date or last_date)
        first_date = max(first_date, last_date - timedelta(days=MOST_DAYS - 1))
        key = (first_date, last_date, Answer(bounds.value, bounds.asked_at, cached=True))
        found = self._known(key) or self._asked_in_turn(key)
        if isinstance(found, TooLarge):
            raise TooLarge(found.question, str(found))
        return found

    def crossed(
        self, first_date: date, last_date: date, config: AlertConfig, final_date: date
    ) -> Answer[Sequence[Alert]]:
        """What of that crosses a rule; `final_date`: the last day that counts as complete.

        Raises:
            TooLarge: as `between`.
        """
        return self.between(first_date, last_date).map(
            lambda seen: alerts(seen, config, final_date)
        )

    def _asked_in_turn(self, key: _Key) -> _Found:
        # Of many who ask at once one goes first; nobody waits long behind a warehouse that sleeps.
        is_first = self._asking.acquire(timeout=_TURN_SECONDS)
        try:
            found = self._known(key) or self._asked_or_too_large(key[0], key[1])
            # Before the next one's turn, who would ask again.
            self._keep(_whenever(key) if isinstance(found, TooLarge) else key, found)
        finally:
            if is_first:
                self._asking.release()
        return found

    def of_run(self, run: Run) -> Answer[list[Observation]]:
        """The run itself, and the totals of its days."""
        first, last = run.days
        job = (run.key.workspace_id, run.key.job_id)
        found = self._asked(first, last, job)
        return found.map(
            lambda seen: [each for each in seen if each.run_id in (None, run.key.run_id)]
        )

    def _known(self, key: _Key) -> _Found | None:
        with self._lock:
            own = key if key in self._windows else _whenever(key)
            if own in self._windows:
                self._windows.move_to_end(own)
            return self._windows.get(own)

    def _keep(self, key: _Key, found: _Found) -> None:
        with self._lock:
            self._windows[key] = found
            while len(self._windows) > MOST_WINDOWS:
                self._windows.popitem(last=False)

    def _asked_or_too_large(self, first_date: date, last_date: date) -> _Found:
        try:
            return self._asked(first_date, last_date, ("", ""))
        except TooLarge as error:
            return error

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


def _whenever(key: _Key) -> _Key:
    """Whenever the bounds were asked for: what was too much of this data stays so."""
    first_date, last_date, bounds = key
    return first_date, last_date, replace(bounds, asked_at=datetime.min.replace(tzinfo=UTC))
