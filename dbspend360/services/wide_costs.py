"""Looks at the latest days once, and answers every view from there that needs no earlier ones."""

import logging
import threading
import time
from datetime import date, datetime, timedelta

from dbspend360.errors import DBSpendError
from dbspend360.models.answer import Answer
from dbspend360.models.summary import Bounds
from dbspend360.services.job_costs import MOST_DAYS, JobCosts
from dbspend360.services.look import Look
from dbspend360.warehouse.spends import SpendRepository

_log = logging.getLogger(__name__)

_PAUSE_SECONDS = 10.0  # between two looks at what seems to be the same
_TURN_SECONDS = 5.0


class WideCosts(JobCosts):
    """For the page: another preset, day or job then asks nobody and judges nothing anew.

    When only the time of remembered answers is over, and not the days or the number of records
    another, it says what it saw before and looks again behind the page's back.
    """

    def __init__(self, spend: SpendRepository) -> None:
        super().__init__(spend)
        self._looking, self._turn = threading.Lock(), threading.Lock()
        self._last: Look | None = None

    def foresee(self) -> None:
        """Begin to look for somebody who is about to ask; returns at once."""
        if self._looking.acquire(blocking=False):
            threading.Thread(target=self._look_ahead, daemon=True).start()

    def looked_as_of(self) -> datetime | None:
        """See `JobCosts.looked_as_of`."""
        bounds, last = self.bounds(), self._last
        return bounds.asked_at if last is None or last.is_of(bounds) else None

    def _look(self, first_date: date, last_date: date) -> Look:
        return self._wide(first_date, last_date) or super()._look(first_date, last_date)

    def _wide(self, first_date: date, last_date: date) -> Look | None:
        """What was seen of the last days; None where earlier ones are looked at as well."""
        bounds = self.bounds()
        newest = bounds.value.last_date
        if newest is None or max(first_date, _earliest(last_date)) < _earliest(newest):
            return None
        last = self._last
        if last and last.bounds == bounds.value:
            self._look_again_later(last, bounds, newest)
            return last
        return self._look_wide(bounds, newest)

    def _look_wide(self, bounds: Answer[Bounds], newest: date) -> Look:
        # Of many who ask at once one goes first; nobody waits long behind a warehouse that sleeps.
        is_first = self._turn.acquire(timeout=_TURN_SECONDS)
        try:
            last = self._last
            if last and last.is_of(bounds):
                return last
            days = (_earliest(newest), newest)
            self._last = look = Look(self._judged, days, bounds)
            return look
        finally:
            if is_first:
                self._turn.release()

    def _look_again_later(self, last: Look, bounds: Answer[Bounds], newest: date) -> None:
        is_due = not last.is_of(bounds) and time.monotonic() - last.at > _PAUSE_SECONDS
        if is_due and self._looking.acquire(blocking=False):
            again = threading.Thread(target=self._look_again, args=[bounds, newest], daemon=True)
            again.start()

    def _look_ahead(self) -> None:
        try:
            bounds = self.bounds()
            newest = bounds.value.last_date
            last = self._last
            if newest and not (last and last.bounds == bounds.value):
                self._look_wide(bounds, newest)
        except DBSpendError:
            pass  # whoever asks is told
        except Exception:
            _log.exception("what the alerts are judged by could not be looked at")
        finally:
            self._looking.release()

    def _look_again(self, bounds: Answer[Bounds], newest: date) -> None:
        try:
            self._look_wide(bounds, newest)
        except Exception:
            _log.exception("what the alerts are judged by could not be looked at again")
        finally:
            self._looking.release()


def _earliest(last_date: date) -> date:
    return last_date - timedelta(days=MOST_DAYS - 1)
