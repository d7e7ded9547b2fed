import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from spend_records import MakeSpend, record, view

from dbspend360.models.columns import COLUMNS, Grouping
from dbspend360.services.csv_export import csv_chunks
from dbspend360.warehouse.base import Rows, Value

BY_RECORD = view("group_by=record")


def row(**values: Value) -> dict[str, Value]:
    empty: dict[str, Value] = {each.name: None for each in COLUMNS[Grouping.RECORD]}
    return empty | values


def lines(*chunks: Rows) -> list[dict[str, str]]:
    text = "".join(csv_chunks(BY_RECORD, chunks))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def cell(name: str, value: Value) -> str:
    [line] = lines([row(**{name: value})])
    return line[name]


@pytest.mark.parametrize("grouping", Grouping)
def test_the_header_names_every_column_even_without_rows(grouping: Grouping) -> None:
    text = "".join(csv_chunks(view(f"group_by={grouping}"), []))
    assert text == ",".join(each.name for each in COLUMNS[grouping]) + "\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\nx",
        " =1+1",
        "\u00a0@x",
        "\ufeff=1",
        "\u200b+1",
        "\0-1",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM(A1)",
        "﹦1",
        '=HYPERLINK("http://x","y")',
        "=cmd|' /C calc'!A0",
    ],
)
def test_a_text_that_a_spreadsheet_would_run_is_made_a_text(text: str) -> None:
    assert cell("job_name", text) == f"'{text}"
    assert cell("cluster_id", text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        "etl",
        "1=1",
        "'quoted'",
        "a-b",
        "売上 été",
        'say "no", twice',
        "a\nb",
        " x",
        "_=1",
        "💸-1",
        "",
    ],
)
def test_other_texts_are_left_as_they_are(text: str) -> None:
    assert cell("job_name", text) == text


@pytest.mark.parametrize("cost", ["-4.000000", "0.000000", "0.000001", "123456789012.345678"])
def test_numbers_are_exact_and_never_quoted(cost: str) -> None:
    assert cell("ec2_cost", Decimal(cost)) == cost


def test_the_mark_for_excel_stands_once_in_front() -> None:
    rows = [row(run_id="1")]
    marked = "".join(csv_chunks(BY_RECORD, [rows, rows], mark=True))
    assert marked == "\ufeff" + "".join(csv_chunks(BY_RECORD, [rows, rows]))


def test_what_is_unknown_is_empty() -> None:
    assert cell("ec2_cost", None) == ""


def test_days_are_written_as_the_bill_has_them() -> None:
    assert cell("usage_date", date(2026, 3, 1)) == "2026-03-01"


def test_chunks_are_one_table_with_one_header() -> None:
    found = lines([row(run_id="1"), row(run_id="2")], [row(run_id="3")])
    assert [line["run_id"] for line in found] == ["1", "2", "3"]


def test_a_chunk_is_written_before_the_next_is_asked_for() -> None:
    asked: list[int] = []

    def chunks() -> Any:
        for number in range(3):
            asked.append(number)
            yield [row(run_id=str(number))]

    written = csv_chunks(BY_RECORD, chunks())
    next(written)
    assert asked == []
    next(written)
    assert asked == [0]


def test_the_rows_of_the_repository_have_all_the_columns(spend: MakeSpend) -> None:
    repository = spend(record(name="=1", ec2=None), record(run="2", databricks="-4"))
    for grouping in Grouping:
        asked = view(f"start_date=2026-03-01&end_date=2026-03-01&group_by={grouping}")
        text = "".join(csv_chunks(asked, repository.table_rows(asked)))
        found = list(csv.DictReader(io.StringIO(text, newline="")))
        assert sum(Decimal(line["databricks_cost"]) for line in found) == 0
