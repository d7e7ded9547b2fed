"""The fonts of the report, and which of them has a character.

Their files are shipped beside this module: what a reader's machine has does not matter. Each is
read once in a process, when the first text needs it; the Chinese one is large.
"""

import threading
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).parent / "fonts"
REGULAR, BOLD = "NotoSans-Regular", "NotoSans-SemiBold"
REPLACEMENT = "□"  # for what no font has

_SYMBOLS = "NotoSansSC-Symbols"
# In this order the first that has a character draws it.
_OTHERS = (
    _SYMBOLS,
    "NotoSansHebrew-Regular",
    "NotoSansArabic-Regular",
    "NotoSansSC-Regular",
    "NotoSansKR-Regular",
)
FAMILIES = (REGULAR, BOLD, *_OTHERS)

_lock = threading.Lock()
_read: dict[str, TTFont] = {}


def font(name: str) -> TTFont:
    """One of `FAMILIES`, ready to be drawn with."""
    found = _read.get(name)
    if found is None:
        with _lock:
            found = _read[name] = _read.get(name) or _registered(name)
    return found


def _registered(name: str) -> TTFont:
    # Not shaped by ReportLab, which does it only where another package is installed.
    made = TTFont(name, str(FOLDER / f"{name}.ttf"), shapable=False, asciiReadable=True)
    pdfmetrics.registerFont(made)
    pdfmetrics.registerFontFamily(name, name, name, name, name)
    return made


def width(text: str, name: str) -> float:
    """How wide a text is, at one point, in a font that has all of it."""
    widths: dict[int, float] = font(name).face.charWidths
    return sum(map(widths.__getitem__, map(ord, text))) / 1000


def in_fonts(text: str, base: str) -> Iterator[tuple[str, str]]:
    """A text in pieces with the font of each; what no font has is replaced for all to see."""
    if text.isascii():
        yield base, text
        return
    drawn = [_drawn(each, base) for each in text]
    for name, pieces in groupby(drawn, key=lambda each: each[0]):
        yield name, "".join(piece for _, piece in pieces)


def _drawn(character: str, base: str) -> tuple[str, str]:
    for name in (base, *_OTHERS):
        if ord(character) in font(name).face.charToGlyph:
            return name, character
    if unicodedata.category(character) == "Zs":
        return base, " "
    return _SYMBOLS, REPLACEMENT
