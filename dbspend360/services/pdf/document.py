"""The report as a PDF file."""

import threading
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, BinaryIO

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, Frame, PageTemplate

from dbspend360.services.pdf import MOST_ROWS, style
from dbspend360.services.pdf.charts import Charts
from dbspend360.services.pdf.columns import Layout, layout
from dbspend360.services.pdf.head import alerts_story, rows_story, top_story
from dbspend360.services.pdf.ink import draw
from dbspend360.services.pdf.rows import Line, line_maker, total_line, words_line
from dbspend360.services.pdf.table import LongTable
from dbspend360.services.pdf.typesetting import cut, readable
from dbspend360.services.pdf.words import cut_words, file_words, freshness, head
from dbspend360.services.report import Report
from dbspend360.warehouse.base import Rows

PROGRESS_ROWS = 100

FOOTER_SIZE, FOOTER_Y = 7.0, style.BOTTOM - 18
_FOOTER_WIDTH = 285.0  # of its first part
_LEAST_HEIGHT = 130.0  # of a table: with less room it begins on the next page

# ReportLab reads a font with one finger: two documents that embed it at once would both lose
# their place. xhtml2pdf keeps styles for the whole process.
_lock = threading.RLock()

rl_config.useA85 = 0  # pages as plain bytes: no reader needs letters, and it costs a second


def write_pdf(
    report: Report,
    rows: Iterator[Rows],
    file: BinaryIO,
    progress: Callable[[int, int], None],
) -> int:
    """Write a report and the first `MOST_ROWS` of its rows; how many it has."""
    printed = _Printed(report, rows, progress)
    page = Frame(
        style.LEFT,
        style.BOTTOM,
        style.WIDTH,
        style.PAGE[1] - style.TOP - style.BOTTOM,
        *(0, 0, 0, 0),
    )
    document = BaseDocTemplate(
        file,
        pagesize=style.PAGE,
        pageTemplates=[PageTemplate(frames=[page])],
        title=readable(file_words(report)),
        author="DBSpend360",
        subject=freshness(report),
        lang="en",
    )
    with _lock:
        story = _story(report, printed)
    document.build(story, canvasmaker=lambda *a, **k: _NumberedPages(report, *a, **k))
    return printed.number


def _story(report: Report, printed: "_Printed") -> list[Flowable]:
    said = head(report)
    charts = [Charts(report)] if report.summary.shown.total_records else []
    story = [*top_story(said), *charts, *alerts_story(said)]
    story += [CondPageBreak(_LEAST_HEIGHT), *rows_story(said)]
    if report.rows:
        story.append(LongTable(printed.layout, printed.lines()))
    return story


class _Printed:
    """The rows on their way to the paper."""

    def __init__(
        self, report: Report, rows: Iterator[Rows], progress: Callable[[int, int], None]
    ) -> None:
        self._report, self._rows, self._progress = report, rows, progress
        self.layout: Layout = layout(report)
        self.number = 0

    def lines(self) -> Iterator[Line]:
        """A line for each row, and the sums."""
        line = line_maker(self._report, self.layout)
        most = min(self._report.rows, MOST_ROWS)
        for row in chain.from_iterable(self._rows):
            if self.number == MOST_ROWS:
                yield words_line(cut_words(self._report, self.number), self.layout)
                break
            yield line(row)
            self.number += 1
            if self.number % PROGRESS_ROWS == 0:
                self._progress(self.number, most)
        self._progress(self.number, most)
        yield total_line(self._report, self.layout)


class _NumberedPages(Canvas):
    """Keeps the pages until their number is known, and then writes their footers."""

    def __init__(self, report: Report, *args: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **options)
        self._report = report
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        """A page is full."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """All pages are full."""
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self._draw_footer(number)
            super().showPage()
        with _lock:
            super().save()

    def _draw_footer(self, number: int) -> None:
        places = (
            (style.LEFT, 0.0, cut(file_words(self._report), _FOOTER_WIDTH, FOOTER_SIZE)),
            (style.PAGE[0] / 2 + 60, 0.5, freshness(self._report)),
            (style.PAGE[0] - style.LEFT, 1.0, f"Page {number} of {len(self._pages)}"),
        )
        for x, align, words in places:
            draw(self, x, FOOTER_Y, words, FOOTER_SIZE, colour=style.INK_3, align=align)
