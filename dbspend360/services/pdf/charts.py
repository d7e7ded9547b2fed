"""The charts of the first page, side by side in three cards."""

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from dbspend360.services.pdf import style
from dbspend360.services.pdf.doughnut import draw_doughnut
from dbspend360.services.pdf.ink import draw
from dbspend360.services.pdf.job_bars import draw_job_bars
from dbspend360.services.pdf.shapes import Box
from dbspend360.services.pdf.trend_chart import draw_legend, draw_trend
from dbspend360.services.report import Report

HEIGHT, GAP = 186.0, 8.0
JOBS_WIDTH, DOUGHNUT_WIDTH = 262.0, 118.0
TITLE_SIZE, NOTE_SIZE = 9.0, 6.8
_PADDING, _HEAD = 9.0, 24.0


class Charts(Flowable):
    """Spend per day, top jobs, and the two parts of the whole."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self._report = report

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Always the same."""
        return style.WIDTH, HEIGHT

    def draw(self) -> None:
        """Draw the three cards."""
        canvas, report = self.canv, self._report
        trend_width = style.WIDTH - JOBS_WIDTH - DOUGHNUT_WIDTH - 2 * GAP
        trend = _card(canvas, 0, trend_width, "Spend per day")
        draw_legend(canvas, trend, report)
        draw_trend(canvas, trend, report)
        jobs = _card(canvas, trend_width + GAP, JOBS_WIDTH, "Top jobs")
        right, top = jobs.x + jobs.width, HEIGHT - 16
        note = "change on the period before"
        draw(canvas, right, top, note, NOTE_SIZE, colour=style.INK_3, align=1)
        draw_job_bars(canvas, jobs, report)
        split = _card(canvas, style.WIDTH - DOUGHNUT_WIDTH, DOUGHNUT_WIDTH, "Where it goes")
        draw_doughnut(canvas, split, report.summary.shown)


def _card(canvas: Canvas, x: float, width: float, title: str) -> Box:
    """Draw a card; the box is what is left inside."""
    canvas.setStrokeColor(HexColor(style.LINE))
    canvas.setLineWidth(0.7)
    canvas.roundRect(x, 0, width, HEIGHT, 5, stroke=1, fill=0)
    draw(canvas, x + _PADDING, HEIGHT - 16, title, TITLE_SIZE, bold=True)
    return Box(x + _PADDING, _PADDING, width - 2 * _PADDING, HEIGHT - _HEAD - _PADDING)
