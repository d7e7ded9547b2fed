import warnings
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from office import recalculated
from openpyxl import Workbook
from shared_figures import CASES, SHARED_TODAY, Figures
from spend_records import MakeSpend, Record, record
from workbooks import exporter_over, facts, lines, opened, titles, totals, written

from dbspend360.models.columns import Grouping
from dbspend360.models.report import FileFormat
from dbspend360.services import xlsx_spend
from dbspend360.services.xlsx_export import write_xlsx
from dbspend360.warehouse.spends import SpendRepository

MARCH = "start_date=2026-03-01&end_date=2026-03-10"
EVERY_CASE = pytest.mark.parametrize("figures", CASES.values(), ids=CASES)
EVERY_GROUPING = pytest.mark.parametrize("grouping", Grouping)
MICRO = Decimal("0.000001")


def exact(value: Any) -> Decimal:
    return Decimal(str(value or 0)).quantize(MICRO)


@pytest.fixture
def book(spend: MakeSpend, tmp_path: Path) -> Any:
    """The workbook of the records it is called with."""

    def of(*records: Record, query: str = MARCH, formulas: bool = False) -> Workbook:
        exporter = exporter_over(spend(*records), tmp_path)
        return opened(written(exporter, query), formulas=formulas)

    return of


def only_line(book: Workbook) -> dict[str, Any]:
    [line] = lines(book["Spend"])
    return line


# The rows


@EVERY_GROUPING
@EVERY_CASE
def test_rows_and_totals_are_those_of_the_page_by_every_grouping(
    shared_spend: SpendRepository, tmp_path: Path, figures: Figures, grouping: Grouping
) -> None:
    exporter = exporter_over(shared_spend, tmp_path, today=lambda: SHARED_TODAY)
    sheet = opened(written(exporter, f"{figures.query}&group_by={grouping}"))["Spend"]
    found = list(lines(sheet)) if figures.records else []

    def column(title: str) -> Decimal:
        return sum((exact(line[title]) for line in found), Decimal(0))

    assert [cell.value for cell in sheet[1]] == titles(grouping)
    assert column("EC2 (USD)") == figures.ec2
    assert column("Databricks (USD)") == figures.databricks
    assert column("Total (USD)") == figures.total
    if found:
        assert exact(totals(sheet)["Total (USD)"]) == figures.total


def test_days_are_dates_and_costs_are_numbers_to_the_sixth_decimal(book: Any) -> None:
    found = book(record(ec2="1234567.123456", databricks="-0.000001"), query=MARCH)
    line = only_line(found)
    assert line["Last day (UTC)"] == datetime(2026, 3, 1)
    assert (line["EC2 (USD)"], line["Databricks (USD)"]) == (1234567.123456, -0.000001)
    cells = {cell.value: cell for row in found["Spend"].iter_rows() for cell in row}
    assert cells[datetime(2026, 3, 1)].number_format == "yyyy-mm-dd"
    assert cells[1234567.123456].number_format == "$#,##0.00;-$#,##0.00"


def test_ids_of_eighteen_digits_are_texts_and_keep_every_digit(book: Any) -> None:
    line = only_line(book(record(run="123456789012345678", job="987654321098765432")))
    assert (line["Run"], line["Job id"]) == ("123456789012345678", "987654321098765432")


def test_an_unknown_ec2_cost_is_an_empty_cell_and_so_is_the_sum_of_nothing_else(
    book: Any,
) -> None:
    found = book(record(ec2=None), formulas=True)
    assert only_line(found)["EC2 (USD)"] is None
    assert 'IF(COUNT(N2:N2)=0,""' in totals(found["Spend"])["EC2 (USD)"]


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@SUM(A1)",
        '=HYPERLINK("http://x","y")',
        "http://evil.example/",
        "mailto:x@example.com",
        "internal:Spend!A1",
        "007",
        "1e5",
        "TRUE",
        "2026-03-01",
        "{=1}",
        "<r><t>x</t></r>",
        "<r></is></c><c><f>1+1</f></c></r>",
        "a & b < c > d",
        "two\nlines\tand a tab",
        " blanks around ",
        "売上 été 💸",
    ],
)
def test_a_text_stays_the_text_that_it_is(book: Any, name: str) -> None:
    found = book(record(name=name), formulas=True)
    assert only_line(found)["Job"] == name
    assert found["Spend"]["A2"].data_type in ("s", "inlineStr")
    assert found["Spend"]["A2"].hyperlink is None


def test_what_xml_cannot_hold_is_replaced_for_all_to_see(book: Any) -> None:
    assert (
        only_line(book(record(name="a\x01b\ufffec\x1b[31m")))["Job"] == "a\ufffdb\ufffdc\ufffd[31m"
    )


def test_a_name_that_no_cell_holds_is_cut(book: Any) -> None:
    name = only_line(book(record(name="💸" * 40_000)))["Job"]
    assert len(name) == 16_001
    assert name.endswith("💸…")


def test_the_header_stays_and_every_column_has_a_filter(book: Any) -> None:
    sheet = book(record(), record(run="2"))["Spend"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:P3"  # without the totals


def test_totals_are_formulas_that_follow_the_filter(book: Any) -> None:
    found = totals(book(record(), record(run="2"), formulas=True)["Spend"])
    assert found["Total (USD)"] == '=IF(COUNT(P2:P3)=0,"",SUBTOTAL(9,P2:P3))'
    assert found["Clusters"] is None


def test_nothing_found_is_a_workbook_that_says_so(book: Any) -> None:
    found = book(record(), query=f"{MARCH}&job_name=deleted")
    assert [cell.value for cell in found["Spend"]["A"]] == [
        "Job",
        "No rows: nothing matches these dates and filters.",
    ]
    assert facts(found["View"])["Table"] == "0 rows, by run, Total descending"


# LibreOffice, as the judge of the formulas


@EVERY_GROUPING
def test_libreoffice_opens_it_and_works_out_the_same_totals(
    shared_spend: SpendRepository, tmp_path: Path, grouping: Grouping
) -> None:
    figures = CASES["last30"]
    exporter = exporter_over(shared_spend, tmp_path, today=lambda: SHARED_TODAY)
    path = tmp_path / "view.xlsx"
    path.write_bytes(written(exporter, f"{figures.query}&group_by={grouping}"))
    found = recalculated(path, tmp_path)
    sums = totals(found["Spend"])
    assert exact(sums["EC2 (USD)"]) == figures.ec2
    assert exact(sums["Databricks (USD)"]) == figures.databricks
    assert exact(sums["Total (USD)"]) == figures.total
    rows = found["View"].iter_rows(values_only=True)
    added = [row[1] for row in rows if row[0] == "Total"]
    assert [exact(each) for each in added] == [figures.total]
    assert sum(1 for _ in lines(found["Spend"])) == sum(
        1 for _ in lines(opened(path.read_bytes())["Spend"])
    )


def test_libreoffice_sees_texts_where_somebody_meant_formulas(
    spend: MakeSpend, tmp_path: Path
) -> None:
    names = ["=1+1", "<r><t>x</t></r>", "@SUM(A1)", "+1", "007", "_x0041_"]
    records = [record(run=str(n), name=name) for n, name in enumerate(names)]
    path = tmp_path / "view.xlsx"
    path.write_bytes(written(exporter_over(spend(*records), tmp_path), f"{MARCH}&sort=run_id"))
    found = recalculated(path, tmp_path)["Spend"]
    assert [line["Job"] for line in lines(found)] == names


# The view


def test_the_view_is_there_in_words(book: Any) -> None:
    query = f"{MARCH}&job_name=load&job_id=10&where=total_cost.greaterThan.5&sort=run_id"
    found = facts(book(record(), query=query)["View"])
    assert found["Databricks job spend"] is None
    assert found["Period"] == "1 Mar – 10 Mar 2026 (10 UTC days)"
    assert found["Filters"] == "Job name contains “load”, or is its id; job 10"
    assert found["Rows"].startswith("Total is above 5. The figures below do not heed this")
    assert found["Table"] == "1 row, by run, Run ascending"
    assert found["Made"] == "20 Mar 2026, 08:30 UTC, by DBSpend360"
    assert found["Total spend"] == 14


def test_the_link_leads_to_the_same_days_whenever_it_is_followed(book: Any) -> None:
    sheet = book(record(), query="preset=this_month")["View"]
    [cell] = [row[1] for row in sheet.iter_rows() if row[0].value == "Page"]
    assert cell.hyperlink.target == (
        "https://spend.example/?start_date=2026-03-01&end_date=2026-03-20"
    )


def test_a_link_that_excel_would_refuse_is_a_text(book: Any) -> None:
    where = "&".join(f"where=job_name.notContains.{'x' * 250}{n}" for n in range(10))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sheet = book(record(), query=f"{MARCH}&{where}")["View"]
    assert facts(sheet)["Page"].startswith("https://spend.example/?start_date=")


def test_days_that_may_still_grow_are_named(book: Any) -> None:
    query = "start_date=2026-03-01&end_date=2026-03-19"
    assert facts(book(record(), query=query)["View"])["Not complete"].startswith(
        "Days after 17 Mar 2026."
    )
    assert "Not complete" not in facts(book(record())["View"])


def test_the_chart_stacks_the_days_of_the_view_in_the_products_colours(
    spend: MakeSpend, tmp_path: Path
) -> None:
    records = [record("2026-03-02"), record("2026-03-03", ec2=None), record("2026-02-27")]
    content = written(exporter_over(spend(*records), tmp_path), MARCH)
    sheet = opened(content)["View"]
    days = [row[:3] for row in sheet.iter_rows(values_only=True) if isinstance(row[0], datetime)]
    assert days == [(datetime(2026, 3, 2), 4, 10), (datetime(2026, 3, 3), 4, None)]
    [chart] = opened(content)["View"]._charts
    assert (chart.type, chart.grouping, len(chart.series)) == ("col", "stacked", 2)
    colours = [each.graphicalProperties.solidFill.srgbClr for each in chart.series]
    assert colours == ["3F51CF", "35B3A2"]


# More rows than a sheet has


def test_what_does_not_fit_is_said_and_the_sums_are_of_all(
    book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_spend, "MOST_ROWS", 2)
    found = book(*[record(run=str(n), ec2=str(n)) for n in range(5)])
    assert [line["Run"] for line in lines(found["Spend"])] == ["4", "3"]
    said = facts(found["View"])
    assert "3 of 5 are not in this file; the sums below are of all" in said["Cut"]
    assert said["Total"] == 30


def test_a_view_of_any_size_is_read_no_further_than_the_sheet_goes(
    spend: MakeSpend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_spend, "MOST_ROWS", 3)
    exporter = exporter_over(spend(record()), tmp_path)
    report = exporter.report(exporter.view(MARCH), user_id="")
    [[row]] = spend(record()).table_rows(report.view)
    asked = []

    def endless() -> Any:
        while True:
            asked.append(row)
            yield [row, row]

    with (tmp_path / "x.xlsx").open("wb") as file:
        assert write_xlsx(report, endless(), file, lambda _done, _all: None) == 3
    assert len(asked) == 2


@pytest.mark.parametrize("records", [3, 2_001])
def test_a_failure_on_the_way_leaves_no_file_open_and_nothing_behind(
    spend: MakeSpend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, records: int
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "aside"))
    (tmp_path / "aside").mkdir()
    exporter = exporter_over(spend(*[record(run=str(n)) for n in range(records)]), tmp_path)

    def stop(_done: int, _all: int) -> None:
        raise OSError(28, "No space left on device")

    view = exporter.view(MARCH)
    with (tmp_path / "x.xlsx").open("wb") as file, pytest.raises(OSError, match="No space left"):
        exporter.write(view, FileFormat.XLSX, file, user_id="", progress=stop)
    assert list((tmp_path / "aside").iterdir()) == []
