"""An incident: one thing that is wrong with one job, from the first alert until it is over.

There is at most one for each rule, workspace and job of a person, however many runs cross it.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Self

from pydantic import TypeAdapter

from dbspend360.models.alert import Alert, Rule
from dbspend360.models.summary import ZERO

MOST_ALERTS = 20  # kept in full: the dearest and the newest
MOST_EVENTS = 200


class State(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"  # somebody is on it: told again only when it gets worse
    SNOOZED = "snoozed"  # nothing is told until then
    EXPECTED = "expected"  # this much is fine: told again only far beyond it
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Crossing:
    """An alert as an incident keeps it."""

    key: str
    usage_date: date
    run_id: str | None
    subject: str
    reason: str
    cost: Decimal
    databricks_cost: Decimal  # of that; the rest is EC2
    expected: Decimal
    excess: Decimal
    is_early: bool
    seen_at: datetime


@dataclass(frozen=True)
class Event:
    """Who did what when. `who` is '' for the check itself."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True)
class Incident:
    """See the module. Times are UTC."""

    id: str
    rule: Rule
    workspace_id: str
    job_id: str
    job_name: str
    state: State
    opened_at: datetime
    changed_at: datetime
    alerts: tuple[Crossing, ...] = ()  # of this time, oldest first
    alert_count: int = 0
    known: tuple[str, ...] = ()  # alerts that were looked at, of this time and of earlier ones
    snoozed_until: datetime | None = None
    accepted_impact: Decimal = ZERO  # what was called expected
    told_at: datetime | None = None
    told_impact: Decimal = ZERO
    notices: int = 0  # how many times it was told, ever
    is_waiting: bool = False  # to be told
    history: tuple[Event, ...] = ()  # oldest first

    @property
    def impact(self) -> Decimal:
        """Dollars beyond what was expected, of the dearest run or day."""
        return max((each.excess for each in self.alerts), default=ZERO)

    @property
    def worst(self) -> Crossing | None:
        """The dearest run or day."""
        return max(self.alerts, key=lambda each: each.excess, default=None)

    @property
    def is_active(self) -> bool:
        """Whether it is not over yet."""
        return self.state is not State.RESOLVED

    @property
    def title(self) -> str:
        """The job as a heading says it."""
        if self.rule is Rule.DATA_LATE:
            return "The cost data"
        return self.job_name or f"job {self.job_id}"

    def noted(self, what: str, at: datetime, who: str = "") -> Self:
        """The same with one more line in its history."""
        history = (*self.history, Event(at, who, what))[-MOST_EVENTS:]
        return replace(self, history=history, changed_at=at)


def incident_id(rule: Rule, workspace_id: str, job_id: str) -> str:
    """The same for the same thing, and short enough for a link and a key."""
    return hashlib.sha256(repr((str(rule), workspace_id, job_id)).encode()).hexdigest()[:20]


def crossing(alert: Alert, seen_at: datetime) -> Crossing:
    """An alert as it is kept."""
    return Crossing(
        key=alert.observed.key,
        usage_date=alert.observed.last_date,
        run_id=alert.observed.run_id,
        subject=alert.subject,
        reason=alert.reason,
        cost=alert.observed.cost,
        databricks_cost=alert.observed.databricks_cost,
        expected=alert.expected,
        excess=alert.excess,
        is_early=alert.is_early,
        seen_at=seen_at,
    )


def read_incident(text: str) -> Incident:
    """What `write_incident` wrote (ValueError for anything else)."""
    return _adapter.validate_json(text)


def write_incident(incident: Incident) -> str:
    """As JSON."""
    return _adapter.dump_json(incident).decode()


_adapter = TypeAdapter(Incident)
