"""Texts on a canvas: collected, and written as PDF in one go.

ReportLab's own text object says the same with far more words, and takes three times as long.
"""

from collections.abc import Iterator

from reportlab.pdfgen.canvas import Canvas

from dbspend360.services.pdf import fonts, style
from dbspend360.services.pdf.typesetting import typeset

# Inside the parentheses of a PDF text; what is not printable goes as a number.
_ESCAPES = {n: f"\\{n:03o}" for n in (*range(32), *range(127, 256))}
_ESCAPES |= {ord(each): f"\\{each}" for each in "\\()"}


class Ink:
    """Put texts, then `flush` once; nothing is drawn before."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._operations: list[str] = []
        self._colour, self._font = "", ""

    def put(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = style.INK,
    ) -> None:
        """Put a text, from `x` on."""
        if colour != self._colour:
            self._colour = colour
            self._operations.append(_fill(colour))
        for name, piece, width in typeset(text, bold).pieces:
            start = f"1 0 0 1 {x:.2f} {y:.2f} Tm"
            for resource, shown in self._parts(name, piece):
                self._change_font(f"{resource} {size:.2f} Tf")
                self._operations.append(f"{start} ({shown}) Tj")
                start = ""
            x += width * size

    def flush(self) -> None:
        """Draw all of it."""
        if self._operations:
            self._canvas.addLiteral("\n".join(["q BT", *self._operations, "ET Q"]))
            self._operations = []

    def _change_font(self, operation: str) -> None:
        if operation != self._font:
            self._font = operation
            self._operations.append(operation)

    def _parts(self, name: str, text: str) -> Iterator[tuple[str, str]]:
        """The text in the codes of the embedded fonts, 256 letters each."""
        font, document = fonts.font(name), self._canvas._doc
        for subset, codes in font.splitString(text, document):
            resource = font.getSubsetInternalName(subset, document)
            yield resource, codes.decode("latin-1").translate(_ESCAPES)


def draw(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    size: float,
    *,
    bold: bool = False,
    colour: str = style.INK,
    align: float = 0,
) -> float:
    """Draw one text and give its width; `align` is the part of it that lies left of `x`."""
    width = typeset(text, bold).width * size
    ink = Ink(canvas)
    ink.put(x - align * width, y, text, size, bold=bold, colour=colour)
    ink.flush()
    return width


def _fill(colour: str) -> str:
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return f"{red:.3f} {green:.3f} {blue:.3f} rg"
