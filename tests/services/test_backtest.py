"""The back-test, on days written by hand and on the demo company."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from alert_records import FIRST, ordinary, run_day

from dbspend360.models.alert import Rule
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.job_cost import RunDay
from dbspend360.services.backtest import DAYS, Backtest, backtest
from dbspend360.services.job_costs import JobCosts
from dbspend360.services.observing import observe
from dbspend360.warehouse.demo import make_demo, runaway_day
from dbspend360.warehouse.demo_company import RUNAWAY
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.spends import SpendRepository

AMOUNT = AlertConfig(threshold_amount=Decimal(100), threshold_percentage=None)


def tried(run_days: list[RunDay], config: AlertConfig = AMOUNT) -> Backtest:
    last = max(each.usage_date for each in run_days)
    return backtest(observe(run_days, FIRST), config, FIRST, last)


def days_of(found: Backtest) -> list[list[int]]:
    """Of each incident, the latest first, on which days it was told."""
    return [[(day - FIRST).days for day in each.told_on] for each in found.incidents]


def test_nothing_that_crosses_is_no_alert_and_no_mail() -> None:
    found = tried(ordinary())
    assert found.words == "in the last 10 days this would have raised 0 alerts in 0 mails"


def test_one_alert_is_one_mail() -> None:
    found = tried([*ordinary(), run_day(10, "dear", "100")])
    assert found.words == "in the last 11 days this would have raised 1 alert in 1 mail"
    [incident] = found.incidents
    assert (incident.rule, incident.worst.observed.run_id) == (Rule.AMOUNT, "dear")


def test_many_runs_of_a_day_are_one_incident_and_one_mail() -> None:
    found = tried([run_day(0, f"n{n}", "100") for n in range(40)])
    assert (len(found.alerts), len(found.incidents), found.mails) == (41, 1, 1)


def test_a_job_that_goes_on_is_told_again_each_day() -> None:
    found = tried([run_day(day, f"n{day}", "100") for day in range(3)])
    assert days_of(found) == [[0, 1, 2]]


def test_three_calm_days_end_it_and_the_next_alert_is_another() -> None:
    calm = [run_day(day, f"calm{day}", "10") for day in (1, 2, 3)]
    found = tried([run_day(0, "one", "100"), *calm, run_day(4, "two", "100")])
    assert days_of(found) == [[4], [0]]
    nearly = [run_day(day, f"calm{day}", "10") for day in (1, 2)]
    found = tried([run_day(0, "one", "100"), *nearly, run_day(4, "two", "100")])
    assert days_of(found) == [[0, 4]]


def test_a_digest_is_one_mail_a_day() -> None:
    run_days = [run_day(0, job, "100", job=job) for job in ("a", "b", "c")]
    assert tried(run_days).mails == 3
    digest = AMOUNT.model_copy(update={"digest_hour": 7})
    assert tried(run_days, digest).mails == 1


def test_a_job_with_too_few_runs_is_learning() -> None:
    found = tried([run_day(0, "one", "10")])
    assert [(each.job_id, each.earlier) for each in found.learning] == [("j", 0)]


# The demo company


@pytest.fixture(scope="module", params=[date(2026, 11, 21), date(2026, 12, 4), date(2027, 2, 13)])
def last_day(request: pytest.FixtureRequest) -> date:
    day: date = request.param
    return day


@pytest.fixture(scope="module")
def demo(last_day: date, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("demo") / "data"
    make_demo(folder, last_day=last_day)
    return folder


@pytest.fixture(scope="module")
def costs(demo: Path) -> JobCosts:
    return JobCosts(SpendRepository(EmbeddedWarehouse(demo)))


def ninety_days(costs: JobCosts, last_day: date, config: AlertConfig) -> Backtest:
    first = last_day - timedelta(days=DAYS - 1)
    return backtest(costs.between(first, last_day).value, config, first, last_day)


def test_the_defaults_find_the_runaway_job_on_its_day_and_little_else(
    costs: JobCosts, last_day: date
) -> None:
    found = ninety_days(costs, last_day, AlertConfig())
    runaway = [each for each in found.incidents if each.job_name == RUNAWAY]
    assert any(runaway_day(last_day) in each.told_on for each in runaway)
    assert len(found.incidents) - len(runaway) <= 3
