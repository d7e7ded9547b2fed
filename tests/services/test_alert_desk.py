"""What the page asks: highlights, a run's reason, and what is remembered of the costs."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from spend_records import Record, publish, record, view

from dbspend360.errors import NoData
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.answer import Answer
from dbspend360.models.summary import RunKey
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.alert_rows import AlertRows
from dbspend360.services.job_costs import MOST_DAYS, JobCosts
from dbspend360.settings import Settings
from dbspend360.store.places import make_store
from dbspend360.warehouse.base import Question, Rows
from dbspend360.warehouse.source import make_source
from dbspend360.warehouse.spends import SpendRepository

ORDINARY = [record(f"2026-03-{day:02}", f"r{day}") for day in range(1, 8)]
DEAR = record("2026-03-08", "dear", ec2="43.60")
CONFIG = {"threshold_amount": None, "threshold_percentage": 100}
MARCH = view()
JUDGING = ("striking", "job_peaks", "learning_jobs")


class Desk:
    """A desk over the data of a folder, and how often the warehouse was asked for alerts."""

    def __init__(self, folder: Path, *, cache_seconds: int = 60) -> None:
        settings = Settings(data_dir=folder, cache_seconds=cache_seconds, cache_url="simple")
        self.source = make_source(settings)
        self.spend = SpendRepository(self.source.warehouse)
        self.asked = 0
        query = self.source.warehouse.query

        def counted(question: Question, values: object) -> Answer[Rows]:
            answer = query(question, values)  # type: ignore[arg-type]
            self.asked += question.name in JUDGING and not answer.cached
            return answer

        self.source.warehouse.query = counted  # type: ignore[method-assign]
        self.desk = AlertDesk(
            JobCosts(self.spend),
            AlertRows(make_store("", folder)),
            final_date=lambda: date(2026, 3, 8),
            now=lambda: datetime(2026, 3, 9, tzinfo=UTC),
        )

    def save(self, **fields: object) -> None:
        config = AlertConfig.model_validate(CONFIG | fields)
        self.desk.save("", config, seen=self.desk.config("").updated_at)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path / "data", *ORDINARY, DEAR)
    return tmp_path / "data"


@pytest.fixture
def page(folder: Path) -> Desk:
    desk = Desk(folder)
    desk.save()
    return desk


def test_a_view_has_its_alerts_by_run_job_and_day(page: Desk) -> None:
    found = page.desk.of_view("", MARCH).value
    [alert] = found.alerts
    assert alert.reason == "3.4x this job's normal of $14.00"
    assert found.by_run == {RunKey("", "10", "dear"): (alert,)}
    assert found.by_job == {("", "10"): (alert,)}
    assert found.by_day == {date(2026, 3, 8): 1}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("start_date=2026-03-08&end_date=2026-03-08", 1),  # its normal lies before the view
        ("start_date=2026-03-01&end_date=2026-03-07", 0),
        ("start_date=2026-03-01&end_date=2026-03-10&job_name=NIGHTLY", 1),
        ("start_date=2026-03-01&end_date=2026-03-10&job_name=hourly", 0),
        ("start_date=2026-03-01&end_date=2026-03-10&job_id=10", 1),
        ("start_date=2026-03-01&end_date=2026-03-10&job_id=11", 0),
    ],
)
def test_only_what_the_view_asks_for_is_highlighted(page: Desk, query: str, count: int) -> None:
    assert len(page.desk.of_view("", view(query)).value.alerts) == count


def test_a_run_that_the_dates_cut_is_judged_whole(tmp_path: Path) -> None:
    over = [record(day, "over", ec2="16") for day in ("2026-03-08", "2026-03-09")]
    publish(tmp_path / "data", *ORDINARY, *over)
    page = Desk(tmp_path / "data")
    page.save()
    for dates in (
        "start_date=2026-03-08&end_date=2026-03-08",
        "start_date=2026-03-09&end_date=2026-03-09",
    ):
        [alert] = page.desk.of_view("", view(dates)).value.alerts
        assert alert.observed.cost == 40


def test_whoever_wants_no_highlights_gets_none(page: Desk) -> None:
    page.save(dashboard_highlights=False)
    assert page.desk.of_view("", MARCH).value.alerts == ()
    run = page.spend.run(RunKey("", "10", "dear")).value
    assert page.desk.of_run("", run).value.alerts == ()
    assert page.desk.open_count("") == 0


def test_a_run_has_its_reason_and_its_normal(page: Desk) -> None:
    dear = page.desk.of_run("", page.spend.run(RunKey("", "10", "dear")).value).value
    assert [each.reason for each in dear.alerts] == ["3.4x this job's normal of $14.00"]
    usual = page.desk.of_run("", page.spend.run(RunKey("", "10", "r7")).value).value
    assert usual.alerts == ()
    assert usual.observed
    assert (usual.observed.normal, usual.observed.earlier) == (Decimal(14), 6)


def test_a_short_history_is_not_called_ninety_days(page: Desk, tmp_path: Path) -> None:
    found = page.desk.backtest(AlertConfig.model_validate(CONFIG)).value
    assert found.words == "in the last 8 days this would have raised 1 alert in 1 mail"
    publish(tmp_path / "empty")
    with pytest.raises(NoData, match="no data yet to try"):
        Desk(tmp_path / "empty").desk.backtest(AlertConfig())


def test_moving_a_threshold_asks_the_warehouse_nothing(page: Desk) -> None:
    for percentage in (50, 100, 200, 300):
        page.desk.backtest(AlertConfig.model_validate({"threshold_percentage": percentage}))
    assert page.asked == len(JUDGING)


def test_a_new_import_and_refresh_are_seen_at_once(page: Desk, folder: Path) -> None:
    assert len(page.desk.of_view("", MARCH).value.alerts) == 1
    publish(folder, *ORDINARY, DEAR, dearer := record("2026-03-09", "dearer", ec2="90"))
    assert len(page.desk.of_view("", MARCH).value.alerts) == 2
    publish(folder, *ORDINARY, dearer)
    assert len(page.desk.of_view("", MARCH).value.alerts) == 1
    page.source.forget()
    asked = page.asked
    page.desk.of_view("", MARCH)
    assert page.asked == asked + 1


def test_a_long_view_is_judged_in_its_newest_days(page: Desk) -> None:
    year = view("start_date=2025-03-10&end_date=2026-03-10")
    found = page.desk.of_view("", year).value
    assert len(found.alerts) == 1
    ahead = view("start_date=2025-03-10&end_date=2027-03-09")
    assert len(page.desk.of_view("", ahead).value.alerts) == 1  # nothing is to come there


def test_of_a_long_history_only_the_newest_days_are_judged(tmp_path: Path) -> None:
    later = date(2026, 3, 8) + timedelta(days=MOST_DAYS)
    publish(tmp_path / "data", *ORDINARY, DEAR, record(str(later), "later"))
    page = Desk(tmp_path / "data")
    page.save()
    found = page.desk.of_view("", view(f"start_date=2026-03-01&end_date={later}"))
    assert found.value.alerts == ()


def test_a_name_in_another_alphabet_is_found(tmp_path: Path) -> None:
    def named(each: Record) -> Record:
        return record(str(each.usage_date), each.run_id, name="ÉTÉ 売上", ec2=str(each.ec2_cost))

    publish(tmp_path / "data", *map(named, [*ORDINARY, DEAR]))
    page = Desk(tmp_path / "data")
    page.save(job_name="été")
    assert len(page.desk.of_view("", MARCH).value.alerts) == 1
