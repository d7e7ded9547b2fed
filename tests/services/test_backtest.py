"""The back-test, on days written by hand."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from alert_records import FIRST, ordinary, run_day
from demo_days import demo_run_days
from observing import RunDay, learning_of, observe, peaks_of

from dbspend360.models.alert import Rule
from dbspend360.models.alert_config import AlertConfig
from dbspend360.services.alert_rules import alerts
from dbspend360.services.backtest import Backtest, backtest
from dbspend360.warehouse.demo import make_demo
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.spends import SpendRepository

AMOUNT = AlertConfig(threshold_amount=Decimal(100), threshold_percentage=None)


def tried(run_days: list[RunDay], config: AlertConfig = AMOUNT) -> Backtest:
    seen = observe(run_days, FIRST)
    found = alerts(seen, config, date.max)
    last = max(each.usage_date for each in run_days)
    return backtest(found, peaks_of(seen), config, (FIRST, last), learning_of(seen))


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


# The demo company: see test_demo_alerts.py


def test_what_the_tests_know_of_the_demo_is_what_the_warehouse_says(tmp_path: Path) -> None:
    last_day = date(2026, 11, 21)
    make_demo(tmp_path / "data", last_day=last_day)
    spend = SpendRepository(EmbeddedWarehouse(tmp_path / "data"))
    days = (last_day - timedelta(days=20), last_day)
    expected = observe(demo_run_days(last_day), days[0])
    assert len(expected) > 2_000
    seen = {(each.job_id, each.key): each for each in spend.judged.most_striking(*days).value}
    assert seen == {(each.job_id, each.key): each for each in expected}
