"""Asks for what runs cost and remembers it judged, so that a moving threshold asks nobody."""

import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from dbspend360.models.alert import Alert, Learning
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.answer import Answer
from dbspend360.models.job_cost import Observation, Peak
from dbspend360.models.run import Run
from dbspend360.models.summary import Bounds
from dbspend360.services.look import Look
from dbspend360.warehouse.judged import Job
from dbspend360.warehouse.spends import SpendRepository

MOST_WINDOWS = 3
MOST_DAYS = 92  # a longer look is cut to its newest days: it would read the whole table


class JobCosts:
    """What of some days crosses rules, and what else a check wants to know.

    Safe under many threads.
    What is remembered holds as long as the warehouse's own answer about the bounds of the data:
    a new import, Refresh and the cache's time end both.
    """

    def __init__(self, spend: SpendRepository) -> None:
        self._spend, self._judged = spend, spend.judged
        self._lock = threading.Lock()
        self._looks: OrderedDict[tuple[date, date], Look] = OrderedDict()

    def bounds(self) -> Answer[Bounds]:
        """What the data covers."""
        return self._spend.bounds()

    def looked_as_of(self) -> datetime | None:
        """Since when the warehouse has said what is told now; None while newer is looked for."""
        return self.bounds().asked_at

    def crossed(
        self, first_date: date, last_date: date, config: AlertConfig, final_date: date
    ) -> Answer[Sequence[Alert]]:
        """What crosses a rule of the runs and days that ended in these days, oldest first.

        `final_date`: the last day that counts as complete.

        Raises:
            TooLarge: it is too much to be told.
        """
        look = self._look(first_date, last_date)
        return look.crossed(config, final_date).map(
            lambda found: [
                each for each in found if _is_within(each.observed, first_date, last_date)
            ]
        )

    def peaks(
        self, jobs: Collection[Job], first_date: date, last_date: date
    ) -> Answer[Sequence[Peak]]:
        """The dearest run and the dearest total of each day of these jobs, oldest first.

        Raises:
            TooLarge: as `crossed`.
        """
        if not jobs:
            return self.bounds().map(lambda _: [])
        return self._judged.peaks(jobs, first_date, last_date).map(lambda found: found)

    def learning(self, first_date: date, last_date: date) -> Answer[Sequence[Learning]]:
        """The jobs whose latest run had too few before it, by name."""
        return self._judged.learning(first_date, last_date).map(lambda found: found)

    def ended_dates(self, first_date: date, last_date: date) -> Answer[Sequence[date]]:
        """The days on which something ended, oldest first."""
        return self._judged.ended_dates(first_date, last_date).map(lambda found: found)

    def of_run(self, run: Run) -> Answer[Sequence[Observation]]:
        """The run itself, unless it is too long, and the totals of its days."""
        return self._judged.of_run(run).map(lambda found: found)

    def _look(self, first_date: date, last_date: date) -> Look:
        bounds = self.bounds()
        last_date = min(last_date, bounds.value.last_date or last_date)
        days = max(first_date, last_date - timedelta(days=MOST_DAYS - 1)), last_date
        with self._lock:
            known = self._looks.get(days)
        return known if known and known.is_of(bounds) else self._looked(days, bounds)

    def _looked(self, days: tuple[date, date], bounds: Answer[Bounds]) -> Look:
        look = Look(self._judged, days, bounds)
        with self._lock:
            self._looks[days] = look
            self._looks.move_to_end(days)
            while len(self._looks) > MOST_WINDOWS:
                self._looks.popitem(last=False)
        return look


def _is_within(seen: Observation, first_date: date, last_date: date) -> bool:
    return first_date <= seen.last_date and seen.first_date <= last_date
