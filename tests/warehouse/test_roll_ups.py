"""The roll-ups say what the records say, to the last decimal."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from spend_records import Record, publish, record, view

from dbspend360.models.answer import Answer
from dbspend360.models.columns import Grouping
from dbspend360.models.view_state import DEFAULT_SORT, ViewState
from dbspend360.warehouse.base import Question, RollUp, Rows, Value, Warehouse
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.spends import SpendRepository
from dbspend360.warehouse.together import TogetherWarehouse

FIRST = date(2026, 3, 1)
MIDDLE = "start_date=2026-03-02&end_date=2026-03-05"
WHICH = Question(
    "which", "SELECT 'records' AS read", roll_ups=(RollUp("SELECT 'sums' AS read", ()),)
)
NAMES = ("load", "Load ÉTÉ", "売上 🚀", "o'brien % _ \\ --", "", None)

JOBS = {("", "10"), ("w", "11"), ("w", "load"), ("nowhere", "10")}


def days(view: ViewState) -> tuple[date, date]:
    return view.start_date, view.end_date


MONTH = (FIRST + timedelta(days=2), FIRST + timedelta(days=8))


def beside_month(spend: SpendRepository) -> SpendRepository:
    return spend.beside_month(MONTH)


class InPairs(Warehouse):
    """Always asks for both where two questions may be asked in one statement."""

    def __init__(self, inner: Warehouse) -> None:
        self._inner = inner

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        pair = question.pair
        if pair is None:
            return self._inner.query(question, values)
        [half] = [each for each in pair.halves if each.question.name == question.name]
        assert dict(half.values) == values
        return self._inner.query(pair.both, dict(pair.values)).map(half.rows)

    def stream(self, question: Question, values: Mapping[str, Value]) -> Iterator[Rows]:
        return self._inner.stream(question, values)


Ask = Callable[[SpendRepository, ViewState], Any]
QUESTIONS: dict[str, Ask] = {
    "summary": lambda spend, view: spend.summary(view).value,
    "daily": lambda spend, view: spend.daily(view).value,
    "month": lambda spend, view: beside_month(spend).days_between(view, *MONTH).value,
    "summary beside the month": lambda spend, view: beside_month(spend).summary(view).value,
    "daily beside the month": lambda spend, view: beside_month(spend).daily(view).value,
    "top_jobs": lambda spend, view: spend.top_jobs(view).value,
    "changes": lambda spend, view: spend.changes(view, FIRST + timedelta(days=8), 2).value,
    "job_names": lambda spend, view: spend.job_names(view.job_id or "10").value,
    "nearest_dates": lambda spend, view: spend.nearest_dates(view).value,
    "bounds": lambda spend, _view: spend.bounds().value,
    "page": lambda spend, view: spend.table_page(view, skip=0, most=1000).value,
    "second page": lambda spend, view: spend.table_page(view, skip=3, most=3).value,
    "totals": lambda spend, view: spend.table_totals(view).value,
    "striking": lambda spend, view: spend.judged.most_striking(*days(view)).value,
    "peaks": lambda spend, view: spend.judged.peaks(JOBS, *days(view)).value,
    "learning": lambda spend, view: spend.judged.learning(*days(view)).value,
    "ended": lambda spend, view: spend.judged.ended_dates(*days(view)).value,
    "rows": lambda spend, view: [row for rows in spend.table_rows(view) for row in rows],
}

costs = some.none() | some.decimals("-50", "50", places=6) | some.sampled_from([Decimal(0)])
records = some.builds(
    Record,
    usage_date=some.integers(0, 12).map(lambda days: FIRST + timedelta(days=days)),
    workspace_id=some.sampled_from(["", "w"]),
    job_id=some.sampled_from(["10", "11", "load"]),
    run_id=some.sampled_from([str(n) for n in range(8)]),
    cluster_id=some.sampled_from(["c1", "c2", None]),
    job_name=some.sampled_from(NAMES),
    ec2_cost=costs,
    databricks_cost=costs,
    run_as=some.sampled_from(["ada", None]),
    result_state=some.sampled_from(["SUCCESS", "FAILED", None]),
    team=some.sampled_from(["core", ""]),
)


@some.composite
def views(draw: some.DrawFn) -> ViewState:
    """Some days, before, inside, beyond or around the data, and some of its jobs."""
    start = FIRST + timedelta(days=draw(some.integers(-4, 14)))
    grouping = draw(some.sampled_from(Grouping))
    return ViewState(
        start_date=start,
        end_date=start + timedelta(days=draw(some.integers(0, 9))),
        job_name=draw(some.sampled_from(["", "", "", "load", "été", "10", "%", "' OR 1=1 --"])),
        workspace_id=draw(some.sampled_from(["", "", "w", "nowhere"])),
        job_id=draw(some.sampled_from(["", "", "11"])),
        cluster_id=draw(some.sampled_from(["", "", "", "c1"])),
        group_by=grouping,
        sort=DEFAULT_SORT[grouping],
    )


def both_ways(folder: Path, found: list[Record]) -> tuple[EmbeddedWarehouse, EmbeddedWarehouse]:
    publish(folder / "records", *found)
    publish(folder / "rolled", *found, rolled=True)
    return EmbeddedWarehouse(folder / "records"), EmbeddedWarehouse(folder / "rolled")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.lists(records, max_size=30), some.lists(views(), min_size=4, max_size=8))
@example([record("2026-03-01"), record("2026-03-09")], [view(MIDDLE)])
@example([record("2026-03-01", name="a"), record("2026-03-01", name="b")], [view("job_name=a")])
def test_every_answer_is_the_same_with_and_without_roll_ups_alone_and_together(
    found: list[Record], asked: list[ViewState]
) -> None:
    with TemporaryDirectory() as folder:
        one, other = both_ways(Path(folder), found)
        ways = (other, *(TogetherWarehouse(InPairs(each)) for each in (one, other)))
        for each in asked:
            for name, ask in QUESTIONS.items():
                expected = ask(SpendRepository(one), each)
                for way in ways:
                    assert ask(SpendRepository(way), each) == expected, (name, each)
        one.close()
        other.close()


def read(folder: Path) -> Any:
    """Where the answer of `WHICH` comes from, asked at once and as a stream."""
    warehouse = EmbeddedWarehouse(folder)
    [[streamed]] = warehouse.stream(WHICH, {})
    [row] = warehouse.query(WHICH, {}).value
    warehouse.close()
    assert row == streamed
    return row["read"]


def altered(folder: Path, sql: str) -> None:
    with duckdb.connect(str(EmbeddedWarehouse(folder).source().path)) as db:
        db.execute(sql)


def test_sums_are_read_where_an_import_made_them(shared_folder: Path) -> None:
    assert read(shared_folder) == "sums"


def test_a_file_of_an_older_version_is_read_by_its_records(tmp_path: Path) -> None:
    publish(tmp_path / "data", record())
    assert read(tmp_path / "data") == "records"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE rolled.edition SET edition = edition + 1",
        "DELETE FROM rolled.edition",
        "DROP TABLE rolled.edition",
    ],
)
def test_sums_of_another_edition_or_half_made_are_let_be(tmp_path: Path, sql: str) -> None:
    publish(tmp_path / "data", record(), rolled=True)
    assert read(tmp_path / "data") == "sums"
    altered(tmp_path / "data", sql)
    assert read(tmp_path / "data") == "records"


def test_a_new_version_is_looked_at_anew(tmp_path: Path) -> None:
    warehouse = EmbeddedWarehouse(tmp_path / "data")
    for rolled, expected in ((True, "sums"), (False, "records"), (True, "sums")):
        publish(tmp_path / "data", record(), rolled=rolled)
        assert warehouse.query(WHICH, {}).value == [{"read": expected}]


def test_costs_too_large_to_add_up_ahead_are_added_up_when_asked(tmp_path: Path) -> None:
    dear = [record(run=str(n), ec2="999999999.999999", databricks=None) for n in range(101)]
    publish(tmp_path / "data", *dear, rolled=True)
    assert read(tmp_path / "data") == "records"
    found = (
        SpendRepository(EmbeddedWarehouse(tmp_path / "data"))
        .summary(view("start_date=2026-03-01&end_date=2026-03-10"))
        .value
    )
    assert found.shown.ec2_cost == 101 * Decimal("999999999.999999")


def test_without_records_there_is_nothing_to_add_up(tmp_path: Path) -> None:
    publish(tmp_path / "data", rolled=True)
    assert read(tmp_path / "data") == "sums"
    spend = SpendRepository(EmbeddedWarehouse(tmp_path / "data"))
    assert spend.summary(view(MIDDLE)).value.shown.total_records == 0
    assert spend.table_totals(view(MIDDLE)).value["table_rows"] == 0
