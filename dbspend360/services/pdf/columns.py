"""Where the columns of the table stand: those the page shows by itself, and the bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dbspend360.models.columns import COLUMNS, Column
from dbspend360.services.pdf import style
from dbspend360.services.pdf.typesetting import text_width
from dbspend360.services.report import Report
from dbspend360.theme import usd

SIZE, TITLE_SIZE = 8.0, 7.2
GAP = 12.0  # between two columns
INSET = 6.0  # at both ends of a row
BAR_WIDTH = 70.0

_WIDTHS = {"text": 96.0, "id": 72.0, "day": 58.0, "count": 40.0, "money": 58.0}
_OWN_WIDTHS = {"cluster_id": 98.0, "last_date": 78.0}
_LEAST_FIRST = 190.0  # for a name or a day with its tags


@dataclass(frozen=True)
class Place:
    """A column from `x` to `x + width`; its texts are never wider than `width`."""

    column: Column
    title: str
    x: float
    width: float
    has_tags: bool

    @property
    def is_right_aligned(self) -> bool:
        """Whether it holds numbers."""
        return self.column.kind in ("money", "count")


@dataclass(frozen=True)
class Layout:
    """The columns from left to right, and where the bar begins."""

    places: Sequence[Place]
    bar: float


def layout(report: Report) -> Layout:
    """The columns of a report's table; the one with the tags takes what room is left."""
    columns = [each for each in COLUMNS[report.view.group_by] if each.shown]
    tagged = next((each for each in columns if each.name == "job_name"), columns[0])
    titles = [_title(each, report) for each in columns]
    widths = [_width(each, title, report) for each, title in zip(columns, titles, strict=True)]
    bar = style.WIDTH - INSET - BAR_WIDTH
    left = bar - INSET - sum(widths) - GAP * len(widths)
    shares = _shares(columns, tagged, left)
    places, x = [], INSET
    for each, title, width, more in zip(columns, titles, widths, shares, strict=True):
        places.append(Place(each, title, x, width + more, each is tagged))
        x += width + more + GAP
    return Layout(places, bar)


def _title(each: Column, report: Report) -> str:
    sort = report.view.sort
    arrow = ("↓" if sort.descending else "↑") if each.name == sort.column else ""
    return f"{each.title} {arrow}".rstrip()


def _width(each: Column, title: str, report: Report) -> float:
    least = _OWN_WIDTHS.get(each.name, _WIDTHS[each.kind])
    total = report.totals.get(each.name)
    if isinstance(total, Decimal):
        least = max(least, text_width(usd(total), SIZE, bold=True))
    return max(least, text_width(title, TITLE_SIZE))


def _shares(columns: Sequence[Column], tagged: Column, left: float) -> list[float]:
    """How the room that is left is given away: names want it all, days and ids only some."""
    if tagged.kind == "text":
        return [left if each is tagged else 0 for each in columns]
    first = min(left, _LEAST_FIRST - _WIDTHS[tagged.kind])
    rest = (left - first) / max(len(columns) - 1, 1)
    return [first if each is tagged else rest for each in columns]
