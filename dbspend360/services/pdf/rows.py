"""The rows of the table as they are printed: their texts, folded to the room they have."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from dbspend360.models.columns import Column
from dbspend360.models.summary import ZERO
from dbspend360.services.alert_marks import Mark, row_mark
from dbspend360.services.pdf import style
from dbspend360.services.pdf.columns import SIZE, Layout, Place
from dbspend360.services.pdf.typesetting import cut, fold, text_width
from dbspend360.services.report import Report
from dbspend360.theme import UNKNOWN, count, day, plural, span, usd
from dbspend360.warehouse.base import Row, Value

TAG_SIZE, TAG_PADDING, TAG_GAP = 6.4, 4.0, 5.0
MOST_NAME_LINES = 2


class Tag(NamedTuple):
    """A few words on a small coloured plate."""

    words: str
    colour: str
    plate: str

    @property
    def width(self) -> float:
        """With its plate."""
        return text_width(self.words, TAG_SIZE, bold=True) + 2 * TAG_PADDING


class Cell(NamedTuple):
    """The lines of a text; none is wider than its column."""

    texts: tuple[str, ...]
    colour: str = style.INK
    is_bold: bool = False


class Line(NamedTuple):
    """A row, as it is printed."""

    cells: tuple[Cell, ...]
    height: int = 1  # in lines of text
    split: float | None = None  # the Databricks part of what it cost; None has no bar
    tags: tuple[Tag, ...] = ()
    tint: str = ""
    is_total: bool = False


def line_maker(report: Report, layout: Layout) -> Callable[[Row], Line]:
    """What makes a line of a row of this report."""
    mark_of = row_mark(report.view, report.alerts)

    def line(row: Row) -> Line:
        mark = mark_of(row)
        tags = _tags(row, mark)
        cells = tuple(_cell(each, row, tags) for each in layout.places)
        return Line(
            cells=cells,
            height=max(len(each.texts) for each in cells),
            split=_split(row["databricks_cost"], row["ec2_cost"]),
            tags=tags,
            tint=style.BAD_BG if mark else "",
        )

    return line


def total_line(report: Report, layout: Layout) -> Line:
    """The sums of the whole table."""
    words = f"All {plural(report.rows, report.view.group_by)}"
    cells = [_total_cell(each, report) for each in layout.places]
    first = Cell((words,), is_bold=True)
    return Line((first, *cells[1:]), tint=style.BAND, is_total=True)


def words_line(words: str, layout: Layout) -> Line:
    """A sentence over the whole width."""
    rest = [Cell(("",)) for _ in layout.places[1:]]
    return Line((Cell((words,), style.INK_2, is_bold=True), *rest))


def _cell(place: Place, row: Row, tags: tuple[Tag, ...]) -> Cell:
    name = place.column.name
    value = row[name]
    if place.has_tags:
        return _tagged(place, row, tags)
    if name == "cluster_id":
        return _cluster(row, place.width)
    if name == "last_date" and "run_id" in row:
        return Cell((_days(row),), style.INK_2)
    if place.column.kind == "money":
        text = usd(value) if isinstance(value, Decimal) else UNKNOWN
        colour = style.INK_3 if text == UNKNOWN else style.INK
        return Cell((text,), colour, name == "total_cost")
    if place.column.kind == "id":
        return Cell((cut(str(value or ""), place.width, SIZE),), style.INK_2)
    return Cell((_text(place.column, value),), style.INK_2)


def _tagged(place: Place, row: Row, tags: tuple[Tag, ...]) -> Cell:
    """The cell with the tags: behind its text where there is room, else below it."""
    text, colour = _named(place.column, row)
    if not tags and text_width(text, SIZE) <= place.width:
        return Cell((text,), colour)
    room = place.width - sum(each.width + TAG_GAP for each in tags)
    if text_width(text, SIZE) <= room:
        return Cell((text,), colour)
    lines = fold(text, place.width, SIZE, most=MOST_NAME_LINES)
    return Cell((*lines, *([""] if tags else [])), colour)


def _named(column: Column, row: Row) -> tuple[str, str]:
    value = row[column.name]
    if column.name == "job_name" and not value:
        return f"job {row['job_id']}", style.INK_3
    if column.name == "cluster_id":
        return ("no cluster: serverless", style.INK_3) if value is None else (str(value), style.INK)
    return _text(column, value), style.INK


def _cluster(row: Row, width: float) -> Cell:
    number = row.get("clusters")
    if isinstance(number, int) and number > 1:
        return Cell((f"{count(number)} clusters",), style.INK_2)
    if row["cluster_id"] is None:
        return Cell(("serverless",), style.INK_3)
    return Cell((cut(str(row["cluster_id"]), width, SIZE),), style.INK_2)


def _days(row: Row) -> str:
    first, last = row["first_date"], row["last_date"]
    return span(first, last) if isinstance(first, date) and isinstance(last, date) else UNKNOWN


def _text(column: Column, value: Value) -> str:
    if value is None:
        return UNKNOWN if column.kind == "money" else ""
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal):
        return usd(value) if column.kind == "money" else count(int(value))
    return count(value) if isinstance(value, int) else str(value)


def _total_cell(place: Place, report: Report) -> Cell:
    column = place.column
    if column.name not in report.totals:
        return Cell(("",))
    return Cell((_text(column, report.totals[column.name]),), is_bold=True)


def _split(databricks: Value, ec2: Value) -> float | None:
    """The part of Databricks; what is below zero has no length."""
    parts = [each if isinstance(each, Decimal) else ZERO for each in (databricks, ec2)]
    first, second = (float(max(each, ZERO)) for each in parts)
    return first / (first + second) if first or second else None


def _tags(row: Row, mark: Mark | None) -> tuple[Tag, ...]:
    """As the page has them, see `assets/dashAgGridComponentFunctions.js`."""
    found = []
    if mark:
        found.append(Tag(mark.words, style.CARD, style.BAD))
        if mark.is_early:
            found.append(Tag("early", style.BAD, style.CARD))
    if "run_id" in row and "first_date" in row:
        if row["first_date"] != row["last_date"]:
            found.append(_note("over midnight"))
        if _number(row["unknown_ec2_records"]) > _number(row["serverless_records"]):
            found.append(_note("EC2 not in yet"))
    return tuple(found)


def _note(words: str) -> Tag:
    return Tag(words, style.INK_2, style.TAG)


def _number(value: Value) -> int:
    return int(value) if isinstance(value, int | Decimal) else 0
