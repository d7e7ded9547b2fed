"""What more than one chart draws with."""

from collections.abc import Callable
from typing import NamedTuple

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from dbspend360.services.pdf import style


class Box(NamedTuple):
    """A rectangle; y grows upwards."""

    x: float
    y: float
    width: float
    height: float


def fill(canvas: Canvas, box: Box, colour: str) -> None:
    """A plain rectangle."""
    canvas.setFillColor(HexColor(colour))
    canvas.rect(*box, stroke=0, fill=1)


def hatch(canvas: Canvas, box: Box) -> None:
    """Light stripes over a rectangle: it is not complete. They show in grey print, too."""
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(*box)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.setStrokeColor(HexColor(style.CARD))
    canvas.setLineWidth(1.1)
    x = box.x - box.height
    while x < box.x + box.width:
        canvas.line(x, box.y, x + box.height, box.y + box.height)
        x += 3.2
    canvas.restoreState()


def dot(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """The mark of an alert."""
    canvas.setFillColor(HexColor(style.BAD))
    canvas.circle(x, y, radius, stroke=0, fill=1)


def dashes(canvas: Canvas, draw_lines: Callable[[], None]) -> None:
    """Whatever is drawn meanwhile is thin and dashed."""
    canvas.saveState()
    canvas.setStrokeColor(HexColor(style.INK_2))
    canvas.setLineWidth(0.8)
    canvas.setDash(2, 1.6)
    draw_lines()
    canvas.restoreState()
