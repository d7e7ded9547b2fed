"""What of the total goes to Databricks and what to AWS for EC2."""

from decimal import Decimal

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from dbspend360.models.summary import ZERO, PeriodSum
from dbspend360.models.summary_words import part_of, unknown_ec2
from dbspend360.services.pdf import style
from dbspend360.services.pdf.ink import draw
from dbspend360.services.pdf.shapes import Box, fill
from dbspend360.services.pdf.typesetting import fold
from dbspend360.theme import usd

RADIUS, HOLE = 33.0, 21.0
SIZE, NOTE_SIZE = 7.4, 6.6


def draw_doughnut(canvas: Canvas, card: Box, shown: PeriodSum) -> None:
    """Draw the ring, and below it what its parts are."""
    parts = (
        ("Databricks", shown.databricks_cost, style.DATABRICKS),
        ("EC2", shown.known_ec2_cost, style.EC2),
    )
    x, y = card.x + card.width / 2, card.y + card.height - RADIUS - 2
    _draw_ring(canvas, x, y, [(max(cost or ZERO, ZERO), colour) for _, cost, colour in parts])
    y -= RADIUS + 15
    for name, cost, colour in parts:
        fill(canvas, Box(card.x, y - 0.4, 6, 6), colour)
        draw(canvas, card.x + 9, y, name, SIZE, colour=style.INK_2)
        draw(canvas, card.x + card.width, y, usd(cost), SIZE, bold=True, align=1)
        share = part_of(cost, shown.total_spend)
        draw(canvas, card.x + card.width, y - 9, share, NOTE_SIZE, colour=style.INK_3, align=1)
        y -= 21
    for line in fold(unknown_ec2(shown), card.width, NOTE_SIZE, most=3):
        draw(canvas, card.x, y, line, NOTE_SIZE, colour=style.INK_3)
        y -= 8.4


def _draw_ring(canvas: Canvas, x: float, y: float, parts: list[tuple[Decimal, str]]) -> None:
    """Clockwise from the top; grey when there is nothing to show."""
    whole = sum((cost for cost, _ in parts), ZERO)
    corners = (x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS)
    canvas.setFillColor(HexColor(style.BAND))
    canvas.circle(x, y, RADIUS, stroke=0, fill=1)
    start = 90.0
    canvas.setStrokeColor(HexColor(style.CARD))
    canvas.setLineWidth(1.2)
    for cost, colour in parts:
        angle = float(cost / whole * 360) if whole else 0.0
        canvas.setFillColor(HexColor(colour))
        if angle >= 359.9:
            canvas.circle(x, y, RADIUS, stroke=0, fill=1)
        elif angle > 0:
            canvas.wedge(*corners, start, -angle, stroke=1, fill=1)
        start -= angle
    canvas.setFillColor(HexColor(style.CARD))
    canvas.circle(x, y, HOLE, stroke=0, fill=1)
