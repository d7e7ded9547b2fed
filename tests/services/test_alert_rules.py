"""The rules, against a reference that is too simple to be wrong."""

from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import NamedTuple

import pytest
from alert_records import FIRST, ordinary, run_day
from hypothesis import given, settings
from hypothesis import strategies as st
from observing import RunDay, learning_of, observe, peaks_of

from dbspend360.models.alert import Alert, Rule
from dbspend360.models.alert_config import AlertConfig
from dbspend360.services.alert_rules import alerts, is_calm

FAR = date(2026, 12, 31)

PERCENTAGE = AlertConfig(threshold_amount=None, threshold_percentage=Decimal(100))
AMOUNT = AlertConfig(threshold_amount=Decimal(100), threshold_percentage=None)


def judged(
    run_days: list[RunDay], config: AlertConfig, *, since: date = FIRST, final: date = FAR
) -> list[Alert]:
    return alerts(observe(run_days, since), config, final)


# The reference: every number anew from all records, in the words of the issue.


class Crossed(NamedTuple):
    rule: Rule
    job: str
    key: str
    normal: Decimal | None


def reference(run_days: list[RunDay], config: AlertConfig, since: date) -> set[Crossed]:
    found = set()
    for job in {each.job_id for each in run_days}:
        own = [each for each in run_days if each.job_id == job]
        runs = {each.run_id for each in own}
        days = {each.usage_date for each in own}
        groups = {f"run:{run}": [e for e in own if e.run_id == run] for run in runs}
        groups = {run: parts for run, parts in groups.items() if length(parts) < 14}
        found |= crossed(job, groups, config, since, least_runs=1)
        groups = {f"day:{day}": [e for e in own if e.usage_date == day] for day in days}
        found |= crossed(job, groups, config, since, least_runs=2)
    return found


def crossed(
    job: str, groups: dict[str, list[RunDay]], config: AlertConfig, since: date, least_runs: int
) -> set[Crossed]:
    found = set()
    for key, parts in groups.items():
        if max(e.usage_date for e in parts) < since or len({e.run_id for e in parts}) < least_runs:
            continue
        start = min(e.usage_date for e in parts)
        others = [
            each
            for each in groups.values()
            if start - timedelta(days=30) <= min(e.usage_date for e in each) < start
        ]
        whole = not any(e.late_ec2_records for e in parts)
        if whole:
            others = [each for each in others if not any(e.late_ec2_records for e in each)]
        cost = compared(parts, whole)
        normal = median(compared(e, whole) for e in others) if len(others) >= 5 else None
        if config.threshold_amount is not None and compared(parts, True) >= config.threshold_amount:
            found.add(Crossed(Rule.AMOUNT, job, key, normal))
        if config.threshold_percentage is None or normal is None:
            continue
        increase = cost - normal
        if increase * stands_for(others, whole) > config.minimum_increase_usd and (
            normal <= 0 or increase / normal * 100 >= config.threshold_percentage
        ):
            found.add(Crossed(Rule.PERCENTAGE, job, key, normal))
    return found


def stands_for(others: list[list[RunDay]], whole: bool) -> Decimal:
    """Dollars in all for a dollar of Databricks, as is usual."""
    complete = [each for each in others if not any(e.late_ec2_records for e in each)]
    databricks = median(compared(each, False) for each in others)
    if whole or len(complete) < 5 or databricks <= 0:
        return Decimal(1)
    return max(median(compared(each, True) for each in complete) / databricks, Decimal(1))


def length(parts: list[RunDay]) -> int:
    days = [e.usage_date for e in parts]
    return (max(days) - min(days)).days


def compared(parts: list[RunDay], whole: bool) -> Decimal:
    return sum((e.databricks_cost + (e.ec2_cost if whole else 0) for e in parts), Decimal(0))


COST = st.sampled_from(["-3", "0", "0.000001", "1", "7.5", "10", "12", "30", "31", "80", "1000"])
RUN_DAYS = st.lists(
    st.builds(
        run_day,
        st.integers(0, 70),
        st.sampled_from([f"r{n}" for n in range(40)]),
        COST,
        ec2=COST,
        late=st.sampled_from([0, 0, 0, 1]),
        job=st.sampled_from(["a", "b"]),
    ),
    max_size=120,
)
CONFIGS = st.builds(
    AlertConfig,
    threshold_amount=st.sampled_from([None, "1", "40", "900"]),
    threshold_percentage=st.sampled_from(["1", "50", "100", "900"]),
    minimum_increase_usd=st.sampled_from(["0", "20", "500"]),
)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(run_days=RUN_DAYS, config=CONFIGS, skipped=st.integers(0, 60))
def test_the_rules_find_what_the_simple_reference_finds(
    run_days: list[RunDay], config: AlertConfig, skipped: int
) -> None:
    ordered = sorted(run_days, key=lambda each: each.usage_date)
    since = FIRST + timedelta(days=skipped)
    found = judged(ordered, config, since=since)
    expected = reference(ordered, config, since)
    assert len(found) == len(expected)
    assert {
        Crossed(each.rule, each.observed.job_id, each.observed.key, each.observed.normal)
        for each in found
    } == expected


# Percentage


def test_a_run_of_three_times_the_normal_says_so() -> None:
    [alert] = judged([*ordinary(), run_day(10, "dear", "36.30")], PERCENTAGE)
    assert alert.subject == "A run cost $36.30"
    assert alert.reason == "3.6x this job's normal of $10.00"
    assert (alert.expected, alert.excess) == (Decimal(10), Decimal("26.30"))


@pytest.mark.parametrize(("cost", "crosses"), [("30", False), ("30.000001", True)])
def test_the_increase_must_exceed_the_minimum(cost: str, crosses: bool) -> None:
    assert bool(judged([*ordinary(), run_day(10, "dear", cost)], PERCENTAGE)) is crosses


@pytest.mark.parametrize(("cost", "crosses"), [("199.99", False), ("200", True)])
def test_the_percentage_itself_crosses(cost: str, crosses: bool) -> None:
    run_days = [*ordinary(dollars="100"), run_day(10, "dear", cost)]
    assert bool(judged(run_days, PERCENTAGE)) is crosses


@pytest.mark.parametrize(("runs", "crosses"), [(4, False), (5, True)])
def test_five_earlier_runs_are_needed(runs: int, crosses: bool) -> None:
    run_days = [*ordinary(runs), run_day(10, "dear", "1000")]
    assert bool(judged(run_days, PERCENTAGE)) is crosses
    told = [(each.job_name, each.earlier) for each in learning_of(observe(run_days, FIRST))]
    assert told == ([] if crosses else [("j job", 4)])


def test_runs_older_than_thirty_days_do_not_count() -> None:
    assert judged([*ordinary(5), run_day(30, "dear", "1000")], PERCENTAGE)
    assert not judged([*ordinary(5), run_day(31, "dear", "1000")], PERCENTAGE)


def test_runs_of_the_same_day_are_not_earlier() -> None:
    run_days = [*ordinary(4), *(run_day(10, f"twin{n}", "10") for n in range(9))]
    seen = [each for each in observe(run_days, FIRST) if each.run_id == "twin8"]
    assert [each.earlier for each in seen] == [4]


def test_forty_cheap_runs_are_seen_as_the_total_of_their_day() -> None:
    [alert] = judged([*ordinary(), *(run_day(10, f"n{n}", "3") for n in range(40))], PERCENTAGE)
    assert alert.subject == "40 runs of a day cost $120.00"
    assert alert.reason == "12x this job's normal day of $10.00"


def test_a_run_over_midnight_is_judged_whole() -> None:
    run_days = [*ordinary(), run_day(10, "long", "16"), run_day(11, "long", "16")]
    [alert] = judged(run_days, PERCENTAGE, since=FIRST + timedelta(days=11))
    assert alert.observed.cost == 32


def test_a_job_that_cost_nothing_needs_the_minimum_only() -> None:
    [alert] = judged([*ordinary(dollars="0"), run_day(10, "dear", "20.01")], PERCENTAGE)
    assert alert.reason == "$20.01 above this job's normal of $0.00"


def test_one_outlier_does_not_hide_the_next() -> None:
    run_days = [*ordinary(), run_day(10, "one", "1000"), run_day(11, "two", "1000")]
    assert len(judged(run_days, PERCENTAGE)) == 2


# Unknown EC2


def test_a_late_ec2_cost_lowers_no_normal() -> None:
    whole = [run_day(day, f"r{day}", "10", ec2="40") for day in range(6)]
    late = [run_day(6 + day, f"late{day}", "10", late=1) for day in range(6)]
    assert judged([*whole, *late, run_day(12, "usual", "10", ec2="60")], PERCENTAGE) == []


def test_while_ec2_is_unknown_databricks_is_compared_with_databricks() -> None:
    whole = [run_day(day, f"r{day}", "10", ec2="40") for day in range(6)]
    [alert] = judged([*whole, run_day(6, "dear", "45", late=1)], PERCENTAGE)
    assert alert.reason == (
        "Databricks cost, as EC2 is not known yet: 4.5x this job's normal of $10.00"
    )


@pytest.mark.parametrize(("databricks", "crosses"), [("14", False), ("14.01", True)])
def test_the_minimum_is_about_the_dollars_that_are_usual_once_ec2_is_known(
    databricks: str, crosses: bool
) -> None:
    config = PERCENTAGE.model_copy(update={"threshold_percentage": Decimal(40)})
    whole = [run_day(day, f"r{day}", "10", ec2="40") for day in range(6)]  # five times as much
    assert bool(judged([*whole, run_day(6, "dear", databricks, late=1)], config)) is crosses


def test_where_nobody_knows_what_ec2_usually_costs_only_known_dollars_count() -> None:
    late = [run_day(day, f"r{day}", "10", late=1) for day in range(6)]
    assert judged([*late, run_day(6, "dear", "30", late=1)], PERCENTAGE) == []


def test_what_is_known_alone_may_cross_an_amount() -> None:
    [alert] = judged([run_day(0, "dear", "100", late=1)], AMOUNT)
    assert alert.reason == "at or above $100.00"


def test_a_run_with_unknown_ec2_is_never_calm() -> None:
    known, unknown = (peaks_of(observe([run_day(0, "r", "1", late=n)], FIRST))[0] for n in (0, 1))
    assert is_calm(known, Rule.AMOUNT, AMOUNT)
    assert not is_calm(unknown, Rule.AMOUNT, AMOUNT)


# Amount, scope, early


@pytest.mark.parametrize(("cost", "crosses"), [("99.999999", False), ("100", True)])
def test_an_amount_is_crossed_when_it_is_reached(cost: str, crosses: bool) -> None:
    assert bool(judged([run_day(0, "r", cost)], AMOUNT)) is crosses


def test_an_amount_says_the_normal_too_where_it_is_known() -> None:
    [alert] = judged([*ordinary(), run_day(10, "dear", "120")], AMOUNT)
    assert alert.reason == "at or above $100.00, 12x this job's normal of $10.00"


@pytest.mark.parametrize(("days", "is_early"), [(0, False), (1, True)])
def test_what_touches_a_provisional_day_is_early(days: int, is_early: bool) -> None:
    run_days = [run_day(0, "r", "100"), run_day(days, "r", "5")]
    [alert] = judged(run_days, AMOUNT, final=FIRST)
    assert alert.is_early is is_early
    assert ("early" in alert.reason) is is_early


@pytest.mark.parametrize(
    ("scope", "covers"), [("", True), ("J JO", True), ("j", True), ("x", False)]
)
def test_the_scope_is_part_of_a_name_or_a_whole_id(scope: str, covers: bool) -> None:
    config = AMOUNT.model_copy(update={"job_name": scope})
    assert bool(judged([run_day(0, "r", "100")], config)) is covers


# Calm


@pytest.mark.parametrize(("cost", "calm"), [("79.99", True), ("80", False)])
def test_calm_is_clearly_below_the_line(cost: str, calm: bool) -> None:
    [seen] = peaks_of(observe([run_day(0, "r", cost)], FIRST))
    assert is_calm(seen, Rule.AMOUNT, AMOUNT) is calm


@pytest.mark.parametrize(("cost", "calm"), [("23.99", True), ("24", False)])
def test_the_line_of_a_percentage_is_no_lower_than_the_minimum(cost: str, calm: bool) -> None:
    *_, seen = peaks_of(observe([*ordinary(), run_day(10, "r", cost)], FIRST))
    assert is_calm(seen, Rule.PERCENTAGE, PERCENTAGE) is calm
