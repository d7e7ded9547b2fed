"""API, page, files and expected figures agree, by every grouping and filter."""

import csv
import io
import json
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest
from api_driver import Api, exact
from page_driver import Page
from shared_figures import CASES, Figures

from dbspend360.models.columns import COLUMNS, Grouping

MICRO = Decimal("0.000001")
EVERY_CASE = pytest.mark.parametrize("figures", CASES.values(), ids=CASES)
EVERY_GROUPING = pytest.mark.parametrize("grouping", Grouping)


def total(rows: list[dict[str, Any]], name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in rows if row[name] not in (None, "")), Decimal(0))


def as_text(row: dict[str, Any], names: list[str]) -> list[str | None]:
    """The values as the page and the files write them."""
    values = (row[name] for name in names)
    return [format(v, "f") if isinstance(v, Decimal) else v and str(v) for v in values]


@EVERY_CASE
def test_the_summary_is_the_expected_one_and_the_cards(
    shared_api: Api, shared_page: Page, figures: Figures
) -> None:
    found = shared_api.data("/api/job-spends/summary", figures.query)
    cards = shared_page.cards(f"?{figures.query}")
    assert found["total_spend"] == figures.total == Decimal(cards["card-total-spend"])
    assert found["total_jobs"] == figures.total_jobs == int(cards["card-jobs"])
    assert found["total_runs"] == figures.total_runs == int(cards["card-runs"])
    assert found["total_records"] == figures.records
    assert found["unknown_ec2_records"] == figures.unknown_ec2_records
    assert (found["ec2_cost"] or 0) == figures.ec2
    assert (found["ec2_cost"] is None) == (0 < figures.records == figures.unknown_ec2_records)
    assert found["databricks_cost"] == figures.databricks
    assert found["max_cost"] == figures.highest
    average = figures.average and figures.average.quantize(MICRO, ROUND_HALF_EVEN)
    assert found["avg_cost"] == average


@EVERY_CASE
def test_the_short_address_of_the_summary_says_the_same(shared_api: Api, figures: Figures) -> None:
    short, long = ("/api/summary", "/api/job-spends/summary")
    assert shared_api.data(short, figures.query) == shared_api.data(long, figures.query)


def test_the_period_before_is_the_summary_of_its_days(shared_api: Api) -> None:
    shown = shared_api.data("/api/summary", CASES["last30"].query)
    before = shared_api.data("/api/summary", CASES["prev30"].query)
    assert shown["previous"] == {name: before[name] for name in shown["previous"]}
    assert shown["previous_is_whole"] is True
    change = (CASES["last30"].total / CASES["prev30"].total - 1) * 100
    assert shown["change_percent"] == change.quantize(MICRO)


def test_nothing_is_compared_with_days_before_the_data(shared_api: Api) -> None:
    found = shared_api.data("/api/summary", CASES["all"].query)
    assert (found["previous_is_whole"], found["change_percent"]) == (False, None)


@EVERY_GROUPING
@EVERY_CASE
def test_the_rows_are_the_expected_ones_by_every_grouping(
    shared_api: Api, shared_page: Page, figures: Figures, grouping: Grouping
) -> None:
    query = f"{figures.query}&group_by={grouping}"
    rows = shared_api.all_rows(query)
    names = [each.name for each in COLUMNS[grouping]]
    assert all(list(row) == names for row in rows)
    assert total(rows, "ec2_cost") == figures.ec2
    assert total(rows, "databricks_cost") == figures.databricks
    assert total(rows, "total_cost") == figures.total
    data = shared_api.data("/api/job-spends", f"{query}&per_page=200")
    assert data["totals"]["total_cost"] == figures.total
    assert data["totals"]["records"] == figures.records
    assert data["totals"]["unknown_ec2_records"] == figures.unknown_ec2_records
    assert data["pagination"]["total"] == len(rows)
    on_page = shared_page.rows(f"?{query}")
    assert on_page["count"] == len(rows)
    assert [as_text(row, names) for row in data["job_spends"]] == [
        as_text(row, names) for row in on_page["rows"]
    ]


@EVERY_GROUPING
@EVERY_CASE
def test_the_files_hold_the_rows_of_the_pages(
    shared_api: Api, figures: Figures, grouping: Grouping
) -> None:
    query = f"{figures.query}&group_by={grouping}"
    rows = shared_api.all_rows(query)
    lines = shared_api.get("/api/job-spends", query, Accept="application/x-ndjson")
    assert [json.loads(line, parse_float=Decimal) for line in lines.get_data().splitlines()] == rows
    table = shared_api.get("/api/job-spends", query, Accept="text/csv").get_data()
    assert table == shared_api.get("/export/job-spends.csv", query).get_data()
    in_csv = list(csv.DictReader(io.StringIO(table.decode(), newline="")))
    assert total(in_csv, "total_cost") == figures.total
    assert len(in_csv) == len(rows)


@EVERY_CASE
def test_the_trend_has_the_expected_days(shared_api: Api, figures: Figures) -> None:
    days = shared_api.data("/api/job-spends/trend", figures.query)["trend"]
    assert [each["usage_date"] for each in days] == sorted(each["usage_date"] for each in days)
    found = {each["usage_date"]: (each["ec2_cost"] or 0, each["databricks_cost"]) for each in days}
    assert found == {str(day): costs for day, costs in figures.days.items()}
    assert total(days, "total_cost") == figures.total


@EVERY_CASE
def test_the_top_jobs_are_the_expected_ones(shared_api: Api, figures: Figures) -> None:
    jobs = shared_api.data("/api/job-spends/top", figures.query)["top_jobs"]
    found = [(each["workspace_id"], each["job_id"], each["total_cost"]) for each in jobs]
    assert found[: len(figures.top_jobs)] == figures.top_jobs
    assert len(found) == min(10, figures.total_jobs)


FILTERS = [
    "job_id=627565150031061",
    "workspace_id=2222222222222222",
    "cluster_id=1117-550295-b8481190",
    "where=total_cost.greaterThan.100",
    "where=ec2_cost.blank.",
    "where=total_cost.greaterThan.1&where=total_cost.lessThan.2",
    "sort=total_cost",
    "sort=-databricks_cost",
    "job_name=NIGHTLY",
    "preset=last_week",
]


@EVERY_GROUPING
@pytest.mark.parametrize("filters", FILTERS)
def test_every_filter_gives_the_rows_of_the_page(
    shared_api: Api, shared_page: Page, filters: str, grouping: Grouping
) -> None:
    query = f"group_by={grouping}&{filters}"
    data = shared_api.data("/api/job-spends", f"{query}&per_page=200")
    on_page = shared_page.rows(f"?{query}")
    names = [each.name for each in COLUMNS[grouping]]
    assert [as_text(row, names) for row in data["job_spends"]] == [
        as_text(row, names) for row in on_page["rows"]
    ]
    sums = ["ec2_cost", "databricks_cost", "total_cost"]
    if data["job_spends"]:
        assert as_text(data["totals"], sums) == as_text(on_page["total"], sums)


def test_a_run_is_taken_apart_as_on_the_page(shared_api: Api, shared_page: Page) -> None:
    figures = CASES["all"]
    key = figures.highest_run
    assert key
    found = shared_api.data(f"/api/job/{key.job_id}/breakdown", f"run_id={key.run_id}")
    run = found["run"]
    assert (run["workspace_id"], run["job_id"], run["run_id"]) == (
        key.workspace_id,
        key.job_id,
        key.run_id,
    )
    assert run["total_cost"] == figures.highest == total(found["records"], "total_cost")
    drawn = json.dumps(shared_page.breakdown(f"{key.workspace_id}/{key.job_id}/{key.run_id}"))
    assert format(run["ec2_cost"], "f") in drawn
    assert format(run["databricks_cost"], "f") in drawn
    assert len(found["history"]) == 60


def test_amounts_are_numbers_with_six_decimals(shared_api: Api) -> None:
    response = shared_api.get("/api/summary", CASES["all"].query)
    assert b'"total_spend":104257.992470,' in response.get_data()
    assert exact(response)["data"]["ec2_cost"] == Decimal("58023.856077")


def test_the_presets_are_those_of_the_page(shared_api: Api) -> None:
    presets = shared_api.data("/api/filters/presets")["presets"]
    for each in presets:
        applied = shared_api.whole("/api/summary", f"preset={each['preset']}")["meta"]
        assert applied["filters_applied"]["start_date"] == each["start_date"]
        assert applied["filters_applied"]["end_date"] == each["end_date"]
    assert [each["preset"] for each in presets if each["is_default"]] == ["last_30_days"]
