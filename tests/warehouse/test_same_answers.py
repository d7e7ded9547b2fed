"""Every question of the repository gives equal answers on DuckDB and through the connector."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from databricks_side import asking, copy_of
from loopback.server import Loopback, loopback_warehouse
from shared_figures import CASES, SHARED_TODAY, Figures

from dbspend360.models.answer import Answer
from dbspend360.models.columns import COLUMNS, Grouping
from dbspend360.models.summary import RunKey
from dbspend360.models.view_query import read_view
from dbspend360.models.view_state import Sort, ViewState
from dbspend360.warehouse.judged import Floors
from dbspend360.warehouse.spends import SpendRepository

LAST = date(2026, 11, 20)


@pytest.fixture(scope="module")
def loopback(shared_folder: Path) -> Iterator[Loopback]:
    with loopback_warehouse() as warehouse:
        copy_of(warehouse, shared_folder)
        yield warehouse


@pytest.fixture(scope="module")
def remote(loopback: Loopback) -> Iterator[SpendRepository]:
    with asking(loopback) as warehouse:
        yield SpendRepository(warehouse)


def view_of(query: str) -> ViewState:
    view, problems = read_view(query, today=SHARED_TODAY, last_date=LAST)
    assert not problems
    return view


QUESTIONS: dict[str, Callable[[SpendRepository, ViewState], Answer[Any]]] = {
    "summary": lambda spend, view: spend.summary(view),
    "daily": lambda spend, view: spend.daily(view),
    "top_jobs": lambda spend, view: spend.top_jobs(view),
    "changes": lambda spend, view: spend.changes(view, date(2026, 11, 18)),
    "job_names": lambda spend, _view: spend.job_names("294256503752956"),
    "nearest_dates": lambda spend, view: spend.nearest_dates(view),
    "bounds": lambda spend, _view: spend.bounds(),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("figures", CASES.values(), ids=CASES)
def test_an_answer_is_the_same_on_both(
    shared_spend: SpendRepository, remote: SpendRepository, figures: Figures, question: str
) -> None:
    ask, view = QUESTIONS[question], view_of(figures.query)
    assert ask(remote, view).value == ask(shared_spend, view).value


@pytest.mark.parametrize("figures", CASES.values(), ids=CASES)
def test_the_sums_are_the_true_ones(remote: SpendRepository, figures: Figures) -> None:
    shown = remote.summary(view_of(figures.query)).value.shown
    assert (shown.ec2_cost, shown.databricks_cost) == (figures.ec2, figures.databricks)
    assert shown.total_records == figures.records


@pytest.mark.parametrize("grouping", [each for each in Grouping if each is not Grouping.CLUSTER])
def test_chosen_rows_are_the_same_on_both(
    shared_spend: SpendRepository, remote: SpendRepository, grouping: Grouping
) -> None:
    view = view_of(f"preset=last_7_days&group_by={grouping.value}")
    names = ["usage_date"] if grouping is Grouping.DAY else ["workspace_id", "job_id", "run_id"]
    names = names[:2] if grouping is Grouping.JOB else names
    rows = shared_spend.table_page(view, skip=0, most=3).value
    only = [tuple(str(row[name]) for name in names) for row in rows]
    found = remote.table_page(view, skip=0, most=200, only=only).value
    assert found == shared_spend.table_page(view, skip=0, most=200, only=only).value
    assert rows[0] in found
    assert {tuple(str(row[name]) for name in names) for row in found} == set(only)
    totals = remote.table_totals(view, only).value
    assert totals == shared_spend.table_totals(view, only).value
    assert totals["table_rows"] == len(found)
    assert remote.table_page(view, skip=0, most=200, only=[]).value == []


@pytest.mark.parametrize("grouping", Grouping)
def test_every_order_of_the_table_is_the_same_on_both(
    shared_spend: SpendRepository, remote: SpendRepository, grouping: Grouping
) -> None:
    for column in COLUMNS[grouping]:
        for descending in (True, False):
            view = view_of(f"preset=last_7_days&group_by={grouping.value}").with_changes(
                sort=Sort(column=column.name, descending=descending)
            )
            one = remote.table_page(view, skip=0, most=200).value
            assert one == shared_spend.table_page(view, skip=0, most=200).value
    assert remote.table_totals(view).value == shared_spend.table_totals(view).value


@pytest.mark.parametrize(
    "where",
    [
        "total_cost.greaterThan.100",
        "total_cost.lessThan.0.0000001",
        "total_cost.inRange.10..20.5",
        "records.greaterThanOrEqual.2",
        "job_name.contains.ORDERS",
        "job_name.notContains.a",
        "job_name.startsWith.n",
        "job_name.endsWith.日次",
        "job_name.equals.o'brien's job; DROP TABLE jobs--",
        "job_name.notBlank.",
        "ec2_cost.blank.",
        "last_date.inRange.2026-11-01..2026-11-10",
    ],
)
def test_every_condition_gives_the_same_rows_on_both(
    shared_spend: SpendRepository, remote: SpendRepository, where: str
) -> None:
    view = view_of(urlencode({"preset": "last_30_days", "where": where}))
    page = remote.table_page(view, skip=0, most=200).value
    assert page == shared_spend.table_page(view, skip=0, most=200).value
    assert remote.table_totals(view).value == shared_spend.table_totals(view).value


def test_a_run_and_its_history_are_the_same_on_both(
    shared_spend: SpendRepository, remote: SpendRepository
) -> None:
    key = CASES["all"].highest_run
    assert key
    run = remote.run(key).value
    assert run == shared_spend.run(key).value
    assert remote.job_history(run).value == shared_spend.job_history(run).value
    view = view_of(CASES["last30"].query)
    assert remote.cost_in_view(run, view).value == shared_spend.cost_in_view(run, view).value


def test_what_alerts_are_judged_by_is_the_same_on_both(
    shared_spend: SpendRepository, remote: SpendRepository
) -> None:
    days = (date(2026, 9, 1), LAST)
    far, near = remote.judged, shared_spend.judged
    found = far.most_striking(*days).value
    assert found == near.most_striking(*days).value
    assert {each.is_complete for each in found} == {each.run_id is None for each in found}
    jobs = {(each.workspace_id, each.job_id) for each in found[:20]}
    assert far.peaks(jobs, *days).value == near.peaks(jobs, *days).value
    assert far.learning(*days).value == near.learning(*days).value
    assert far.ended_dates(*days).value == near.ended_dates(*days).value
    floors = Floors(Decimal(50), Decimal(100), Decimal(20), "a")
    assert far.reaching(floors, *days).value == near.reaching(floors, *days).value != []
    dear = next(each for each in found if each.run_id)
    key = RunKey(dear.workspace_id, dear.job_id, str(dear.run_id))
    own = near.of_run(shared_spend.run(key).value).value
    assert dear in own
    assert far.of_run(remote.run(key).value).value == own


def test_the_values_are_bound_never_pasted(loopback: Loopback, remote: SpendRepository) -> None:
    sly = "'; DROP TABLE pritam_demo.dbcost360.databricks_job_spends --"
    assert remote.top_jobs(view_of("preset=last_7_days").with_changes(job_name=sly)).value == []
    last = loopback.service.statements[-1]
    assert "DROP" not in last.text
    assert sly in last.values
    assert remote.bounds().value.records == 10_460


def test_costs_that_no_table_should_have_are_survived() -> None:
    """NaN and infinity are unknown; a trillion dollars, 1900 and 9999 are what they are."""
    rows = " UNION ALL ".join(
        f"SELECT 'c' AS cluster_id, {cost} AS ec2_cost, '{job}' AS job_id, 'r' AS run_id, "
        f"DATE '{day}' AS usage_date, {dbu} AS databricks_cost"
        for job, day, cost, dbu in [
            ("nan", "2026-11-01", "'nan'::DOUBLE", "1.000001"),
            ("inf", "2026-11-01", "'inf'::DOUBLE", "2"),
            ("huge", "2026-11-01", "1e12", "1000000000000.01"),
            ("old", "1900-01-01", "5.1", "-0.1"),
            ("far", "9999-12-31", "7.25", "NULL"),
        ]
    )
    with loopback_warehouse() as loopback, asking(loopback) as warehouse:
        loopback.engine.make_spends(rows=rows, extra=())
        spend = SpendRepository(warehouse)
        bounds = spend.bounds().value
        assert (bounds.first_date, bounds.last_date) == (date(1900, 1, 1), date(9999, 12, 31))
        shown = spend.summary(view_of("start_date=2026-11-01&end_date=2026-11-02")).value.shown
        assert shown.unknown_ec2_records == 2
        assert shown.ec2_cost == Decimal(10**12)
        assert shown.databricks_cost == Decimal("1000000000003.010001")
        by_job = view_of("start_date=2026-11-01&end_date=2026-11-02&group_by=job")
        assert len(spend.table_page(by_job, skip=0, most=10).value) == 3
