"""Looks at the days of the back-test once, and answers every narrower view from there."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from dbspend360.errors import DBSpendError, TooLarge
from dbspend360.models.alert import Alert
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.answer import Answer
from dbspend360.models.job_cost import Observation
from dbspend360.models.summary import Bounds
from dbspend360.services.alert_rules import alerts
from dbspend360.services.backtest import DAYS
from dbspend360.services.job_costs import JobCosts
from dbspend360.warehouse.spends import SpendRepository

_log = logging.getLogger(__name__)

_MOST_CONFIGS = 200  # people's rules
_PAUSE_SECONDS = 10.0  # between two looks at what seems to be the same


@dataclass(frozen=True)
class _Look:
    bounds: Answer[Bounds]
    seen: Answer[Sequence[Observation]]
    at: float  # monotonic
    judged: OrderedDict[tuple[str, date], list[Alert]] = field(default_factory=OrderedDict)

    def is_of(self, bounds: Answer[Bounds]) -> bool:
        return self.bounds.value == bounds.value and self.bounds.asked_at == bounds.asked_at

    def crossed(self, config: AlertConfig, final_date: date) -> list[Alert]:
        """What crosses the rules: every view of a person asks for the same."""
        key = (config.model_dump_json(), final_date)
        found = self.judged.get(key)
        if found is None:
            found = self.judged[key] = alerts(self.seen.value, config, final_date)
            while len(self.judged) > _MOST_CONFIGS:
                self.judged.popitem(last=False)
        return found


class WideCosts(JobCosts):
    """For the page: another preset, day or job then asks nobody and judges nothing anew.

    When only the time of remembered answers is over, and not the days or the number of records
    another, it says what it saw before and looks again behind the page's back.
    """

    def __init__(self, spend: SpendRepository) -> None:
        super().__init__(spend)
        self._looking = threading.Lock()
        self._last: _Look | None = None

    def foresee(self) -> None:
        """Begin to look for somebody who is about to ask; returns at once."""
        if self._looking.acquire(blocking=False):
            threading.Thread(target=self._look_ahead, daemon=True).start()

    def between(self, first_date: date, last_date: date) -> Answer[Sequence[Observation]]:
        """See `JobCosts.between`."""
        look = self._wide(first_date)
        if look is None:
            return super().between(first_date, last_date)
        return look.seen.map(
            lambda seen: [each for each in seen if _is_within(each, first_date, last_date)]
        )

    def crossed(
        self, first_date: date, last_date: date, config: AlertConfig, final_date: date
    ) -> Answer[Sequence[Alert]]:
        """See `JobCosts.crossed`."""
        look = self._wide(first_date)
        if look is None:
            return super().crossed(first_date, last_date, config, final_date)
        found = look.crossed(config, final_date)
        return look.seen.map(
            lambda _: [each for each in found if _is_within(each.observed, first_date, last_date)]
        )

    def _wide(self, first_date: date) -> _Look | None:
        """What was seen of the last days; None where a view begins before them."""
        bounds = self.bounds()
        newest = bounds.value.last_date
        if newest is None or first_date <= newest - timedelta(days=DAYS):
            return None
        last = self._last
        if last and last.bounds.value == bounds.value:
            self._look_again_later(last, bounds, newest)
            return last
        return self._looked(bounds, newest)

    def _looked(self, bounds: Answer[Bounds], newest: date) -> _Look:
        last = self._last
        if last and last.is_of(bounds):
            return last
        seen = super().between(newest - timedelta(days=DAYS - 1), newest)
        self._last = look = _Look(bounds, seen, time.monotonic())
        return look

    def _look_again_later(self, last: _Look, bounds: Answer[Bounds], newest: date) -> None:
        is_due = not last.is_of(bounds) and time.monotonic() - last.at > _PAUSE_SECONDS
        if is_due and self._looking.acquire(blocking=False):
            again = threading.Thread(target=self._look_again, args=[bounds, newest], daemon=True)
            again.start()

    def _look_ahead(self) -> None:
        try:
            bounds = self.bounds()
            newest = bounds.value.last_date
            last = self._last
            if newest and not (last and last.bounds.value == bounds.value):
                self._looked(bounds, newest)
        except DBSpendError:
            pass  # whoever asks is told
        except Exception:
            _log.exception("what the alerts are judged by could not be looked at")
        finally:
            self._looking.release()

    def _look_again(self, bounds: Answer[Bounds], newest: date) -> None:
        try:
            self._looked(bounds, newest)
        except TooLarge:
            pass  # whoever asks is told
        except Exception:
            _log.exception("what the alerts are judged by could not be looked at again")
        finally:
            self._looking.release()


def _is_within(seen: Observation, first_date: date, last_date: date) -> bool:
    return first_date <= seen.last_date and seen.first_date <= last_date
