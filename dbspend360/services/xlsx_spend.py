"""The sheet with the rows."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name

from dbspend360.models.columns import COLUMNS, Column
from dbspend360.services.report import Report
from dbspend360.services.xlsx_sheets import Formats, write_text
from dbspend360.warehouse.base import Row, Rows, Value

NAME = "Spend"
MOST_ROWS = 1_048_574  # of the 1,048,576 of a sheet the header and the totals take two
SUMMED = ("records", "unknown_ec2_records", "ec2_cost", "databricks_cost", "total_cost")

_WIDTHS = {"text": 36, "id": 22, "day": 15, "count": 11, "money": 15}
_NOTHING = "No rows: nothing matches these dates and filters."
_TOTAL = "Total of the rows shown"

Write = Callable[[int, int, Value], None]


class SpendSheet:
    """The table, row by row: a header that stays, filters, and sums that follow the filters."""

    def __init__(self, book: Workbook, report: Report, formats: Formats) -> None:
        self._sheet = book.add_worksheet(NAME)
        self._formats = formats
        self._columns = COLUMNS[report.view.group_by]
        self._writers = [(each.name, self._writer(each)) for each in self._columns]
        self.sums = {each.name: Decimal(0) for each in self._columns if each.name in SUMMED}
        self.rows = 0
        self._head()

    @property
    def is_full(self) -> bool:
        """Whether there is no room for another row."""
        return self.rows >= MOST_ROWS

    def add(self, rows: Rows) -> None:
        """Write these below the others, as far as there is room."""
        room = rows[: MOST_ROWS - self.rows]
        for row in room:
            self.rows += 1
            self._write(self.rows, row)
        for name in self.sums:
            self.sums[name] += sum((Decimal(str(row[name] or 0)) for row in room), Decimal(0))

    def finish(self) -> None:
        """Write what stands below the rows."""
        last = len(self._columns) - 1
        self._sheet.autofilter(0, 0, self.rows, last)
        if not self.rows:
            self._sheet.write_string(1, 0, _NOTHING)
            return
        bottom = self.rows + 1
        self._sheet.write_string(bottom, 0, _TOTAL, self._formats.total)
        for number, each in enumerate(self._columns[1:], start=1):
            if each.name in self.sums:
                self._write_sum(bottom, number, each)
            else:
                self._sheet.write_blank(bottom, number, None, self._formats.total)

    def range_of(self, name: str) -> str:
        """The cells of a column, as a formula on another sheet names them."""
        number = [each.name for each in self._columns].index(name)
        letter = xl_col_to_name(number)
        return f"{NAME}!${letter}$2:${letter}${self.rows + 1}"

    def _head(self) -> None:
        self._sheet.freeze_panes(1, 0)
        self._sheet.repeat_rows(0)
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        self._sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        for number, each in enumerate(self._columns):
            is_number = each.kind in ("count", "money")
            form = self._formats.header_right if is_number else self._formats.header
            width = max(_WIDTHS[each.kind], len(_title(each)) + 3)
            self._sheet.set_column(number, number, width, self._format(each))
            self._sheet.write_string(0, number, _title(each), form)

    def _write(self, number: int, row: Row) -> None:
        for column, (name, write) in enumerate(self._writers):
            value = row[name]
            if value is not None:
                write(number, column, value)

    def _write_sum(self, bottom: int, number: int, each: Column) -> None:
        letter = xl_col_to_name(number)
        cells = f"{letter}2:{letter}{self.rows + 1}"
        # Unknown is not zero: of nothing but empty cells there is no sum.
        text = f'=IF(COUNT({cells})=0,"",SUBTOTAL(9,{cells}))'
        form = self._formats.total_money if each.kind == "money" else self._formats.total_count
        self._sheet.write_formula(bottom, number, text, form, float(self.sums[each.name]))

    def _format(self, each: Column) -> Format:
        forms = {"day": "day", "count": "count", "money": "money"}
        found: Format = getattr(self._formats, forms.get(each.kind, "text"))
        return found

    def _writer(self, each: Column) -> Write:
        sheet, form = self._sheet, self._format(each)

        def number(row: int, column: int, value: Any) -> None:  # noqa: ANN401 - a number
            sheet.write_number(row, column, float(value), form)

        def day(row: int, column: int, value: Any) -> None:  # noqa: ANN401 - a date
            sheet.write_datetime(row, column, value, form)

        def text(row: int, column: int, value: Value) -> None:
            write_text(sheet, row, column, str(value), form)

        by_kind: dict[str, Write] = {"count": number, "money": number, "day": day}
        return by_kind.get(each.kind, text)


def _title(each: Column) -> str:
    return f"{each.title} (USD)" if each.kind == "money" else each.title
