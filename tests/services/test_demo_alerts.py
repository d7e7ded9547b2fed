"""The default rules on the demo company, over many dates: in hindsight, and on the day itself."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from demo_days import AsItStood

from dbspend360.models.alert_config import UNTIL_SAVED
from dbspend360.models.incident import Incident
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.alert_rows import AlertRows
from dbspend360.services.backtest import DAYS
from dbspend360.services.job_costs import JobCosts
from dbspend360.services.run_due import RunDue
from dbspend360.settings import Settings
from dbspend360.store.places import make_store
from dbspend360.warehouse.demo import make_demo, runaway_day
from dbspend360.warehouse.demo_company import RUNAWAY
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.source import make_source
from dbspend360.warehouse.spends import SpendRepository

FIRST = date(2026, 11, 1)
LAST_DAYS = [FIRST + timedelta(days=5 * n) for n in range(12)]  # each is another company by chance
MOST_OTHERS = 3


class Live:
    """`dbspend360 run-due` every evening, on what was known then."""

    def __init__(self, folder: Path, last_day: date) -> None:
        settings = Settings(data_dir=folder, cache_seconds=0)
        self.data = AsItStood(last_day)
        self._due = RunDue(
            settings, make_source(settings, self.data), now=lambda: self.data.evening
        )

    def evening_of(self, day: date) -> None:
        self.data.day = day
        done = self._due.run()
        assert (done.is_checked, done.failures) == (True, ())

    @property
    def incidents(self) -> list[Incident]:
        return [each.incident for each in self._due.rows.incidents("").values()]


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Callable[[date], Live]]:
    companies: list[Live] = []

    def of(last_day: date) -> Live:
        companies.append(Live(tmp_path, last_day))
        return companies[-1]

    yield of
    for each in companies:
        each.data.close()


@pytest.mark.parametrize("last_day", LAST_DAYS, ids=str)
def test_in_hindsight_the_runaway_is_told_on_its_day_with_at_most_three_others(
    last_day: date, tmp_path: Path
) -> None:
    make_demo(tmp_path, last_day=last_day)
    warehouse = EmbeddedWarehouse(tmp_path)
    desk = AlertDesk(
        JobCosts(SpendRepository(warehouse)),
        AlertRows(make_store("", tmp_path)),
        final_date=lambda: date.max,
    )
    found = desk.backtest(UNTIL_SAVED).value
    warehouse.close()
    runaway = [each for each in found.incidents if each.job_name == RUNAWAY]
    assert any(runaway_day(last_day) in each.told_on for each in runaway)
    others = {(each.rule, each.job_id) for each in found.incidents if each not in runaway}
    assert len(others) <= MOST_OTHERS


@pytest.mark.parametrize("last_day", LAST_DAYS, ids=str)
def test_on_the_day_itself_the_runaway_is_told_though_most_ec2_costs_are_missing(
    live: Callable[[date], Live], last_day: date
) -> None:
    company, day = live(last_day), runaway_day(last_day)
    company.evening_of(day)
    [found] = [each for each in company.incidents if each.job_name == RUNAWAY]
    assert any(each.usage_date == day and each.is_early for each in found.alerts)
    assert found.told_at == company.data.evening


def test_ninety_days_lived_one_by_one_bring_the_runaway_and_at_most_three_others(
    live: Callable[[date], Live],
) -> None:
    last_day = LAST_DAYS[0]
    company = live(last_day)
    for age in range(DAYS - 1, -1, -1):
        company.evening_of(last_day - timedelta(days=age))
    [runaway] = [each for each in company.incidents if each.job_name == RUNAWAY]
    assert runaway.opened_at.date() == runaway_day(last_day)
    assert len(company.incidents) - 1 <= MOST_OTHERS
