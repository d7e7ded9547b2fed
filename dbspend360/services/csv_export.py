"""The table as CSV, row by row."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from dbspend360.models.columns import COLUMNS
from dbspend360.models.view_state import ViewState
from dbspend360.warehouse.base import Rows, Value

# A spreadsheet runs a text that begins like this; in front of it an apostrophe makes it a text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_chunks(view: ViewState, chunks: Iterable[Rows]) -> Iterator[str]:
    """CSV text of all columns of the view's grouping, a header first; unknown costs are empty."""
    names = [each.name for each in COLUMNS[view.group_by]]
    yield _lines([names])
    for rows in chunks:
        yield _lines([[_cell(row[name]) for name in names] for row in rows])


def _lines(rows: Sequence[Sequence[Value]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()


def _cell(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
