"""What a configuration would have raised in the past, before anybody saves it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from dbspend360.models.alert import Alert, Learning, Rule
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.incident import Incident
from dbspend360.models.job_cost import Peak
from dbspend360.services.alert_rules import is_quiet
from dbspend360.services.incident_steps import CALM_DAYS, Look, checked, opened, told
from dbspend360.theme import plural

DAYS = 90

JobRule = tuple[Rule, str, str]


@dataclass(frozen=True)
class PastIncident:
    """One incident that there would have been."""

    rule: Rule
    workspace_id: str
    job_id: str
    job_name: str
    alerts: tuple[Alert, ...]  # oldest first, at least one
    told_on: tuple[date, ...]  # the days whose check would have told of it

    @property
    def worst(self) -> Alert:
        """The one with the most dollars beyond what was expected."""
        return max(self.alerts, key=lambda each: each.excess)


@dataclass(frozen=True)
class Backtest:
    """Both days are included."""

    first_date: date
    last_date: date
    alerts: tuple[Alert, ...]  # newest first
    incidents: tuple[PastIncident, ...]  # the latest first
    mails: int
    learning: tuple[Learning, ...]

    @property
    def days(self) -> int:
        """How many days were looked at."""
        return (self.last_date - self.first_date).days + 1

    @property
    def words(self) -> str:
        """`in the last 90 days this would have raised 4 alerts in 2 mails`."""
        raised = f"{plural(len(self.alerts), 'alert')} in {plural(self.mails, 'mail')}"
        return f"in the last {self.days} days this would have raised {raised}"


def backtest(
    found: Sequence[Alert],
    peaks: Iterable[Peak],
    config: AlertConfig,
    days: tuple[date, date],
    learning: Iterable[Learning] = (),
) -> Backtest:
    """Each day checked in turn, by the steps of the live check.

    Args:
        found: what crosses the rules, oldest first.
        peaks: of the jobs that do, each day between the `days`, oldest first.
        config: the rules.
        days: the first and the last one that are looked at.
        learning: the jobs that are, whatever the rules cover.
    """
    by_rule: dict[JobRule, list[Alert]] = defaultdict(list)
    for each in found:
        by_rule[each.rule, each.observed.workspace_id, each.observed.job_id].append(each)
    by_job: dict[tuple[str, str], list[Peak]] = defaultdict(list)
    for seen in peaks:
        by_job[seen.workspace_id, seen.job_id].append(seen)
    incidents = [
        incident
        for key, own in by_rule.items()
        for incident in _incidents(own, by_job[key[1:]], config)
    ]
    incidents.sort(key=lambda each: each.alerts[-1].observed.last_date, reverse=True)
    return Backtest(
        first_date=days[0],
        last_date=days[1],
        alerts=tuple(reversed(found)),
        incidents=tuple(incidents),
        mails=_mails(incidents, config),
        learning=tuple(each for each in learning if config.covers(each.job_name, each.job_id)),
    )


def _mails(incidents: Sequence[PastIncident], config: AlertConfig) -> int:
    """One for each incident each time, or one a day."""
    told_on = [day for each in incidents for day in each.told_on]
    return len(told_on) if config.digest_hour is None else len(set(told_on))


def _incidents(
    own: Sequence[Alert], peaks: Sequence[Peak], config: AlertConfig
) -> Iterator[PastIncident]:
    """Of one rule and job, oldest first."""
    crossed: dict[date, list[Alert]] = defaultdict(list)
    for each in own:
        crossed[each.observed.last_date].append(each)
    days = sorted({each.last_date for each in peaks if each.last_date >= min(crossed)})
    incident: Incident | None = None
    seen: list[Alert] = []
    told_on: list[date] = []
    for day in days:
        fresh = crossed.get(day, [])
        incident = _step(incident, fresh, peaks, config, day)
        seen += fresh
        if seen and incident and not incident.is_active:
            yield _past(seen, told_on)
            seen, told_on = [], []
        if incident and incident.is_waiting:
            told_on.append(day)
            incident = told(incident, "", _after(day))
    if seen:
        yield _past(seen, told_on)


def _step(
    incident: Incident | None,
    fresh: Sequence[Alert],
    peaks: Sequence[Peak],
    config: AlertConfig,
    day: date,
) -> Incident | None:
    now = _after(day)
    if incident is None:
        return opened(fresh[0].rule, fresh, now) if fresh else None
    calm = False
    if incident.is_active and not fresh:
        newest = incident.alerts[-1].usage_date
        since = [each for each in peaks if newest < each.last_date <= day]
        calm = is_quiet(since, incident.rule, config, days=CALM_DAYS)
    return checked(incident, Look(day, fresh, calm), now)


def _after(day: date) -> datetime:
    """When the check of a day takes place."""
    return datetime.combine(day + timedelta(days=1), time(6), UTC)


def _past(seen: Sequence[Alert], told_on: Sequence[date]) -> PastIncident:
    first = seen[0].observed
    return PastIncident(
        rule=seen[0].rule,
        workspace_id=first.workspace_id,
        job_id=first.job_id,
        job_name=first.job_name,
        alerts=tuple(seen),
        told_on=tuple(told_on),
    )
