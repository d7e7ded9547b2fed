"""The sheet that says what was asked, what it adds up to, and draws it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dbspend360.models.summary import PeriodSum
from dbspend360.models.summary_words import (
    NOT_COMPLETE,
    Change,
    before_words,
    highest_run,
    jobs_before,
    median_run,
    runs_per_day,
    unknown_ec2,
)
from dbspend360.models.view_words import (
    filter_words,
    order_words,
    period_words,
    row_filter_words,
)
from dbspend360.services.report import Report
from dbspend360.services.xlsx_sheets import Formats, write_text
from dbspend360.services.xlsx_spend import MOST_ROWS, SpendSheet
from dbspend360.theme import count, day, plural
from dbspend360.warehouse.base import Value

NAME = "View"
Amount = Decimal | int | None

_LINE_LENGTH = 110
_LONGEST_LINK = 2_000  # Excel takes a little more
_CHART_ROWS = 17
_LINE = "#e7e9ee"
_COLOURS = (("Databricks (USD)", "#3f51cf"), ("EC2 (USD)", "#35b3a2"))
_BASIS = "USD as billed, before discounts. Days are UTC days, as billed."
_SUMS = (
    ("Records", "records"),
    ("Without EC2", "unknown_ec2_records"),
    ("EC2", "ec2_cost"),
    ("Databricks", "databricks_cost"),
    ("Total", "total_cost"),
)


def write_view(
    book: Workbook, sheet: Worksheet, report: Report, spend: SpendSheet, formats: Formats
) -> None:
    """All of it, from the top."""
    sheet.hide_gridlines(2)
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 2, 17)
    sheet.set_column(3, 3, 60)
    write_text(sheet, 0, 0, report.title, formats.title)
    row = _facts(sheet, 2, report, spend, formats)
    row = _figures(sheet, row + 1, report, formats)
    row = _sums(sheet, row + 1, report, spend, formats)
    _days(book, sheet, row + 1, report, formats)


def _facts(sheet: Worksheet, row: int, report: Report, spend: SpendSheet, f: Formats) -> int:
    for title, words in _said(report, spend):
        sheet.write_string(row, 0, title, f.label)
        sheet.merge_range(row, 1, row, 3, "", f.wrapped)
        write_text(sheet, row, 1, words, f.wrapped)
        if len(words) > _LINE_LENGTH:
            sheet.set_row(row, 30)
        row += 1
    sheet.write_string(row, 0, "Page", f.label)
    if len(report.link) <= _LONGEST_LINK and report.link:
        sheet.write_url(row, 1, report.link, string="Open this view")
    else:
        write_text(sheet, row, 1, report.link, f.text)
    return row + 1


def _said(report: Report, spend: SpendSheet) -> Iterable[tuple[str, str]]:
    view = report.view
    yield "Period", period_words(view)
    yield "Filters", _listed(filter_words(view)) or "None: every job"
    if rows := row_filter_words(view):
        yield "Rows", f"{_listed(rows)}. The figures below do not heed this, the table does."
    yield "Table", f"{plural(report.rows, 'row')}, {order_words(view)}"
    if spend.rows < report.rows:
        yield "Cut", _cut(spend, report)
    yield "Basis", f"{_BASIS} Here {unknown_ec2(report.summary.shown)}."
    yield "Figures as of", _moment(report.as_of)
    yield "Made", f"{_moment(report.made_at)}, by DBSpend360"
    if view.end_date > report.final_date:
        yield "Not complete", f"Days after {day(report.final_date)}. {NOT_COMPLETE}"
    if report.alerts_problem:
        yield "Alerts", report.alerts_problem


def _listed(words: list[str]) -> str:
    listed = "; ".join(words)
    return listed[:1].upper() + listed[1:]


def _cut(spend: SpendSheet, report: Report) -> str:
    return (
        f"A sheet has room for {count(MOST_ROWS)} rows, so {count(report.rows - spend.rows)} of "
        f"{count(report.rows)} are not in this file; the sums below are of all. The CSV has "
        "every row."
    )


def _figures(sheet: Worksheet, row: int, report: Report, f: Formats) -> int:
    shown, before = report.summary.shown, report.summary.previous
    change = report.change
    highest = highest_run(shown)
    a_day = runs_per_day(shown, report.view.days)
    named = f"{highest[0]}, {day(highest[1])}" if highest else ""
    lines: list[tuple[str, Format, Amount, Amount, str]] = [
        ("Total spend", f.money, *_both(shown, before, "total_spend"), _join(change)),
        ("EC2", f.money, shown.known_ec2_cost, before.known_ec2_cost, ""),
        ("Databricks", f.money, *_both(shown, before, "databricks_cost"), ""),
        ("Jobs", f.count, *_both(shown, before, "total_jobs"), jobs_before(report.summary)),
        ("Runs", f.count, *_both(shown, before, "total_runs"), a_day),
        ("Average per run", f.money, *_both(shown, before, "avg_cost"), median_run(shown)),
        ("Highest run", f.money, shown.max_cost, before.max_cost, named),
    ]
    head = ("Figures", "This period", before_words(report.view).capitalize(), "")
    _header(sheet, row, head, f)
    for line, (title, form, now, then, note) in enumerate(lines, start=row + 1):
        sheet.write_string(line, 0, title, f.label)
        _number(sheet, line, 1, now, form)
        if report.is_comparable:
            _number(sheet, line, 2, then, form)
        write_text(sheet, line, 3, note, f.note)
    return row + len(lines) + 1


def _both(shown: PeriodSum, before: PeriodSum, name: str) -> tuple[Amount, Amount]:
    return getattr(shown, name), getattr(before, name)


def _sums(sheet: Worksheet, row: int, report: Report, spend: SpendSheet, f: Formats) -> int:
    """Formulas over the other sheet; values where that has not every row."""
    is_whole = spend.rows == report.rows
    note = "added up from the sheet Spend" if is_whole else "of all rows, also those not here"
    _header(sheet, row, ("The table adds up to", "", "", note), f)
    for title, name in _SUMS:
        if name not in spend.sums:
            continue
        row += 1
        value = report.totals[name]
        form = f.count if isinstance(value, int) else f.money
        sheet.write_string(row, 0, title, f.label)
        if is_whole and spend.rows and value is not None:
            formula = f"=SUM({spend.range_of(name)})"
            sheet.write_formula(row, 1, formula, form, float(spend.sums[name]))
        else:
            _number(sheet, row, 1, value, form)
    return row + 1


def _days(book: Workbook, sheet: Worksheet, row: int, report: Report, f: Formats) -> None:
    """A chart, and below it the block of cells that it draws."""
    first, last = report.view.start_date, report.view.end_date
    days = [each for each in report.days if first <= each.usage_date <= last]
    if not days:
        return
    head = row + _CHART_ROWS
    chart = _chart(book, head, len(days))
    sheet.insert_chart(row, 0, chart, {"description": "Spend per day, EC2 and Databricks"})
    _header(sheet, head, ("Day (UTC)", *(name for name, _ in _COLOURS), "Total (USD)"), f)
    for line, each in enumerate(days, start=head + 1):
        sheet.write_datetime(line, 0, each.usage_date, f.day)
        _number(sheet, line, 1, each.databricks_cost, f.money)
        _number(sheet, line, 2, each.ec2_cost, f.money)
        total = each.databricks_cost + (each.ec2_cost or 0)
        cells = f"B{line + 1}:C{line + 1}"
        sheet.write_formula(line, 3, f"=SUM({cells})", f.money_left, float(total))


def _chart(book: Workbook, head: int, days: int) -> Chart:
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for column, (_, colour) in enumerate(_COLOURS, start=1):
        series = {
            "name": [NAME, head, column],
            "categories": [NAME, head + 1, 0, head + days, 0],
            "values": [NAME, head + 1, column, head + days, column],
            "fill": {"color": colour},
            "gap": 30,
        }
        chart.add_series(series)
    chart.set_title({"name": "Spend per day", "name_font": {"size": 12}})
    chart.set_x_axis({"date_axis": True, "num_format": "d mmm", "line": {"color": _LINE}})
    chart.set_y_axis(
        {"num_format": "$#,##0", "major_gridlines": {"visible": True, "line": {"color": _LINE}}}
    )
    chart.set_legend({"position": "top"})
    chart.set_size({"width": 860, "height": 20 * (_CHART_ROWS - 1)})
    return chart


def _header(sheet: Worksheet, row: int, titles: Sequence[str], f: Formats) -> None:
    forms = (f.header, f.header_right, f.header_right, f.header_note)
    for column, (title, form) in enumerate(zip(titles, forms, strict=True)):
        sheet.write_string(row, column, title, form)


def _number(sheet: Worksheet, row: int, column: int, value: Value, form: Format) -> None:
    if isinstance(value, (int, Decimal)):  # None is unknown, not zero
        sheet.write_number(row, column, float(value), form)


def _join(change: Change) -> str:
    return f"{change.moved} {change.basis}".strip()


def _moment(when: datetime) -> str:
    return f"{day(when)}, {when:%H:%M} UTC"
