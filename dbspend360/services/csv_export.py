"""The table as CSV, row by row."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from dbspend360.models.columns import COLUMNS
from dbspend360.models.view_state import ViewState
from dbspend360.warehouse.base import Rows, Value

MARK = "\ufeff"  # in front of a file it tells Excel that the text is UTF-8
# A spreadsheet runs a text that begins like this, or splits it; an apostrophe makes it a text.
_FORMULA = "=+-@"
_BREAKS = ("\t", "\r", "\n")


def csv_chunks(view: ViewState, chunks: Iterable[Rows], *, mark: bool = False) -> Iterator[str]:
    """CSV text of all columns of the view's grouping, a header first; unknown costs are empty.

    `mark`: with a byte order mark in front, as Excel needs it.
    """
    names = [each.name for each in COLUMNS[view.group_by]]
    yield f"{MARK if mark else ''}{_lines([names])}"
    for rows in chunks:
        yield _lines([[_cell(row[name]) for name in names] for row in rows])


def _lines(rows: Sequence[Sequence[Value]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()


def _cell(value: Value) -> Value:
    if not isinstance(value, str) or value[:1].isalnum():  # nearly all of them
        return value
    return f"'{value}" if _runs_in_a_spreadsheet(value) else value


def _runs_in_a_spreadsheet(text: str) -> bool:
    """Whether it begins as a formula does, behind blanks or in the wide forms of the signs too.

    Source: OWASP, CSV Injection.
    """
    if text.startswith(_BREAKS):
        return True
    first = next((each for each in text if not _is_blank(each)), "")
    return first != "" and unicodedata.normalize("NFKC", first)[0] in _FORMULA


def _is_blank(character: str) -> bool:
    """Spaces, and what is not seen at all."""
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf")
