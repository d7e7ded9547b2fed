"""The check: looks at what runs cost and carries each person's incidents forward."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TypeVar

from dbspend360.errors import Conflict, Unreachable
from dbspend360.models.alert import Alert, Rule
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.answer import Answer
from dbspend360.models.incident import Incident, incident_id
from dbspend360.models.job_cost import Peak
from dbspend360.services.alert_rows import AlertRows, KeptConfig, KeptIncident
from dbspend360.services.alert_rules import is_quiet
from dbspend360.services.incident_steps import CALM_DAYS, Look, checked, late, opened
from dbspend360.services.job_costs import JobCosts
from dbspend360.theme import day, plural

T = TypeVar("T")

log = logging.getLogger(__name__)

LOOKED_AT = timedelta(days=30)
FRESH = timedelta(days=7)  # older alerts open nothing: whoever sets rules is not told the past

JobRule = tuple[Rule, str, str]


class Checker:
    """Bears being called twice, and by several at once: every change says what it saw."""

    def __init__(
        self,
        costs: JobCosts,
        rows: AlertRows,
        *,
        final_after_days: int,
        now: Callable[[], datetime],
    ) -> None:
        self._costs, self._rows = costs, rows
        self._final_after, self._now = timedelta(days=final_after_days), now

    def check(self, kept: KeptConfig) -> int:
        """Check one person's rules.

        Returns:
            How many incidents changed.

        Raises:
            WarehouseError, StoreError: nothing is lost, the next check finds the same.
        """
        last_date = _now_known(self._costs.bounds()).last_date
        if kept.problem or last_date is None:
            return 0
        incidents = self._rows.incidents(kept.user_id)
        ended = _now_known(self._costs.ended_dates(last_date - LOOKED_AT, last_date))
        words = self._lateness(ended, last_date)
        changed = self._keep_late(kept, incidents, words)
        if words:
            return changed  # what looks quiet or dear now may only be half there
        return changed + self._check_costs(kept, incidents, last_date)

    def _lateness(self, ended: Sequence[date], last_date: date) -> str:
        """How late the data is; '' when it is not."""
        waited = self._now().date() - last_date
        if waited <= self._final_after + usual_gap(ended):
            return ""
        return (
            f"Nothing newer than {day(last_date)} has come for {plural(waited.days, 'day')}. "
            "Cost alerts wait until it does."
        )

    def _keep_late(self, kept: KeptConfig, incidents: dict[str, KeptIncident], words: str) -> int:
        before = incidents.get(incident_id(Rule.DATA_LATE, "", ""))
        after = late(before.incident if before else None, words, self._now())
        return self._keep(kept, before, after)

    def _check_costs(
        self,
        kept: KeptConfig,
        incidents: dict[str, KeptIncident],
        last_date: date,
    ) -> int:
        final_date = self._now().date() - self._final_after - timedelta(days=1)
        since = last_date - max(FRESH, self._final_after + timedelta(days=5))
        days = (last_date - LOOKED_AT, last_date)
        found = _now_known(self._costs.crossed(*days, kept.config, final_date))
        fresh = _by_rule(each for each in found if each.observed.last_date >= since)
        active = {
            _key(each.incident): each
            for each in incidents.values()
            if each.incident.rule is not Rule.DATA_LATE
        }
        jobs = {(each.incident.workspace_id, each.incident.job_id) for each in active.values()}
        peaks = _now_known(self._costs.peaks(jobs, *days))
        calm = _Calm(peaks, kept.config, final_date)
        changed = 0
        for key in fresh.keys() | active.keys():
            before, own = active.get(key), fresh.get(key, [])
            after = self._stepped(before, Look(since, own), key, calm)
            changed += self._keep(kept, before, after)
        return changed

    def _stepped(
        self, before: KeptIncident | None, look: Look, key: JobRule, calm: "_Calm"
    ) -> Incident | None:
        if before is None:
            return opened(key[0], look.fresh, self._now())
        look = Look(look.since, look.fresh, calm.since_last_alert(before.incident))
        return checked(before.incident, look, self._now())

    def _keep(self, kept: KeptConfig, before: KeptIncident | None, after: Incident | None) -> int:
        """Write it where it changed; 0 where it did not, or somebody was faster."""
        if after is None or (before and after == before.incident):
            return 0
        try:
            self._rows.put(kept.user_id, after, seen=before.updated_at if before else None)
        except Conflict:
            log.info("incident=%s was changed meanwhile: the next check looks again", after.id)
            return 0
        return 1


class _Calm:
    """Knows which jobs have been quiet."""

    def __init__(self, peaks: Iterable[Peak], config: AlertConfig, final_date: date) -> None:
        self._config = config
        self._by_job: dict[tuple[str, str], list[Peak]] = defaultdict(list)
        for each in peaks:
            if each.last_date <= final_date:  # what is provisional may still grow
                self._by_job[each.workspace_id, each.job_id].append(each)

    def since_last_alert(self, incident: Incident) -> bool:
        """Whether the incident's job was calm on enough days after its last alert."""
        if not incident.alerts:
            return False
        newest = incident.alerts[-1].usage_date
        own = self._by_job[incident.workspace_id, incident.job_id]
        later = [each for each in own if each.last_date > newest]
        return is_quiet(later, incident.rule, self._config, days=CALM_DAYS)


def _now_known(answer: Answer[T]) -> T:
    """What the warehouse says now: an older answer would look like late data."""
    if answer.outage:
        raise Unreachable("check", answer.outage)
    return answer.value


def usual_gap(days: Sequence[date]) -> timedelta:
    """The longest time between days with runs that came twice: three days with free weekends.

    `days`: those with runs, oldest first.
    """
    gaps = sorted(later - earlier for earlier, later in pairwise(days))
    return gaps[-2] if len(gaps) > 1 else timedelta(days=1)


def _by_rule(found: Iterable[Alert]) -> dict[JobRule, list[Alert]]:
    grouped: dict[JobRule, list[Alert]] = defaultdict(list)
    for each in found:
        grouped[each.rule, each.observed.workspace_id, each.observed.job_id].append(each)
    return grouped


def _key(incident: Incident) -> JobRule:
    return incident.rule, incident.workspace_id, incident.job_id
