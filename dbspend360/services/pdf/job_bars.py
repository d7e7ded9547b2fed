"""The jobs that cost most: name, bar in two colours, dollars, change."""

from reportlab.pdfgen.canvas import Canvas

from dbspend360.models.summary import JobSpend
from dbspend360.models.summary_words import job_change
from dbspend360.services.pdf import style
from dbspend360.services.pdf.ink import draw
from dbspend360.services.pdf.shapes import Box, dot, fill
from dbspend360.services.pdf.typesetting import cut
from dbspend360.services.report import Report
from dbspend360.theme import whole_usd

SIZE = 7.6
MOST_JOBS = 10
_BAR_WIDTH, _COST_WIDTH, _CHANGE_WIDTH, _GAP = 52.0, 44.0, 38.0, 7.0


def draw_job_bars(canvas: Canvas, card: Box, report: Report) -> None:
    """Draw one line for each of the top jobs."""
    jobs = report.top_jobs[:MOST_JOBS]
    most = max([float(each.total_cost) for each in jobs] + [0.01])
    step = card.height / MOST_JOBS
    for n, job in enumerate(jobs):
        row = Box(card.x, card.y + card.height - (n + 1) * step, card.width, step)
        _draw_job(canvas, row, job, most, report)


def _draw_job(canvas: Canvas, row: Box, job: JobSpend, most: float, report: Report) -> None:
    base = row.y + row.height / 2 - 2.6
    right = row.x + row.width
    change = job_change(job, comparable=report.is_comparable, is_early=report.is_early)
    draw(canvas, right, base, change.moved, SIZE, colour=style.WAY[change.way], align=1)
    right -= _CHANGE_WIDTH
    draw(canvas, right, base, whole_usd(job.total_cost), SIZE, align=1)
    bar = Box(right - _COST_WIDTH - _BAR_WIDTH, row.y + row.height / 2 - 2.2, _BAR_WIDTH, 4.4)
    _draw_bar(canvas, bar, job, most)
    _draw_name(canvas, row.x, base, bar.x - _GAP - row.x, job, report)


def _draw_name(
    canvas: Canvas, x: float, y: float, width: float, job: JobSpend, report: Report
) -> None:
    name = job.job_name or f"job {job.job_id}"
    has_alerts = (job.workspace_id, job.job_id) in report.alerts.by_job
    room = width - (8 if has_alerts else 0)
    wide = draw(canvas, x, y, cut(name, room, SIZE), SIZE)
    if has_alerts:
        dot(canvas, x + wide + 5, y + 2.6, 2)


def _draw_bar(canvas: Canvas, bar: Box, job: JobSpend, most: float) -> None:
    x = bar.x
    for cost, colour in (
        (job.databricks_cost, style.DATABRICKS),
        (job.ec2_cost, style.EC2),
    ):
        width = max(float(cost or 0), 0) / most * bar.width
        width = min(width, bar.x + bar.width - x)  # the other part may be below zero
        if width > 0:
            fill(canvas, Box(x, bar.y, width, bar.height), colour)
            x += width
