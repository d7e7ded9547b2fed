"""The long table: its rows are laid out page by page, as they come from the warehouse."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from dbspend360.services.pdf import style
from dbspend360.services.pdf.columns import BAR_WIDTH, SIZE, TITLE_SIZE, Layout, Place
from dbspend360.services.pdf.ink import Ink, draw
from dbspend360.services.pdf.rows import TAG_GAP, TAG_PADDING, TAG_SIZE, Cell, Line
from dbspend360.services.pdf.typesetting import text_width

HEADER, LEADING, PADDING = 18.0, 9.8, 4.8
BAR = 4.0
_FIRST_BASE = PADDING / 2 + SIZE - 0.4  # of the first text, below the upper edge of its row
_MIDDLE = PADDING / 2 + LEADING / 2  # of the first text, likewise


class LongTable(Flowable):
    """All rows: takes as many as a page has room for, when that page is laid out.

    ReportLab's own LongTable wants every row before the first page, and measures each cell.
    """

    def __init__(self, layout: Layout, lines: Iterator[Line], first: Line | None = None) -> None:
        """`first` comes before `lines`."""
        super().__init__()
        self._layout, self._lines = layout, lines
        self._next = first or next(lines, None)

    def wrap(self, _width: float, height: float) -> tuple[float, float]:
        """Never fits as a whole, so that it is split."""
        return style.WIDTH, height + 1

    def split(self, _width: float, height: float) -> list[Flowable]:
        """The rows that fit here, and a table of all that follow; none when none fits."""
        found, left = [], height - HEADER
        line = self._next
        while line is not None and row_height(line) <= left:
            left -= row_height(line)
            found.append(line)
            line = next(self._lines, None)
        if not found:
            return []
        if line is not None and line.is_total and len(found) > 1:
            self._lines = iter([line])
            line = found.pop()  # there is no page with nothing but the sums
        # Not the same table again: ReportLab gives up on one that is put off twice.
        rest = [] if line is None else [LongTable(self._layout, self._lines, line)]
        return [RowsOfPage(self._layout, found), *rest]


class RowsOfPage(Flowable):
    """The rows on one page, under the titles of the columns."""

    def __init__(self, layout: Layout, lines: Sequence[Line]) -> None:
        super().__init__()
        self._layout, self._lines = layout, lines

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """As tall as the rows."""
        return style.WIDTH, HEADER + sum(map(row_height, self._lines))

    @cached_property
    def _tops(self) -> list[float]:
        """The upper edge of each row; the last one ends at 0."""
        y, tops = 0.0, []
        for each in reversed(self._lines):
            y += row_height(each)
            tops.append(y)
        return tops[::-1]

    def draw(self) -> None:
        """From the back to the front: tints, lines, bars, tags, and all texts in one go."""
        self._draw_tints(self.canv)
        self._draw_rules(self.canv)
        self._draw_bars(self.canv)
        self._draw_texts(self.canv)
        for line, top in self._each():
            if line.tags:
                _draw_tags(self.canv, self._layout, line, top)

    def _each(self) -> Iterator[tuple[Line, float]]:
        return zip(self._lines, self._tops, strict=True)

    def _draw_tints(self, canvas: Canvas) -> None:
        for line, top in self._each():
            if line.tint:
                canvas.setFillColor(HexColor(line.tint))
                height = row_height(line)
                canvas.rect(0, top - height, style.WIDTH, height, stroke=0, fill=1)

    def _draw_rules(self, canvas: Canvas) -> None:
        canvas.setLineWidth(0.5)
        canvas.setStrokeColor(HexColor(style.LINE))
        canvas.lines([(0, y, style.WIDTH, y) for y in self._tops[1:]])
        canvas.setStrokeColor(HexColor(style.QUIET))
        strong = [top for line, top in self._each() if line.is_total]
        canvas.lines([(0, y, style.WIDTH, y) for y in (self._tops[0], *strong)])

    def _draw_bars(self, canvas: Canvas) -> None:
        for is_first, colour in ((True, style.DATABRICKS), (False, style.EC2)):
            canvas.setFillColor(HexColor(colour))
            for line, top in self._each():
                if line.split is None:
                    continue
                edge = line.split * BAR_WIDTH
                x, width = (0.0, edge) if is_first else (edge, BAR_WIDTH - edge)
                if width:
                    y = top - _MIDDLE - BAR / 2
                    canvas.rect(self._layout.bar + x, y, width, BAR, stroke=0, fill=1)

    def _draw_texts(self, canvas: Canvas) -> None:
        ink = Ink(canvas)
        for place in self._layout.places:
            title = Cell((place.title,), style.INK_3)
            _put(ink, place, self._tops[0] + 6, title, TITLE_SIZE)
        for line, top in self._each():
            for place, cell in zip(self._layout.places, line.cells, strict=True):
                _put(ink, place, top - _FIRST_BASE, cell, SIZE)
        ink.flush()


def row_height(line: Line) -> float:
    """How tall a row is, in points."""
    return line.height * LEADING + PADDING


def _put(ink: Ink, place: Place, y: float, cell: Cell, size: float) -> None:
    for text in cell.texts:
        x, own_size = place.x, size
        if place.is_right_aligned:
            width = text_width(text, size, bold=cell.is_bold)
            own_size *= min(1, place.width / width) if width else 1  # a number is never cut
            x += max(0, place.width - width)
        if text:
            ink.put(x, y, text, own_size, bold=cell.is_bold, colour=cell.colour)
        y -= LEADING


def _draw_tags(canvas: Canvas, layout: Layout, line: Line, top: float) -> None:
    """Behind the last text of the cell."""
    at = next(n for n, each in enumerate(layout.places) if each.has_tags)
    text = line.cells[at].texts[-1]
    x = layout.places[at].x + (text_width(text, SIZE) + TAG_GAP if text else 0)
    base = top - _FIRST_BASE - (len(line.cells[at].texts) - 1) * LEADING
    for tag in line.tags:
        canvas.setFillColor(HexColor(tag.plate))
        canvas.setStrokeColor(HexColor(tag.colour if tag.plate == style.CARD else tag.plate))
        canvas.setLineWidth(0.4)
        canvas.roundRect(x, base - 2.2, tag.width, 9.4, 4.7, stroke=1, fill=1)
        draw(canvas, x + TAG_PADDING, base + 0.2, tag.words, TAG_SIZE, bold=True, colour=tag.colour)
        x += tag.width + TAG_GAP
