"""How an incident goes on: what the check and what a person makes of it. Pure.

Told at once when it opens. Told again when its impact has grown by half; and once the cool-down is
over, while it is open, about an alert not told yet, or, acknowledged, when it got worse at all.
Over when the job was clearly below the line on three days in a row, when none of its alerts crosses
the rule any more (a correction, or another rule), or when thirty days have brought no other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from dbspend360.errors import Conflict
from dbspend360.models.alert import Alert, Rule
from dbspend360.models.incident import (
    MOST_ALERTS,
    Crossing,
    Incident,
    State,
    crossing,
    incident_id,
)
from dbspend360.models.summary import ZERO
from dbspend360.theme import plural

COOL_DOWN = timedelta(hours=24)
WORSE = Decimal("1.5")  # times the impact last told, or called expected
CALM_DAYS = 3
QUIET = timedelta(days=30)
LONGEST_SNOOZE = timedelta(days=366)
MOST_KNOWN = 5_000


@dataclass(frozen=True)
class Look:
    """What a check sees of one rule and job."""

    since: date  # alerts of this day and later are all here
    fresh: Sequence[Alert] = ()  # known or not
    calm: bool = False  # the job was clearly below the line on its latest days


def opened(rule: Rule, alerts: Sequence[Alert], now: datetime) -> Incident:
    """A first incident about these alerts."""
    seen = alerts[0].observed
    empty = Incident(
        id=incident_id(rule, seen.workspace_id, seen.job_id),
        rule=rule,
        workspace_id=seen.workspace_id,
        job_id=seen.job_id,
        job_name=seen.job_name,
        state=State.RESOLVED,
        opened_at=now,
        changed_at=now,
    )
    return _opened_again(empty, alerts, now)


def checked(incident: Incident, look: Look, now: datetime) -> Incident:
    """The incident after a check; the same object when nothing changed."""
    new = [each for each in look.fresh if each.observed.key not in incident.known]
    if not incident.is_active:
        return _opened_again(incident, new, now) if new else incident
    incident = _with_alerts(incident, look, new, now)
    if words := _over(incident, look, now):
        return _resolved(incident, f"Resolved: {words}", now)
    return _waiting(_woken(incident, now), now)


def _over(incident: Incident, look: Look, now: datetime) -> str:
    """Why it is over; '' while it is not."""
    if not incident.alerts:
        return "none of its alerts crosses the rule any more"
    if look.calm:
        return f"clearly below the line on {CALM_DAYS} days in a row"
    newest = incident.alerts[-1].usage_date
    return f"nothing more for {QUIET.days} days" if newest < now.date() - QUIET else ""


def late(incident: Incident | None, words: str, now: datetime) -> Incident | None:
    """The one incident about late data; `words` say how late it is, '' that it is not."""
    if words and (incident is None or not incident.is_active):
        base = incident or _about_data(now)
        return replace(base, state=State.OPEN, opened_at=now, is_waiting=True).noted(words, now)
    if not words and incident and incident.is_active:
        return _resolved(incident, "Resolved: new data has come", now)
    return incident


def told(incident: Incident, how: str, now: datetime) -> Incident:
    """The incident once it was told, or once there was nobody to tell."""
    known = replace(
        incident,
        is_waiting=False,
        told_at=now,
        told_impact=incident.impact,
        notices=incident.notices + 1,
    )
    return known.noted(how, now)


# What a person does


def acknowledged(incident: Incident, who: str, now: datetime) -> Incident:
    """Somebody is on it.

    Raises:
        Conflict: it is over.
    """
    _require_active(incident)
    changed = replace(incident, state=State.ACKNOWLEDGED, snoozed_until=None)
    return changed.noted("Acknowledged", now, who)


def snoozed(incident: Incident, until: datetime, who: str, now: datetime) -> Incident:
    """Nothing is told until then.

    Raises:
        Conflict: it is over, or `until` is, or that is too far away.
    """
    _require_active(incident)
    if not now < until <= now + LONGEST_SNOOZE:
        raise Conflict("Choose a later moment, within a year.")
    until = until.astimezone(UTC)
    changed = replace(incident, state=State.SNOOZED, snoozed_until=until, is_waiting=False)
    return changed.noted(f"Snoozed until {until:%Y-%m-%d %H:%M} UTC", now, who)


def expected(incident: Incident, who: str, now: datetime) -> Incident:
    """This much is fine.

    Raises:
        Conflict: it is over.
    """
    _require_active(incident)
    changed = replace(
        incident,
        state=State.EXPECTED,
        accepted_impact=incident.impact,
        snoozed_until=None,
        is_waiting=False,
    )
    return changed.noted("Called expected", now, who)


def resolved(incident: Incident, who: str, now: datetime) -> Incident:
    """It is over, a person says.

    Raises:
        Conflict: it was already.
    """
    _require_active(incident)
    return _resolved(incident, "Resolved", now, who)


def reopened(incident: Incident, who: str, now: datetime) -> Incident:
    """It is open again; nothing is told because of that.

    Raises:
        Conflict: it is open.
    """
    if incident.state is State.OPEN:
        raise Conflict("This incident is open.")
    changed = replace(incident, state=State.OPEN, snoozed_until=None, accepted_impact=ZERO)
    return changed.noted("Opened again", now, who)


def _require_active(incident: Incident) -> None:
    if not incident.is_active:
        raise Conflict("This incident is resolved: open it again first.")


def _resolved(incident: Incident, words: str, now: datetime, who: str = "") -> Incident:
    changed = replace(
        incident,
        state=State.RESOLVED,
        snoozed_until=None,
        accepted_impact=ZERO,
        is_waiting=False,
    )
    return changed.noted(words, now, who)


def _opened_again(incident: Incident, alerts: Sequence[Alert], now: datetime) -> Incident:
    empty = replace(
        incident,
        state=State.OPEN,
        opened_at=now,
        job_name=alerts[0].observed.job_name,
        alerts=(),
        alert_count=0,
        told_impact=ZERO,
        is_waiting=True,
    )
    look = Look(date.min, alerts)
    changed = _with_alerts(empty, look, alerts, now)
    return changed.noted(f"Opened with {plural(len(alerts), 'alert')}", now)


def _with_alerts(incident: Incident, look: Look, new: Sequence[Alert], now: datetime) -> Incident:
    """With what late records made of the alerts it has, and with the new ones."""
    crossing_now = {each.observed.key: each for each in look.fresh}
    kept: dict[str, Crossing] = {}
    for old in incident.alerts:
        if again := crossing_now.get(old.key):
            kept[old.key] = crossing(again, old.seen_at)
        elif old.usage_date < look.since:
            kept[old.key] = old
    kept |= {each.observed.key: crossing(each, now) for each in new}
    alerts = _most_important(kept.values())
    if alerts == incident.alerts:
        return incident
    known = (*incident.known, *(each.observed.key for each in new))[-MOST_KNOWN:]
    count = incident.alert_count + len(new)
    return replace(incident, alerts=alerts, alert_count=count, known=known, changed_at=now)


def _most_important(alerts: Iterable[Crossing]) -> tuple[Crossing, ...]:
    ordered = sorted(alerts, key=lambda each: (each.usage_date, each.key))
    if len(ordered) <= MOST_ALERTS:
        return tuple(ordered)
    worst = max(ordered, key=lambda each: each.excess)
    newest = ordered[-MOST_ALERTS:]
    return tuple(newest if worst in newest else [worst, *newest[1:]])


def _woken(incident: Incident, now: datetime) -> Incident:
    if incident.state is State.SNOOZED and incident.snoozed_until and incident.snoozed_until <= now:
        awake = replace(incident, state=State.OPEN, snoozed_until=None)
        return awake.noted("Open again: the snooze is over", now)
    if incident.state is State.EXPECTED and _is_worse(incident, incident.accepted_impact):
        awake = replace(incident, state=State.OPEN, accepted_impact=ZERO)
        return awake.noted("Open again: far beyond what was expected", now)
    return incident


def _waiting(incident: Incident, now: datetime) -> Incident:
    if incident.is_waiting or not _is_to_be_told(incident, now):
        return incident
    return replace(incident, is_waiting=True, changed_at=now)


def _is_to_be_told(incident: Incident, now: datetime) -> bool:
    if incident.state not in (State.OPEN, State.ACKNOWLEDGED):
        return False
    if incident.told_at is None or _is_worse(incident, incident.told_impact):
        return True
    if now - incident.told_at < COOL_DOWN:
        return False
    if incident.state is State.ACKNOWLEDGED:
        return incident.impact > incident.told_impact
    return any(each.seen_at > incident.told_at for each in incident.alerts)


def _is_worse(incident: Incident, than: Decimal) -> bool:
    return incident.impact > than and incident.impact >= than * WORSE


def _about_data(now: datetime) -> Incident:
    return Incident(
        id=incident_id(Rule.DATA_LATE, "", ""),
        rule=Rule.DATA_LATE,
        workspace_id="",
        job_id="",
        job_name="",
        state=State.RESOLVED,
        opened_at=now,
        changed_at=now,
    )
