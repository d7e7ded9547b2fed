"""The most striking runs and days of some days, and what rules say to them."""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from dbspend360.errors import TooLarge
from dbspend360.models.alert import Alert
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.answer import Answer
from dbspend360.models.job_cost import Observation
from dbspend360.models.summary import Bounds
from dbspend360.services.alert_rules import alerts
from dbspend360.warehouse.judged import MOST_STRIKING, Floors, JudgedCosts

_MOST_CONFIGS = 200  # people's rules
_MOST_ALERTS = 30_000  # of all of them: some thirty megabytes
_CENT = Decimal("0.01")

_Verdict = Answer[Sequence[Alert]] | TooLarge  # that it is too much is remembered as well


class Look:
    """Asks once for what any sensible rule is crossed by, and again only for rules below that.

    Safe under many threads.
    """

    def __init__(
        self, judged: JudgedCosts, days: tuple[date, date], bounds: Answer[Bounds]
    ) -> None:
        self._judged, self._days, self._bounds = judged, days, bounds
        self._seen = judged.most_striking(*days).map(_oldest_first)
        self._floor = _floor(self._seen.value)
        self._lock = threading.Lock()
        self._verdicts: OrderedDict[tuple[str, date], _Verdict] = OrderedDict()
        self.at = time.monotonic()

    @property
    def bounds(self) -> Bounds:
        """What the data covered."""
        return self._bounds.value

    def is_of(self, bounds: Answer[Bounds]) -> bool:
        """Whether the warehouse's answer about its bounds is still the one of then."""
        return self._bounds.value == bounds.value and self._bounds.asked_at == bounds.asked_at

    def crossed(self, config: AlertConfig, final_date: date) -> Answer[Sequence[Alert]]:
        """What crosses the rules, oldest first: every view of a person asks for the same.

        Raises:
            TooLarge: it is too much to be told.
        """
        key = (config.model_dump_json(), final_date)
        with self._lock:
            found = self._verdicts.get(key)
        if found is None:
            found = self._asked_or_too_large(config, final_date)
            self._keep(key, found)
        if isinstance(found, TooLarge):
            raise TooLarge(found.question, str(found))
        return found

    def _asked_or_too_large(self, config: AlertConfig, final_date: date) -> _Verdict:
        try:
            seen = self._seen if self._holds_all_of(config) else self._reaching(config)
        except TooLarge as error:
            return error
        return seen.map(lambda found: alerts(found, config, final_date))

    def _holds_all_of(self, config: AlertConfig) -> bool:
        if self._floor is None:
            return True
        amount = config.threshold_amount
        return (amount is None or amount > self._floor) and (
            config.threshold_percentage is None or config.minimum_increase_usd > self._floor
        )

    def _reaching(self, config: AlertConfig) -> Answer[Sequence[Observation]]:
        floors = Floors(
            config.threshold_amount,
            config.threshold_percentage,
            config.minimum_increase_usd,
            config.job_name,
        )
        return self._judged.reaching(floors, *self._days).map(_oldest_first)

    def _keep(self, key: tuple[str, date], verdict: _Verdict) -> None:
        with self._lock:
            self._verdicts[key] = verdict
            while len(self._verdicts) > 1 and (
                len(self._verdicts) > _MOST_CONFIGS
                or sum(map(_size, self._verdicts.values())) > _MOST_ALERTS
            ):
                self._verdicts.popitem(last=False)


def _size(verdict: _Verdict) -> int:
    return 0 if isinstance(verdict, TooLarge) else len(verdict.value)


def _oldest_first(found: Iterable[Observation]) -> Sequence[Observation]:
    return sorted(found, key=lambda it: (it.last_date, it.workspace_id, it.job_id, it.key))


def _floor(seen: Sequence[Observation]) -> Decimal | None:
    """What costs or rises by more is surely among them; None: all are there."""
    if len(seen) < MOST_STRIKING:
        return None
    # A cent, for the warehouse has put them in order by rounded dollars.
    return min(max(each.cost, each.whole_increase) for each in seen) + _CENT
