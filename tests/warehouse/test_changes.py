"""What changed adds up exactly, and what is only late is nobody's saving."""

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from shared_figures import CASES, SHARED_CSV, SHARED_TODAY, Figures
from spend_records import MakeSpend, record, view

from dbspend360.models.changes import Changes, JobChange, early_days, final_days
from dbspend360.models.summary import ZERO
from dbspend360.models.view_query import read_view
from dbspend360.models.view_state import ViewState
from dbspend360.warehouse.spends import SpendRepository

LATER = date(2100, 1, 1)
FIVE_DAYS = view("start_date=2026-03-06&end_date=2026-03-10")  # against 1 to 5 March


def usd(amount: str) -> Decimal:
    return Decimal(amount)


def added_up(found: Changes) -> Decimal:
    jobs = sum((each.change for each in found.jobs), ZERO)
    return jobs + found.other_change + found.early_change


def said(*jobs: JobChange) -> list[str]:
    return [f"{each.job_id} {each.change.normalize():f}" for each in jobs]


def shared_view(query: str) -> ViewState:
    found, _ = read_view(query, today=SHARED_TODAY, last_date=date(2026, 11, 20))
    return found


def costs_in(first: date, last: date) -> dict[tuple[str, str], Decimal]:
    """What each job cost in these days, added up from the file itself."""
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    with SHARED_CSV.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if first <= date.fromisoformat(row["usage_date"]) <= last:
                cost = Decimal(row["ec2_cost"] or 0) + Decimal(row["databricks_cost"] or 0)
                found[row["workspace_id"], row["job_id"]] += cost
    return found


def test_the_jobs_of_the_file_changed_by_what_the_file_says(shared_spend: SpendRepository) -> None:
    asked = shared_view("preset=last_30_days")
    found = shared_spend.changes(asked, LATER, 100).value
    now, before = costs_in(asked.start_date, asked.end_date), costs_in(*asked.before)
    expected = {key: now.get(key, ZERO) - before.get(key, ZERO) for key in {*now, *before}}
    listed = {(each.workspace_id, each.job_id): each.change for each in found.jobs}
    assert listed == {key: change for key, change in expected.items() if change}
    assert found.difference == CASES["last30"].total - CASES["prev30"].total == added_up(found)
    changes = [each.change for each in found.jobs]
    assert changes == sorted(changes, reverse=True)


@pytest.mark.parametrize("most", [1, 5])
@pytest.mark.parametrize("final", [LATER, date(2026, 11, 18), date(2026, 10, 1), date(2000, 1, 1)])
@pytest.mark.parametrize("figures", CASES.values(), ids=CASES)
def test_every_list_adds_up_to_the_difference_of_the_totals(
    shared_spend: SpendRepository, figures: Figures, final: date, most: int
) -> None:
    asked = shared_view(figures.query)
    found = shared_spend.changes(asked, final, most).value
    summary = shared_spend.summary(asked).value
    assert found.shown_cost == summary.shown.total_spend
    assert found.previous_cost == summary.previous.total_spend
    assert added_up(found) == found.difference
    assert len(found.rises) <= most
    assert len(found.falls) <= most
    in_cents = found.in_cents()
    assert added_up(in_cents) == in_cents.difference
    assert all(each.change == round(each.change, 2) for each in in_cents.jobs)


def test_up_down_new_and_gone(spend: MakeSpend) -> None:
    found = (
        spend(
            record("2026-03-02", job="up", ec2="1", databricks="1"),
            record("2026-03-07", "2", job="up", ec2="5", databricks="1"),
            record("2026-03-02", job="down", ec2="9", databricks=None),
            record("2026-03-08", "2", job="down", ec2="2", databricks="0.5"),
            record("2026-03-05", job="gone", ec2=None, databricks="3"),
            record("2026-03-06", job="new", ec2="0.01", databricks=None),
            record("2026-03-01", job="same"),
            record("2026-03-10", "2", job="same"),
            record("2026-02-28", job="long before"),
        )
        .changes(FIVE_DAYS, LATER)
        .value
    )
    assert said(*found.jobs) == ["up 4", "new 0.01", "gone -3", "down -6.5"]
    _, new, gone, _ = found.jobs
    assert (new.previous_cost, gone.shown_cost) == (None, None)
    assert (found.other_jobs, found.other_change) == (1, ZERO)
    assert [each.job_id for each in found.falls] == ["down", "gone"]


def test_corrections_below_zero_count(spend: MakeSpend) -> None:
    found = (
        spend(
            record("2026-03-02", ec2="-100", databricks="0"),
            record("2026-03-07", "2", ec2="-40", databricks="-1"),
        )
        .changes(FIVE_DAYS, LATER)
        .value
    )
    assert [each.change for each in found.jobs] == [59]
    assert (found.shown_cost, found.previous_cost) == (usd("-41"), usd("-100"))


def test_what_is_late_is_nobodys_saving(spend: MakeSpend) -> None:
    repository = spend(
        record("2026-03-01", "1", job="steady", ec2="10", databricks="0"),
        record("2026-03-05", "2", job="steady", ec2="10", databricks="0"),
        record("2026-03-06", "3", job="steady", ec2="10", databricks="0"),
        record("2026-03-10", "4", job="steady", ec2=None, databricks="1"),
        record("2026-03-05", "5", job="dearer", ec2="1", databricks="0"),
        record("2026-03-10", "6", job="dearer", ec2="8", databricks="0"),
    )
    found = repository.changes(FIVE_DAYS, date(2026, 3, 9)).value
    assert said(*found.jobs) == ["dearer 7"]
    assert found.falls == []
    assert (found.early_change, found.other_jobs, found.other_change) == (usd("-9"), 1, ZERO)
    assert found.difference == -2
    complete = repository.changes(FIVE_DAYS, date(2026, 3, 10)).value
    assert said(*complete.falls) == ["steady -9"]
    assert complete.early_change == 0


def test_where_no_day_is_complete_only_what_rose_is_a_change(spend: MakeSpend) -> None:
    found = (
        spend(
            record("2026-03-02", job="a"),
            record("2026-03-07", "2", job="b", ec2="50", databricks="0"),
        )
        .changes(FIVE_DAYS, date(2026, 3, 1))
        .value
    )
    assert said(*found.jobs) == ["b 50"]
    assert found.early_change == -14


@pytest.mark.parametrize(
    ("final", "last", "before", "early"),
    [
        ("2026-03-09", "2026-03-09", "2026-03-04", 1),
        ("2026-03-10", "2026-03-10", "2026-03-05", 0),
        ("2027-01-01", "2026-03-10", "2026-03-05", 0),
        ("2026-03-05", "2026-03-05", "2026-02-28", 5),
        ("2000-01-01", "2026-03-05", "2026-02-28", 5),
    ],
)
def test_complete_days_are_compared_day_by_day(
    final: str, last: str, before: str, early: int
) -> None:
    found = final_days(FIVE_DAYS, date.fromisoformat(final))
    assert found == (date.fromisoformat(last), date.fromisoformat(before))
    assert early_days(FIVE_DAYS, date.fromisoformat(final)) == early


def test_without_records_nothing_changed(spend: MakeSpend) -> None:
    found = spend(record("2026-01-01")).changes(FIVE_DAYS, LATER).value
    assert found == Changes()
    assert not found.has_records


def test_cents_lost_by_rounding_are_with_the_others(spend: MakeSpend) -> None:
    records = [
        record("2026-03-07", str(n), job=str(n), ec2="0.004", databricks="1") for n in range(3)
    ]
    found = spend(*records).changes(FIVE_DAYS, LATER).value.in_cents()
    assert [each.change for each in found.jobs] == [1, 1, 1]
    assert (found.difference, found.other_jobs, found.other_change) == (usd("3.01"), 0, usd("0.01"))


def test_a_job_that_changed_by_less_than_a_cent_is_one_of_the_others(spend: MakeSpend) -> None:
    found = spend(record("2026-03-07", ec2="0.001", databricks="0")).changes(FIVE_DAYS, LATER).value
    assert len(found.jobs) == 1
    assert (found.in_cents().jobs, found.in_cents().other_jobs) == ((), 1)


def test_a_renamed_job_goes_by_its_latest_name_and_no_name_is_none(spend: MakeSpend) -> None:
    found = (
        spend(
            record("2026-03-02", name="old"),
            record("2026-03-07", "2", name="new", ec2="50"),
            record("2026-03-07", "1", job="11", name=None),
        )
        .changes(FIVE_DAYS, LATER)
        .value
    )
    assert [each.job_name for each in found.jobs] == ["new", ""]


BY_JOB = "start_date=2026-03-06&end_date=2026-03-10&group_by=job&sort=-cost_change"


def test_the_table_of_jobs_can_be_put_in_order_by_what_changed(spend: MakeSpend) -> None:
    repository = spend(
        record("2026-03-01", job="down", ec2="90", databricks="0"),
        record("2026-03-06", "2", job="down", ec2="4", databricks="-1"),
        record("2026-03-05", "3", job="up", ec2=None, databricks="2"),
        record("2026-03-10", "4", job="up", ec2="2", databricks="2.5"),
        record("2026-03-07", "5", job="new", ec2="0.5", databricks=None),
        record("2026-03-05", "6", job="gone"),
    )
    rows = repository.table_page(view(BY_JOB), skip=0, most=10).value
    found = [(row["job_id"], str(row["previous_cost"]), str(row["cost_change"])) for row in rows]
    assert found == [
        ("up", "2.000000", "2.500000"),
        ("new", "None", "0.500000"),
        ("down", "90.000000", "-87.000000"),
    ]
    fell = view(f"{BY_JOB}&where=cost_change.lessThan.0")
    assert repository.table_totals(fell).value["table_rows"] == 1


def test_where_the_days_before_are_not_all_known_no_job_has_a_change(spend: MakeSpend) -> None:
    rows = (
        spend(record("2026-03-02"), record("2026-03-07", "2"))
        .table_page(view(BY_JOB), skip=0, most=10)
        .value
    )
    assert [(row["previous_cost"], row["cost_change"]) for row in rows] == [(None, None)]


def test_the_last_of_days_can_be_asked_for(spend: MakeSpend) -> None:
    far = view("start_date=9999-12-30&end_date=9999-12-31")
    assert spend(record()).changes(far, LATER).value == Changes()
