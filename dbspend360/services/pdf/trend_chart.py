"""Spend per day: stacked bars, and the period before as a dashed line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, log10

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from dbspend360.models.summary import ZERO, DaySpend
from dbspend360.models.summary_words import before_words
from dbspend360.services.pdf import style
from dbspend360.services.pdf.ink import draw
from dbspend360.services.pdf.shapes import Box, dashes, dot, fill, hatch
from dbspend360.services.pdf.typesetting import text_width
from dbspend360.services.report import Report

SIZE, WIDEST_BAR = 6.8, 48.0
MOST_LABELS, MOST_TICKS = 8, 5
_LABELS_WIDTH, _LABELS_HEIGHT = 30.0, 12.0
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Scale:
    """Dollars to points."""

    ticks: Sequence[float]
    box: Box

    def y(self, dollars: float) -> float:
        """How high so many dollars are."""
        low, high = self.ticks[0], self.ticks[-1]
        return self.box.y + (dollars - low) / (high - low) * self.box.height


def ticks(low: float, high: float) -> list[float]:
    """Round numbers from `low` or below to `high` or above, 0 among them; at least two."""
    low, high = min(low, 0.0), max(high, 0.0)
    high = high if low < high else 1.0
    rough = (high - low) / (MOST_TICKS - 1)
    unit = 10.0 ** floor(log10(rough))
    step = next(n * unit for n in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if n * unit >= rough * 0.999)
    return [n * step for n in range(floor(low / step), ceil(high / step) + 1)]


def tick_words(dollars: float) -> str:
    """`$1.5k`."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(dollars) >= size:
            return f"${dollars / size:g}{letter}".replace("$-", "−$")
    return f"${dollars:g}".replace("$-", "−$")


def draw_trend(canvas: Canvas, card: Box, report: Report) -> None:
    """Draw the chart into the whole card."""
    view = report.view
    by_day = {each.usage_date: each for each in report.days}
    shown = [view.start_date + n * _DAY for n in range(view.days)]
    before = [_total(by_day.get(day - view.days * _DAY)) for day in shown]
    box = Box(
        card.x + _LABELS_WIDTH,
        card.y + _LABELS_HEIGHT,
        card.width - _LABELS_WIDTH,
        card.height - _LABELS_HEIGHT - 8,
    )
    scale = Scale(ticks(*_reach(shown, by_day, before)), box)
    _draw_axes(canvas, scale, shown)
    step = box.width / len(shown)
    for n, day in enumerate(shown):
        width = min(0.72 * step, WIDEST_BAR)
        bar = Box(box.x + (n + 0.5) * step - width / 2, 0, width, 0)
        _draw_day(canvas, scale, bar, by_day.get(day), is_final=day <= report.final_date)
    if report.is_comparable:
        _draw_before(canvas, scale, before)
    _draw_dots(canvas, scale, shown, by_day, report.alerts.by_day)


def draw_legend(canvas: Canvas, card: Box, report: Report) -> None:
    """Say what the marks mean, from the right upper corner of the card to the left."""
    x, y = card.x + card.width, card.y + card.height + 8
    if report.alerts.by_day:
        x = _legend(canvas, x, y, "alert")
        dot(canvas, x - 6, y + 2.4, 2.2)
        x -= 18
    if report.view.end_date > report.final_date:
        x = _swatch(canvas, x, y, "not complete yet", style.DATABRICKS, is_hatched=True)
    if report.is_comparable:
        x = _dashed(canvas, x, y, before_words(report.view))
    x = _swatch(canvas, x, y, "EC2", style.EC2)
    _swatch(canvas, x, y, "Databricks", style.DATABRICKS)


def _legend(canvas: Canvas, x: float, y: float, words: str) -> float:
    return x - draw(canvas, x, y, words, SIZE, colour=style.INK_2, align=1)


def _dashed(canvas: Canvas, x: float, y: float, words: str) -> float:
    left = _legend(canvas, x, y, words) - 15
    dashes(canvas, lambda: canvas.line(left, y + 2.4, left + 11, y + 2.4))
    return left - 10


def _swatch(
    canvas: Canvas, x: float, y: float, words: str, colour: str, *, is_hatched: bool = False
) -> float:
    left = _legend(canvas, x, y, words) - 9
    box = Box(left, y - 0.4, 6, 6)
    fill(canvas, box, colour)
    if is_hatched:
        hatch(canvas, box)
    return left - 10


def _total(day: DaySpend | None) -> Decimal:
    return (day.ec2_cost or ZERO) + day.databricks_cost if day else ZERO


def _reach(
    shown: Sequence[date], by_day: Mapping[date, DaySpend], before: Sequence[Decimal]
) -> tuple[float, float]:
    parts = [_parts(by_day[day]) for day in shown if day in by_day]
    lows = [sum(min(each, 0) for each in pair) for pair in parts]
    highs = [sum(max(each, 0) for each in pair) for pair in parts]
    line = [float(each) for each in before]
    return min([0.0, *lows, *line]), max([0.0, *highs, *line])


def _parts(day: DaySpend) -> tuple[float, float]:
    return float(day.databricks_cost), float(day.ec2_cost or 0)


def _draw_axes(canvas: Canvas, scale: Scale, shown: Sequence[date]) -> None:
    box = scale.box
    canvas.setLineWidth(0.5)
    for each in scale.ticks:
        y = scale.y(each)
        canvas.setStrokeColor(HexColor(style.LINE if each else style.QUIET))
        canvas.line(box.x, y, box.x + box.width, y)
        draw(canvas, box.x - 5, y - 2.3, tick_words(each), SIZE, colour=style.INK_3, align=1)
    step = box.width / len(shown)
    years = len({each.year for each in shown}) > 1
    for n in range(0, len(shown), -(-len(shown) // MOST_LABELS)):
        words = f"{shown[n].day} {shown[n]:%b}" + (f" {shown[n]:%y}" if years else "")
        half = text_width(words, SIZE) / 2
        x = min(max(box.x + (n + 0.5) * step, box.x + half), box.x + box.width - half)
        draw(canvas, x, box.y - 10, words, SIZE, colour=style.INK_3, align=0.5)


def _draw_day(
    canvas: Canvas, scale: Scale, bar: Box, day: DaySpend | None, *, is_final: bool
) -> None:
    """The parts above zero upwards from there, those below it downwards."""
    if day is None:
        return
    ends = {True: 0.0, False: 0.0}
    for part, colour in zip(_parts(day), (style.DATABRICKS, style.EC2), strict=True):
        start = ends[part > 0]
        ends[part > 0] += part
        low, high = sorted((scale.y(start), scale.y(start + part)))
        box = Box(bar.x, low, bar.width, high - low)
        fill(canvas, box, colour)
        if not is_final:
            hatch(canvas, box)


def _draw_before(canvas: Canvas, scale: Scale, costs: Sequence[Decimal]) -> None:
    step = scale.box.width / len(costs)
    points = [
        (scale.box.x + (n + 0.5) * step, scale.y(float(each))) for n, each in enumerate(costs)
    ]
    if len(points) == 1:  # one day: as wide as the chart
        points = [(scale.box.x, points[0][1]), (scale.box.x + scale.box.width, points[0][1])]
    path = canvas.beginPath()
    for (x1, y1), (x2, y2) in pairwise(points):
        path.moveTo(x1, y1)
        path.lineTo(x2, y2)
    dashes(canvas, lambda: canvas.drawPath(path))


def _draw_dots(
    canvas: Canvas,
    scale: Scale,
    shown: Sequence[date],
    by_day: Mapping[date, DaySpend],
    alerts: Mapping[date, int],
) -> None:
    step = scale.box.width / len(shown)
    for n, day in enumerate(shown):
        if alerts.get(day):
            top = scale.y(max(0.0, float(_total(by_day.get(day)))))
            dot(canvas, scale.box.x + (n + 0.5) * step, top + 5, min(2.2, max(step / 2, 1)))
