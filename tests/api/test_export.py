import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from page_driver import MakePage, Page, app_of
from shared_figures import CASES, Figures
from spend_records import record

from dbspend360.models.columns import COLUMNS, Grouping

MARCH = "start_date=2026-03-01&end_date=2026-03-10"


def exported(visitor: Page, query: str) -> list[dict[str, str]]:
    response = visitor.client.get(f"/export/job-spends.csv?{query}")
    assert response.status_code == 200
    text = response.get_data().decode("utf-8-sig")  # with a mark for spreadsheets or without
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("grouping", Grouping)
@pytest.mark.parametrize("figures", CASES.values(), ids=CASES)
def test_the_file_adds_up_to_the_page_by_every_grouping(
    shared_page: Page, figures: Figures, grouping: Grouping
) -> None:
    lines = exported(shared_page, f"{figures.query}&group_by={grouping}")

    def column(name: str) -> Decimal:
        return sum((Decimal(line[name]) for line in lines if line[name]), Decimal(0))

    assert column("ec2_cost") == figures.ec2
    assert column("databricks_cost") == figures.databricks
    assert column("total_cost") == figures.total
    if grouping is Grouping.RECORD:
        assert len(lines) == figures.records
        assert sum(not line["ec2_cost"] for line in lines) == figures.unknown_ec2_records
    else:
        assert column("records") == figures.records
        assert column("unknown_ec2_records") == figures.unknown_ec2_records


@pytest.mark.parametrize("grouping", Grouping)
def test_the_header_names_the_columns_of_the_grouping(
    shared_page: Page, grouping: Grouping
) -> None:
    [first, *_] = exported(shared_page, f"{CASES['one_day'].query}&group_by={grouping}")
    assert list(first) == [each.name for each in COLUMNS[grouping]]


def test_the_file_is_an_attachment_named_after_its_view(page: MakePage) -> None:
    response = page(record()).client.get(f"/export/job-spends.csv?{MARCH}&group_by=day")
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="job-spends_2026-03-01_2026-03-10_by-day.csv"'
    )


def test_unknown_is_empty_and_corrections_stay_numbers(page: MakePage) -> None:
    [line] = exported(page(record(ec2=None, databricks="-4")), MARCH)
    assert (line["ec2_cost"], line["databricks_cost"]) == ("", "-4.000000")


def test_texts_a_spreadsheet_would_run_are_disarmed(page: MakePage) -> None:
    visitor = page(record(name="=1+1", cluster="@c", run="-1"))
    [line] = exported(visitor, MARCH)
    assert (line["job_name"], line["cluster_id"], line["run_id"]) == ("'=1+1", "'@c", "'-1")


def test_other_alphabets_arrive_whole(page: MakePage) -> None:
    visitor = page(record(name="売上 été 💸"), record(run="2", name="other"))
    query = f"{MARCH}&job_name=%E5%A3%B2%E4%B8%8A"
    assert [line["job_name"] for line in exported(visitor, query)] == ["売上 été 💸"]


def test_the_order_and_the_conditions_of_the_page_hold_for_the_file(page: MakePage) -> None:
    visitor = page(*[record(run=str(n), ec2=str(n)) for n in (3, 1, 2)])
    query = f"{MARCH}&sort=ec2_cost&where=ec2_cost.greaterThan.1"
    assert [line["run_id"] for line in exported(visitor, query)] == ["2", "3"]


def test_nothing_found_is_a_header(page: MakePage) -> None:
    response = page(record()).client.get(f"/export/job-spends.csv?{MARCH}&job_name=nothing")
    assert response.get_data(as_text=True).count("\n") == 1


@pytest.mark.parametrize(
    "query", ["%ff", "x" * 9000, "where=total_cost.equals.1e999999999", "sort=';--", "start_date=x"]
)
def test_an_odd_query_is_never_a_crash(page: MakePage, query: str) -> None:
    response = page(record()).client.get(f"/export/job-spends.csv?{query}")
    assert response.status_code in (200, 400)


def test_without_data_the_answer_is_a_sentence(tmp_path: Path) -> None:
    response = Page(app_of(tmp_path / "data")).client.get("/export/job-spends.csv")
    assert response.status_code == 503
    assert response.content_type.startswith("text/plain")
    assert "dbspend360 import" in response.get_data(as_text=True)
    assert "Content-Disposition" not in response.headers
