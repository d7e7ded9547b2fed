"""An incident from its first alert until it is over."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from alert_records import FIRST, run_day
from hypothesis import given, settings
from hypothesis import strategies as st
from observing import observe

from dbspend360.errors import Conflict
from dbspend360.models.alert import Alert, Rule
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.incident import (
    MOST_ALERTS,
    Incident,
    State,
    read_incident,
    write_incident,
)
from dbspend360.services import incident_steps as steps
from dbspend360.services.alert_rules import alerts
from dbspend360.services.incident_steps import COOL_DOWN, Look, checked, late, opened, told

AMOUNT = AlertConfig(threshold_amount=Decimal(100), threshold_percentage=None)
T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = T0 + timedelta(hours=1)
NEXT_DAY = T0 + COOL_DOWN
NOTHING = Look(date.max)

Person = Callable[[Incident], Incident]
PERSON: dict[str, Person] = {
    "acknowledge": lambda it: steps.acknowledged(it, "ada", LATER),
    "snooze": lambda it: steps.snoozed(it, NEXT_DAY, "ada", LATER),
    "expected": lambda it: steps.expected(it, "ada", LATER),
    "resolve": lambda it: steps.resolved(it, "ada", LATER),
    "reopen": lambda it: steps.reopened(it, "ada", LATER),
}


def alert(run: str, dollars: int, *, day: int = 0) -> Alert:
    """A run above $100; what is beyond that is its excess."""
    [found] = alerts(observe([run_day(day, run, str(dollars))], FIRST), AMOUNT, date.max)
    return found


def look(*found: Alert, calm: bool = False) -> Look:
    return Look(date.max, found, calm)


@pytest.fixture
def incident() -> Incident:
    """A run cost $100 too much, and that was told."""
    return told(opened(Rule.AMOUNT, [alert("one", 200)], T0), "Told", T0)


def test_a_new_one_is_open_and_waits_to_be_told() -> None:
    incident = opened(Rule.AMOUNT, [alert("one", 200), alert("two", 120)], T0)
    assert (incident.state, incident.is_waiting, incident.impact) == (
        State.OPEN,
        True,
        Decimal(100),
    )
    assert [each.what for each in incident.history] == ["Opened with 2 alerts"]


def test_the_same_alert_changes_nothing(incident: Incident) -> None:
    assert checked(incident, look(alert("one", 200)), NEXT_DAY) is incident


@pytest.mark.parametrize(
    ("dollars", "now", "is_told"),
    [
        (249, LATER, False),  # not half as much again
        (250, LATER, True),
        (120, LATER, False),
        (120, NEXT_DAY - timedelta(seconds=1), False),
        (120, NEXT_DAY, True),  # the cool-down is over, and this one is new
    ],
)
def test_an_open_one_is_told_again_when_half_worse_or_after_the_cool_down(
    incident: Incident, dollars: int, now: datetime, is_told: bool
) -> None:
    found = checked(incident, look(alert("one", 200), alert("two", dollars)), now)
    assert found.is_waiting is is_told
    assert found.alert_count == 2


@pytest.mark.parametrize(
    ("dollars", "now", "is_told"),
    [(201, LATER, False), (250, LATER, True), (200, NEXT_DAY, False), (201, NEXT_DAY, True)],
)
def test_an_acknowledged_one_is_told_again_only_when_it_gets_worse(
    incident: Incident, dollars: int, now: datetime, is_told: bool
) -> None:
    known = PERSON["acknowledge"](incident)
    found = checked(known, look(alert("one", 200), alert("two", dollars)), now)
    assert (found.state, found.is_waiting) == (State.ACKNOWLEDGED, is_told)


def test_a_known_run_that_gets_dearer_counts(incident: Incident) -> None:
    found = checked(incident, look(alert("one", 260)), LATER)
    assert (found.impact, found.is_waiting, found.alert_count) == (Decimal(160), True, 1)


def test_a_snoozed_one_is_silent_until_then(incident: Incident) -> None:
    asleep = PERSON["snooze"](incident)
    worse = look(alert("one", 200), alert("two", 900))
    still = checked(asleep, worse, NEXT_DAY - timedelta(seconds=1))
    assert (still.state, still.is_waiting) == (State.SNOOZED, False)
    awake = checked(still, worse, NEXT_DAY)
    assert (awake.state, awake.is_waiting) == (State.OPEN, True)


def test_a_snooze_must_end_later(incident: Incident) -> None:
    with pytest.raises(Conflict, match="later moment"):
        steps.snoozed(incident, LATER, "ada", LATER)


@pytest.mark.parametrize(("dollars", "state"), [(249, State.EXPECTED), (250, State.OPEN)])
def test_an_expected_one_is_silent_until_it_is_half_as_much_again(
    incident: Incident, dollars: int, state: State
) -> None:
    fine = PERSON["expected"](incident)
    found = checked(fine, look(alert("one", 200), alert("two", dollars)), NEXT_DAY)
    assert (found.state, found.is_waiting) == (state, state is State.OPEN)


def test_calm_days_resolve_it(incident: Incident) -> None:
    found = checked(incident, Look(date.max, [alert("one", 200)], calm=True), NEXT_DAY)
    assert (found.state, found.is_waiting) == (State.RESOLVED, False)
    assert "3 days in a row" in found.history[-1].what


def test_corrections_resolve_it(incident: Incident) -> None:
    found = checked(incident, Look(FIRST), LATER)
    assert found.history[-1].what == "Resolved: none of its alerts crosses the rule any more"


def test_thirty_days_without_another_resolve_it(incident: Incident) -> None:
    assert checked(incident, NOTHING, T0 + timedelta(days=30)).is_active
    assert not checked(incident, NOTHING, T0 + timedelta(days=31)).is_active


def test_a_resolved_one_opens_with_a_new_alert_only(incident: Incident) -> None:
    over = PERSON["resolve"](incident)
    assert checked(over, look(alert("one", 200)), LATER) is over
    again = checked(over, look(alert("one", 200), alert("two", 110)), LATER)
    assert (again.state, again.is_waiting, again.impact) == (State.OPEN, True, Decimal(10))
    assert again.id == over.id


@pytest.mark.parametrize("action", ["acknowledge", "snooze", "expected", "resolve"])
def test_what_is_over_must_be_opened_again_first(incident: Incident, action: str) -> None:
    with pytest.raises(Conflict, match="open it again first"):
        PERSON[action](PERSON["resolve"](incident))


def test_who_did_what_when_is_kept(incident: Incident) -> None:
    last = PERSON["acknowledge"](incident).history[-1]
    assert (last.at, last.who, last.what) == (LATER, "ada", "Acknowledged")


def test_of_many_alerts_the_dearest_and_the_newest_are_kept() -> None:
    many = [alert(f"n{n}", 900 if n == 3 else 200, day=n) for n in range(60)]
    incident = opened(Rule.AMOUNT, many, T0)
    assert incident.alert_count == 60
    assert len(incident.alerts) == MOST_ALERTS
    assert incident.impact == 800
    assert incident.alerts[-1].key == "run:n59"


def test_late_data_is_one_incident_for_as_long_as_it_lasts() -> None:
    first = late(None, "Nothing newer than 1 Mar 2026", T0)
    assert first
    assert (first.rule, first.is_waiting) == (Rule.DATA_LATE, True)
    assert late(first, "Nothing newer than 1 Mar 2026", NEXT_DAY) is first
    over = late(first, "", NEXT_DAY)
    assert over
    assert over.state is State.RESOLVED
    assert late(over, "", NEXT_DAY) is over
    again = late(over, "Nothing newer than 9 Mar 2026", NEXT_DAY)
    assert again
    assert again.is_waiting
    assert late(None, "", T0) is None


def test_it_survives_being_kept_as_json(incident: Incident) -> None:
    assert read_incident(write_incident(incident)) == incident
    with pytest.raises(ValueError, match="validation error"):
        read_incident("{}")


# Whatever happens

CHECK = st.tuples(st.lists(st.tuples(st.integers(0, 9), st.integers(100, 3000)), max_size=4))
STEPS = st.lists(
    st.tuples(
        st.integers(1, 40),  # hours later
        st.one_of(st.sampled_from(sorted(PERSON)), CHECK, st.just("calm")),
    ),
    max_size=40,
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(happenings=STEPS)
def test_no_course_of_events_mails_without_a_reason(happenings: list[tuple[int, object]]) -> None:
    incident = opened(Rule.AMOUNT, [alert("0", 200)], T0)
    now, last_told = T0, None
    for hours, what in happenings:
        now += timedelta(hours=hours)
        incident, silent = happened(incident, what, now)
        if incident.is_waiting:
            assert incident.state in (State.OPEN, State.ACKNOWLEDGED)
            worse = incident.impact >= incident.told_impact * steps.WORSE
            assert last_told is None or worse or now - last_told >= COOL_DOWN
            assert not silent or last_told is None
            incident, last_told = told(incident, "Told", now), now
        assert (incident.snoozed_until is not None) is (incident.state is State.SNOOZED)
        assert incident.id == opened(Rule.AMOUNT, [alert("0", 200)], T0).id
        assert [each.at for each in incident.history] == sorted(
            each.at for each in incident.history
        )


def happened(incident: Incident, what: object, now: datetime) -> tuple[Incident, bool]:
    """The incident after it, and whether that must not make anybody be told."""
    if isinstance(what, tuple):
        found = [alert(str(run), dollars) for run, dollars in what[0]]
        return checked(incident, look(*found), now), False
    if what == "calm":
        return checked(incident, look(calm=True), now), False
    later = now + timedelta(hours=30)
    acts: dict[str, Callable[[], Incident]] = {
        "acknowledge": lambda: steps.acknowledged(incident, "ada", now),
        "snooze": lambda: steps.snoozed(incident, later, "ada", now),
        "expected": lambda: steps.expected(incident, "ada", now),
        "resolve": lambda: steps.resolved(incident, "ada", now),
        "reopen": lambda: steps.reopened(incident, "ada", now),
    }
    try:
        return acts[str(what)](), True
    except Conflict:
        return incident, True
