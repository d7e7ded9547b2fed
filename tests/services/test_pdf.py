"""The printed report, read back: its numbers are those of the page and of the API."""

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from api_driver import Api
from page_driver import app_of
from pdf_reader import exporter_in, pdf_of, report
from pypdf import PdfReader
from shared_figures import CASES, SHARED_TODAY, Figures
from spend_records import Record, record

from dbspend360.models.columns import COLUMNS, Grouping
from dbspend360.services import pdf
from dbspend360.services.exporting import Exporter
from dbspend360.services.pdf import document, style
from dbspend360.services.pdf.columns import Layout
from dbspend360.services.pdf.rows import Line
from dbspend360.services.pdf.table import HEADER, LongTable, row_height
from dbspend360.services.pdf.trend_chart import tick_words, ticks
from dbspend360.theme import count, usd

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shared(shared_folder: Path) -> Exporter:
    return exporter_in(shared_folder, today=SHARED_TODAY)


def amounts(cells: list[str], most: int = 3) -> list[Decimal]:
    """The last amounts of a line of the table."""
    found = [each for each in cells if "$" in each][-most:]
    return [Decimal(each.replace("$", "").replace(",", "").replace("−", "-")) for each in found]


def many(number: int) -> list[Record]:
    """So many runs, dearest first."""
    return [
        replace(record(run=f"r{n:05}"), databricks_cost=Decimal(number - n), ec2_cost=Decimal(1))
        for n in range(number)
    ]


@pytest.mark.parametrize("name", ["one_day", *(each for each in CASES if "'" in each)])
def test_the_cards_and_the_sums_are_the_expected_ones(shared: Exporter, name: str) -> None:
    figures: Figures = CASES[name]
    found = pdf_of(shared, shared.view(figures.query))
    assert usd(figures.total) in found.pages[0]
    assert usd(figures.average) in found.pages[0]
    assert usd(figures.highest) in found.pages[0]
    assert count(figures.total_runs) in found.pages[0]
    [sums] = [each for each in found.lines if each[0] == "All" and "run" in each[2]]
    assert sums[1] == count(figures.total_runs)
    is_known = figures.records > figures.unknown_ec2_records
    ec2 = figures.ec2 if is_known else None
    assert sums[-3:] == [usd(each) for each in (ec2, figures.databricks, figures.total)]


@pytest.mark.parametrize("grouping", Grouping)
def test_every_row_says_what_the_api_says(
    shared_folder: Path, shared: Exporter, grouping: Grouping
) -> None:
    query = f"start_date=2026-11-19&end_date=2026-11-20&group_by={grouping}"
    rows = Api(app_of(shared_folder, today=SHARED_TODAY)).all_rows(query)
    found = pdf_of(shared, shared.view(query))
    assert found.written.rows == len(rows)
    money = [each.name for each in COLUMNS[grouping] if each.kind == "money" and each.shown]
    expected = [[usd(row[name]) for name in money] for row in rows]
    read = [line[-len(money) :] for line in table_lines(found.lines)]
    assert read == expected


def table_lines(lines: list[list[str]]) -> list[list[str]]:
    """The rows of the table: those between its titles and the foot of the page."""
    found, inside = [], False
    for line in lines:
        if "Databricks" in line and "EC2" in line and any("Total" in each for each in line):
            inside = True
        elif line[0] == "DBSpend360" or line[0] == "All":
            inside = False
        elif inside and sum("$" in each for each in line) >= 2:
            found.append(line)
    return found


def test_the_first_page_says_what_the_report_is_about(tmp_path: Path) -> None:
    found = report(
        tmp_path,
        record("2026-03-10"),
        query="job_name=night&where=total_cost.greaterThan.3",
        final_date=date(2026, 3, 8),
        title="Monthly costs",
    )
    for words in (
        "Monthly costs",
        "1 Mar – 10 Mar 2026 · 10 days",
        "Only: job name contains “night”, or is its id.",
        "Costs are USD as billed; days are UTC days, first and last included.",
        "Days after 8 Mar 2026 are not complete",
        "the 10 days before are not all in the data",
        "every record has its EC2 cost",
        "Only rows where Total is above 3. Cards and charts show everything.",
        "Data through 10 Mar 2026",
        "made 20 Mar 2026 12:00 UTC",
        "No alerts",
    ):
        assert words in found.text.replace("\n", " "), words


def test_the_change_is_told_as_on_the_page(tmp_path: Path) -> None:
    found = report(tmp_path, record("2026-02-19", ec2="1", databricks="99"), record("2026-03-05"))
    assert "▼ 86.0 % on the 10 days before ($100.00)" in found.text.replace("\n", " ")


def test_alerts_are_listed_and_their_rows_tagged(tmp_path: Path) -> None:
    normal = [record(f"2026-03-{n:02}", f"r{n}") for n in range(1, 10)]
    found = report(tmp_path, *normal, record("2026-03-10", "dear", ec2="2900", databricks="40"))
    first = found.pages[0].replace("\n", " ")
    assert "1 alert" in first
    assert "A run cost $2,940.00: 210x this job's normal of $14.00" in first
    assert "+$2,926.00" in first
    assert "210x normal" in found.text


def test_a_report_without_rows_says_so(tmp_path: Path) -> None:
    found = report(tmp_path, record("2026-02-01"))
    assert found.written.rows == 0
    assert "No rows: nothing matches these dates and filters." in found.text
    assert "Nothing ran from 1 Mar 2026 to 10 Mar 2026. The data has 1 Feb 2026." in found.text
    assert "Page 1 of 1" in found.text


def test_a_report_of_no_data_at_all_is_one_too(tmp_path: Path) -> None:
    found = report(tmp_path)
    assert "There is no data at all." in found.text


def test_one_row_stands_on_the_first_page(tmp_path: Path) -> None:
    found = report(tmp_path, record())
    assert len(found.pages) == 1
    assert "All 1 run" in found.text


def test_every_page_has_the_titles_and_its_number(tmp_path: Path) -> None:
    found = report(tmp_path, *many(100))
    assert len(found.pages) > 3
    for number, page in enumerate(found.pages, 1):
        assert f"Page {number} of {len(found.pages)}" in page
        assert "Last day (UTC)" in page


def test_no_page_has_nothing_but_the_sums() -> None:
    row, sums = Line(()), Line((), is_total=True)
    room = HEADER + 5 * row_height(row)
    table = LongTable(Layout((), 0), iter([row] * 5 + [sums]))
    page, rest = table.split(style.WIDTH, room)
    assert page.wrap(style.WIDTH, room) == (style.WIDTH, HEADER + 4 * row_height(row))
    [last] = rest.split(style.WIDTH, room)
    assert last.wrap(style.WIDTH, room) == (style.WIDTH, HEADER + 2 * row_height(row))


def test_beyond_the_limit_the_top_rows_are_printed_and_the_sums_are_of_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pdf.MOST_ROWS == 10_000
    monkeypatch.setattr(document, "MOST_ROWS", 40)
    found = report(tmp_path, *many(50))
    assert (found.written.rows, found.written.rows_in_view, found.written.is_cut) == (40, 50, True)
    assert "Showing 40 of 50: the CSV link has all. The sums are those of the whole." in found.text
    assert "r00039" in found.text
    assert "r00040" not in found.text
    [sums] = [each for each in found.lines if each[:2] == ["All", "50"]]
    assert amounts(sums) == [50, 1275, 1325]


def test_unknown_costs_are_not_zero_and_credits_have_a_minus(tmp_path: Path) -> None:
    found = report(
        tmp_path,
        record(run="serverless", ec2=None, databricks="5", cluster=None),
        record(run="late", ec2=None, databricks="7"),
        record(run="credit", ec2="-1234.5", databricks="0"),
    )
    [serverless] = [each for each in found.lines if "$5.00" in each and "—" in each]
    assert serverless[-3:] == ["—", "$5.00", "$5.00"]
    assert "EC2 not in yet" in found.text
    [credit] = [each for each in found.lines if each[-1:] == ["−$1,234.50"] and "credit" in each]
    assert credit[-3:] == ["−$1,234.50", "$0.00", "−$1,234.50"]


def test_a_run_over_midnight_shows_both_days(tmp_path: Path) -> None:
    found = report(tmp_path, record("2026-03-04"), record("2026-03-05"))
    assert "4–5 Mar 2026" in found.text
    assert "over midnight" in found.text


def test_sums_too_large_for_their_column_are_whole_and_do_not_overlap(tmp_path: Path) -> None:
    huge = "99999999999.99"
    found = report(
        tmp_path,
        record(run="up", ec2=huge, databricks=huge),
        record(run="down", ec2=f"-{huge}", databricks=f"-{huge}"),
    )
    assert found.text.count("$99,999,999,999.99") >= 4
    assert "−$199,999,999,999.98" in found.text


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 0, ["$0", "$0.25", "$0.5", "$0.75", "$1"]),
        (0, 10_300, ["$0", "$3k", "$6k", "$9k", "$12k"]),
        (-200, 1_650, ["−$500", "$0", "$500", "$1k", "$1.5k", "$2k"]),
        (0, 0.02, ["$0", "$0.005", "$0.01", "$0.015", "$0.02"]),
        (0, 4e9, ["$0", "$1G", "$2G", "$3G", "$4G"]),
    ],
)
def test_the_axis_has_few_round_numbers(low: float, high: float, expected: list[str]) -> None:
    assert [tick_words(each) for each in ticks(low, high)] == expected


def test_paper_has_the_light_colours_of_the_page() -> None:
    tokens = (ROOT / "assets" / "tokens.css").read_text("utf-8").partition("[data-bs-theme")[0]
    known = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", tokens))
    ours = {name: value for name, value in vars(style).items() if str(value).startswith("#")}
    assert ours == {name: known[name.lower().replace("_", "-")] for name in ours}


def test_a_report_has_its_name_and_language_for_those_who_search_or_listen(tmp_path: Path) -> None:
    found = PdfReader(io.BytesIO(report(tmp_path, record()).content))
    assert found.metadata is not None
    assert found.metadata.title == "DBSpend360 · Databricks job spend · 1 Mar – 10 Mar 2026 (UTC)"
    assert str(found.root_object["/Lang"]) == "en"


def test_rows_without_an_alert_are_left_out_when_the_view_says_so(tmp_path: Path) -> None:
    normal = [record(f"2026-03-{n:02}", f"r{n}") for n in range(1, 10)]
    dear = record("2026-03-10", "dear", ec2="2900", databricks="40")
    found = report(tmp_path, *normal, dear, query="alerts=only")
    assert found.written.rows == 1
    assert "Only rows where the row has an alert." in found.text
    assert "All 1 run" in found.text
    assert "$3,066.00" in found.pages[0]  # the cards show everything
