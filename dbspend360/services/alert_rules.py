"""The rules. The check, the back-test and the highlights all ask here, so they agree.

Pure: no clock, no database. Thresholds come in here and nowhere earlier, so a form may move them
without asking the warehouse again.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from dbspend360.models.alert import Alert, Rule
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.job_cost import Observation, Peak

CALM = Decimal("0.8")  # of the line: below it a job is quiet again, not merely a cent under


def alerts(
    observations: Iterable[Observation], config: AlertConfig, final_date: date
) -> list[Alert]:
    """What crosses a rule, in the order of the observations.

    `final_date`: the last day that counts as complete; what touches a later one is early.
    """
    return [
        alert
        for seen in observations
        if config.covers(seen.job_name, seen.job_id)
        for alert in _crossed(seen, config, final_date)
    ]


def _crossed(seen: Observation, config: AlertConfig, final_date: date) -> Iterator[Alert]:
    is_early = seen.last_date > final_date
    amount, percentage = config.threshold_amount, config.threshold_percentage
    if amount is not None and seen.cost >= amount:
        yield Alert(Rule.AMOUNT, seen, amount, amount, is_early)
    if percentage is not None and seen.normal is not None and _is_increase(seen, config):
        yield Alert(Rule.PERCENTAGE, seen, percentage, seen.normal, is_early)


def _is_increase(seen: Observation, config: AlertConfig) -> bool:
    # Not divided: a job may normally cost nothing, or less after corrections.
    percentage, normal = config.threshold_percentage, seen.normal
    if percentage is None or normal is None:
        return False
    enough = seen.increase * 100 >= percentage * normal
    return enough and seen.whole_increase > config.minimum_increase_usd


def is_calm(seen: Peak, rule: Rule, config: AlertConfig) -> bool:
    """Whether the dearest of a day is clearly below the rule's line; never while EC2 is unknown."""
    line = _line(seen, rule, config)
    return seen.is_complete and line is not None and seen.cost < line * CALM


def is_quiet(peaks: Iterable[Peak], rule: Rule, config: AlertConfig, *, days: int) -> bool:
    """Whether a job was calm in every run and every total of its latest days with runs."""
    by_day: dict[date, bool] = {}
    for seen in peaks:
        calm = by_day.get(seen.last_date, True)
        by_day[seen.last_date] = calm and is_calm(seen, rule, config)
    latest = sorted(by_day)[-days:]
    return len(latest) == days and all(by_day[day] for day in latest)


def _line(seen: Peak, rule: Rule, config: AlertConfig) -> Decimal | None:
    if rule is Rule.AMOUNT:
        return config.threshold_amount
    if config.threshold_percentage is None or seen.normal is None:
        return None
    normal = seen.normal
    return normal + max(normal * config.threshold_percentage / 100, config.minimum_increase_usd)
