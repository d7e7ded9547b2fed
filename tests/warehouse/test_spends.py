from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from shared_figures import CASES, SHARED_TODAY, Figures
from spend_records import MakeSpend, record, same_but, view

from dbspend360.errors import NotFound
from dbspend360.models.columns import Grouping
from dbspend360.models.summary import RunKey
from dbspend360.models.view_query import read_view
from dbspend360.models.view_state import ViewState
from dbspend360.warehouse.spends import HISTORY_RUNS, SpendRepository

MARCH = view()


def shared_view(query: str) -> ViewState:
    found, problems = read_view(query, today=SHARED_TODAY, last_date=date(2026, 11, 20))
    assert not problems
    return found


# The shared data


@pytest.mark.parametrize("figures", CASES.values(), ids=CASES)
def test_the_summary_of_the_shared_data_is_exact(
    shared_spend: SpendRepository, figures: Figures
) -> None:
    shown = shared_spend.summary(shared_view(figures.query)).value.shown
    assert shown.total_records == figures.records
    assert shown.total_jobs == figures.total_jobs
    assert shown.total_runs == figures.total_runs
    assert shown.ec2_cost == figures.ec2
    assert shown.databricks_cost == figures.databricks
    assert shown.total_spend == figures.total
    assert shown.unknown_ec2_records == figures.unknown_ec2_records
    assert shown.max_cost == figures.highest
    assert shown.highest_run == figures.highest_run
    if figures.average is None:
        assert shown.avg_cost is None
    else:
        assert shown.avg_cost is not None
        assert abs(shown.avg_cost - figures.average) < Decimal("1e-20")


def test_the_period_before_is_as_long_and_ends_the_day_before(
    shared_spend: SpendRepository,
) -> None:
    previous = shared_spend.summary(shared_view("")).value.previous
    assert previous.total_spend == CASES["prev30"].total
    assert previous.total_runs == CASES["prev30"].total_runs
    assert previous.highest_run == CASES["prev30"].highest_run


@pytest.mark.parametrize("figures", CASES.values(), ids=CASES)
def test_the_days_of_the_shared_data_are_exact(
    shared_spend: SpendRepository, figures: Figures
) -> None:
    asked = shared_view(figures.query)
    days = {
        each.usage_date: (each.ec2_cost or Decimal(0), each.databricks_cost)
        for each in shared_spend.daily(asked).value
        if each.usage_date >= asked.start_date
    }
    assert days == figures.days


@pytest.mark.parametrize("figures", CASES.values(), ids=CASES)
def test_the_top_jobs_of_the_shared_data_are_exact(
    shared_spend: SpendRepository, figures: Figures
) -> None:
    jobs = shared_spend.top_jobs(shared_view(figures.query), most=5).value
    assert [(job.workspace_id, job.job_id, job.total_cost) for job in jobs] == figures.top_jobs


@pytest.mark.parametrize("grouping", Grouping)
@pytest.mark.parametrize("figures", CASES.values(), ids=CASES)
def test_every_grouping_of_the_shared_data_has_the_same_totals(
    shared_spend: SpendRepository, figures: Figures, grouping: Grouping
) -> None:
    asked = shared_view(f"{figures.query}&group_by={grouping}")
    totals = shared_spend.table_totals(asked).value
    assert (totals["records"] or 0) == figures.records
    assert (totals["ec2_cost"] or 0) == figures.ec2
    assert (totals["databricks_cost"] or 0) == figures.databricks
    assert (totals["total_cost"] or 0) == figures.total
    assert (totals["unknown_ec2_records"] or 0) == figures.unknown_ec2_records


@pytest.mark.parametrize("grouping", Grouping)
def test_every_row_of_the_table_comes_once_and_they_add_up(
    shared_spend: SpendRepository, grouping: Grouping
) -> None:
    figures = CASES["all"]
    asked = shared_view(f"{figures.query}&group_by={grouping}")
    rows = [row for chunk in shared_spend.table_rows(asked) for row in chunk]
    assert len(rows) == shared_spend.table_totals(asked).value["table_rows"]
    assert sum(Decimal(str(row["total_cost"])) for row in rows) == figures.total
    assert sum(int(str(row["records"])) for row in rows) == figures.records


def test_the_data_says_what_days_it_covers(shared_spend: SpendRepository) -> None:
    bounds = shared_spend.bounds().value
    assert (bounds.first_date, bounds.last_date) == (date(2026, 8, 23), date(2026, 11, 20))
    assert bounds.records == CASES["all"].records


# Unknown is not zero


def test_unknown_ec2_stays_unknown_in_every_grouping(spend: MakeSpend) -> None:
    repository = spend(record(ec2=None, cluster=None), record("2026-03-02", "2", ec2=None, job="1"))
    for grouping in Grouping:
        asked = _by(grouping)
        for row in repository.table_page(asked, skip=0, most=10).value:
            assert row["ec2_cost"] is None
            assert row["total_cost"] == row["databricks_cost"]
        totals = repository.table_totals(asked).value
        assert totals["ec2_cost"] is None
        assert (totals["unknown_ec2_records"], totals["total_cost"]) == (2, Decimal(8))


def test_a_partly_known_run_adds_what_is_known_and_counts_the_rest(spend: MakeSpend) -> None:
    [row] = (
        spend(record(ec2=None), record(ec2="2.5", cluster="c2"))
        .table_page(MARCH, skip=0, most=9)
        .value
    )
    assert (row["ec2_cost"], row["unknown_ec2_records"]) == (Decimal("2.5"), 1)
    assert row["total_cost"] == Decimal("10.5")


def test_a_true_zero_is_not_unknown(spend: MakeSpend) -> None:
    repository = spend(record(ec2="0"))
    assert repository.table_page(MARCH, skip=0, most=9).value[0]["ec2_cost"] == Decimal(0)
    assert repository.summary(MARCH).value.shown.unknown_ec2_records == 0


def test_unknown_databricks_cost_counts_as_nothing_in_sums_only(spend: MakeSpend) -> None:
    repository = spend(record(databricks=None))
    [row] = repository.table_page(MARCH, skip=0, most=9).value
    assert (row["databricks_cost"], row["total_cost"]) == (None, Decimal(10))
    assert repository.summary(MARCH).value.shown.total_spend == Decimal(10)


def test_serverless_records_are_those_without_a_cluster(spend: MakeSpend) -> None:
    shown = (
        spend(record(ec2=None, cluster=None), record(ec2=None), record(cluster=None))
        .summary(MARCH)
        .value.shown
    )
    assert (shown.unknown_ec2_records, shown.serverless_records) == (2, 1)


# What a run is


def test_the_same_ids_in_two_workspaces_are_two_jobs_and_two_runs(spend: MakeSpend) -> None:
    repository = spend(record(workspace="w1"), record(workspace="w2", databricks="5"))
    shown = repository.summary(MARCH).value.shown
    assert (shown.total_jobs, shown.total_runs, shown.total_records) == (2, 2, 2)
    assert shown.highest_run == RunKey("w2", "10", "1")
    for grouping, rows in ((Grouping.RUN, 2), (Grouping.JOB, 2), (Grouping.CLUSTER, 1)):
        asked = _by(grouping)
        assert repository.table_totals(asked).value["table_rows"] == rows
    assert len(repository.top_jobs(MARCH).value) == 2


def test_the_same_run_id_of_two_jobs_is_two_runs(spend: MakeSpend) -> None:
    assert spend(record(job="1"), record(job="2")).summary(MARCH).value.shown.total_runs == 2


def test_a_run_over_midnight_is_one_run(spend: MakeSpend) -> None:
    repository = spend(record("2026-03-01"), record("2026-03-02"))
    shown = repository.summary(MARCH).value.shown
    assert (shown.total_runs, shown.total_records) == (1, 2)
    assert (shown.max_cost, shown.avg_cost) == (Decimal(28), Decimal(28))
    [row] = repository.table_page(MARCH, skip=0, most=9).value
    assert (row["first_date"], row["last_date"]) == (date(2026, 3, 1), date(2026, 3, 2))


def test_a_run_cut_by_the_days_counts_with_what_fell_inside(spend: MakeSpend) -> None:
    repository = spend(record("2026-02-28"), record("2026-03-01", databricks="5"))
    summary = repository.summary(MARCH).value
    assert (summary.shown.total_spend, summary.shown.max_cost) == (Decimal(15), Decimal(15))
    assert (summary.previous.total_spend, summary.previous.total_runs) == (Decimal(14), 1)


def test_equal_records_are_all_counted(spend: MakeSpend) -> None:
    repository = spend(*[record()] * 3)
    shown = repository.summary(MARCH).value.shown
    assert (shown.total_records, shown.total_runs, shown.total_spend) == (3, 1, Decimal(42))
    by_record = _by(Grouping.RECORD)
    assert len(repository.table_page(by_record, skip=0, most=9).value) == 3


def test_a_correction_lowers_the_run_it_belongs_to(spend: MakeSpend) -> None:
    shown = (
        spend(record(), record(ec2="-10", databricks="-4"), record(run="2", ec2="-3"))
        .summary(MARCH)
        .value.shown
    )
    assert (shown.total_runs, shown.total_spend) == (2, Decimal(1))
    assert (shown.max_cost, shown.highest_run) == (Decimal(1), RunKey("", "10", "2"))
    assert shown.avg_cost == Decimal("0.5")


def test_runs_that_all_cost_less_than_nothing_still_have_a_highest(spend: MakeSpend) -> None:
    repository = spend(record(ec2="-9"), record(run="2", ec2="-7"))
    shown = repository.summary(MARCH).value.shown
    assert (shown.max_cost, shown.highest_run) == (Decimal(-3), RunKey("", "10", "2"))


def test_money_is_exact_to_the_sixth_decimal(spend: MakeSpend) -> None:
    repository = spend(*[record(run=str(n), ec2="0.1", databricks="0.000001") for n in range(10)])
    shown = repository.summary(MARCH).value.shown
    assert (shown.ec2_cost, shown.databricks_cost) == (Decimal("1.0"), Decimal("0.00001"))


def test_the_median_is_per_run(spend: MakeSpend) -> None:
    costs = ["1", "2", "90"]
    runs = [record(run=cost, ec2=cost, databricks="0") for cost in costs]
    assert spend(*runs).summary(MARCH).value.shown.median_cost == Decimal(2)


def test_nothing_at_all_adds_up_to_nothing(spend: MakeSpend) -> None:
    repository = spend()
    summary = repository.summary(MARCH).value
    assert (summary.shown.total_records, summary.shown.avg_cost) == (0, None)
    assert (summary.shown.max_cost, summary.shown.highest_run) == (None, None)
    assert summary.change_percent is None
    assert repository.daily(MARCH).value == []
    assert repository.top_jobs(MARCH).value == []
    assert repository.table_page(MARCH, skip=0, most=9).value == []
    assert repository.table_totals(MARCH).value["table_rows"] == 0
    assert repository.nearest_dates(MARCH).value == (None, None)
    assert repository.bounds().value.last_date is None


# Names


def test_a_renamed_job_goes_by_its_latest_name(spend: MakeSpend) -> None:
    repository = spend(
        record("2026-03-01", "3", name="zz_old"),
        record("2026-03-04", "1", name="aa_new"),
        record("2026-03-05", "2", name=None),
    )
    [row] = repository.table_page(_by(Grouping.JOB), skip=0, most=9).value
    assert row["job_name"] == "aa_new"
    assert [job.job_name for job in repository.top_jobs(MARCH).value] == ["aa_new"]


def test_a_job_renamed_within_a_day_has_one_name_everywhere(spend: MakeSpend) -> None:
    records = [record(run="9", name="alpha"), record(run="1", name="beta")]
    for order in (records, records[::-1]):
        repository = spend(*order)
        [row] = repository.table_page(_by(Grouping.JOB), skip=0, most=9).value
        [job] = repository.top_jobs(MARCH).value
        assert row["job_name"] == job.job_name == "beta"


def test_a_one_time_run_without_a_name_has_an_empty_one(spend: MakeSpend) -> None:
    repository = spend(record(name=None))
    assert repository.summary(MARCH).value.shown.highest_run_name == ""
    assert repository.top_jobs(MARCH).value[0].job_name == ""
    assert repository.run("1").value.job_name == ""


# What narrows the view


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("NIGHT", ["1"]),
        ("%", ["2"]),
        ("_", ["1", "2"]),
        ("50%_", ["2"]),
        ("\\", ["3"]),
        ("o'b", ["3"]),
        ("' OR 1=1 --", []),
        ("10", ["1"]),  # a whole job id, and no name has it
        ("売", ["4"]),
        ("ÉTÉ", ["4"]),
        (" ", ["3", "4"]),
        (":job_name", []),
        ("?", []),
    ],
)
def test_a_job_text_is_part_of_a_name_in_any_case_or_a_whole_id(
    spend: MakeSpend, text: str, found: list[str]
) -> None:
    repository = spend(
        record(run="1", job="10"),
        record(run="2", job="102", name="50%_off"),
        record(run="3", job="103", name="o'brien \\ x"),
        record(run="4", job="104", name="été 売上"),
        record(run="5", job="105", name=None),
    )
    asked = view("start_date=2026-03-01&end_date=2026-03-01&" + urlencode({"job_name": text}))
    rows = repository.table_page(asked, skip=0, most=9).value
    assert sorted(str(row["run_id"]) for row in rows) == found
    assert repository.summary(asked).value.shown.total_runs == len(found)
    assert len(repository.top_jobs(asked).value) == len(found)


@pytest.mark.parametrize(
    ("narrowing", "runs"),
    [
        ({"workspace_id": "w1"}, 2),
        ({"job_id": "1"}, 2),
        ({"workspace_id": "w1", "job_id": "1"}, 1),
        ({"cluster_id": "c9"}, 1),
        ({"cluster_id": "C9"}, 0),
        ({"job_id": "%"}, 0),
    ],
)
def test_exact_ids_match_whole(spend: MakeSpend, narrowing: dict[str, str], runs: int) -> None:
    repository = spend(
        record(workspace="w1", job="1"),
        record(workspace="w1", job="11"),
        record(workspace="w2", job="1", cluster="c9"),
    )
    shown = repository.summary(MARCH.with_changes(**narrowing)).value.shown
    assert shown.total_runs == runs


def test_both_ends_of_the_days_are_included(spend: MakeSpend) -> None:
    days = ["2026-02-28", "2026-03-01", "2026-03-10", "2026-03-11"]
    repository = spend(*[record(day, run=day) for day in days])
    rows = repository.table_page(MARCH, skip=0, most=9).value
    assert sorted(str(row["run_id"]) for row in rows) == ["2026-03-01", "2026-03-10"]


def test_the_nearest_days_on_both_sides_obey_the_job_filter(spend: MakeSpend) -> None:
    repository = spend(
        record("2026-02-27", job="1"), record("2026-02-28", job="2"), record("2026-03-20", job="1")
    )
    only = MARCH.with_changes(job_id="1")
    assert repository.nearest_dates(only).value == (date(2026, 2, 27), date(2026, 3, 20))


# The order of jobs


def test_top_jobs_come_dearest_first_and_know_the_period_before(spend: MakeSpend) -> None:
    repository = spend(
        record(job="1", ec2="5"),
        record("2026-02-20", job="1", ec2="1"),
        record(job="2", ec2="50"),
        record("2026-02-20", job="3"),
    )
    jobs = repository.top_jobs(MARCH).value
    assert [(job.job_id, job.total_cost, job.previous_cost) for job in jobs] == [
        ("2", Decimal(54), None),
        ("1", Decimal(9), Decimal(5)),
    ]


def test_jobs_that_cost_the_same_always_come_in_the_same_order(spend: MakeSpend) -> None:
    records = [record(job=str(n), run=str(n)) for n in range(20)]
    first = [job.job_id for job in spend(*records).top_jobs(MARCH).value]
    again = [job.job_id for job in spend(*records[::-1]).top_jobs(MARCH).value]
    assert first == again == sorted(str(n) for n in range(20))[:10]


# A run taken apart


def test_a_run_is_whole_whatever_the_view(spend: MakeSpend) -> None:
    repository = spend(
        record("2025-12-31", cluster="c2", ec2=None),
        record("2026-03-01"),
        record("2026-03-01", ec2="-1", databricks=None),
        record("2026-03-01", workspace="other"),
    )
    run = repository.run(RunKey("", "10", "1")).value
    assert run.days == (date(2025, 12, 31), date(2026, 3, 1))
    assert len(run.records) == 3
    assert (run.ec2_cost, run.databricks_cost, run.total_cost) == (
        Decimal(9),
        Decimal(8),
        Decimal(17),
    )
    assert (run.unknown_ec2_records, run.clusters) == (1, ("c2", "c1"))
    spring = ViewState(start_date=date(2026, 1, 1), end_date=date(2026, 3, 1))
    assert repository.cost_in_view(run, spring).value == Decimal(13)
    on_one_cluster = spring.with_changes(cluster_id="c2")
    assert repository.cost_in_view(run, on_one_cluster).value is None


def test_a_bare_run_id_finds_the_newest_run_that_has_it(spend: MakeSpend) -> None:
    repository = spend(record("2026-03-01", job="1"), record("2026-03-02", job="2"))
    run = repository.run("1").value
    assert (run.key, len(run.records)) == (RunKey("", "2", "1"), 1)


@pytest.mark.parametrize(
    "key", ["2", "", "' OR 1=1 --", RunKey("", "10", "2"), RunKey("", "", "1")]
)
def test_an_unknown_run_is_not_found(spend: MakeSpend, key: RunKey | str) -> None:
    repository = spend(record())
    with pytest.raises(NotFound):
        repository.run(key)


def test_a_run_and_its_row_in_the_table_say_the_same_of_it(spend: MakeSpend) -> None:
    told = {"run_as": "ada", "team": "core", "result_state": "FAILED"}
    repository = spend(same_but(record(), **told), record("2026-03-02", name=None, ec2=None))
    [row] = repository.table_page(MARCH, skip=0, most=9).value
    run = repository.run("1").value
    for name in ("job_name", "run_as", "team", "result_state", "ec2_cost", "total_cost"):
        assert getattr(run, name) == row[name]


def test_history_is_whole_runs_that_began_in_thirty_days_up_to_the_run(spend: MakeSpend) -> None:
    repository = spend(
        record("2026-02-08", "too-early"),
        record("2026-02-09", "too-early", ec2="99"),
        record("2026-02-09", "first"),
        record("2026-03-10", "over-midnight"),
        record("2026-03-11", "over-midnight", ec2="20"),
        record("2026-03-11", "mine"),
        record("2026-03-13", "mine"),
        record("2026-03-12", "later"),
        record("2026-03-10", "foreign", workspace="w2"),
    )
    history = repository.job_history(repository.run("mine").value).value
    assert [(each.run_id, each.total_cost) for each in history] == [
        ("first", Decimal(14)),
        ("over-midnight", Decimal(38)),
        ("mine", Decimal(28)),
    ]


def test_history_keeps_the_run_itself_among_hundreds_of_its_day(spend: MakeSpend) -> None:
    repository = spend(*[record(run=f"{n:03}") for n in range(200)])
    history = repository.job_history(repository.run("000").value).value
    assert len(history) == HISTORY_RUNS
    assert history[0].run_id == "000"


def _by(grouping: Grouping) -> ViewState:
    return view(f"start_date=2026-03-01&end_date=2026-03-10&group_by={grouping}")


def test_a_day_and_a_job_without_any_known_ec2_cost_have_none(spend: MakeSpend) -> None:
    repository = spend(record(ec2=None), record("2026-03-02", ec2=None), record("2026-03-02"))
    march = view("start_date=2026-03-01&end_date=2026-03-02")
    assert [each.ec2_cost for each in repository.daily(march).value] == [None, Decimal(10)]
    only_first = view("start_date=2026-03-01&end_date=2026-03-01")
    job = repository.top_jobs(only_first).value[0]
    assert (job.ec2_cost, job.total_cost) == (None, Decimal(4))
