"""The fonts of the report, and which of them has a character.

Their files are shipped beside this module: what a reader's machine has does not matter. Each is
read once in a process, when the first text needs it; the Chinese one is large.
"""

import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

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


class Letter(NamedTuple):
    """A character as it is drawn, in the font that has it; its width is that at one point."""

    font: str
    drawn: str
    width: float


@lru_cache(maxsize=50_000)
def letter(character: str, base: str) -> Letter:
    """The letter of a character; what no font has is replaced for all to see."""
    for name in (base, *_OTHERS):
        if ord(character) in font(name).face.charToGlyph:
            return Letter(name, character, width(character, name))
    if unicodedata.category(character) == "Zs":
        return letter(" ", base)
    return Letter(_SYMBOLS, REPLACEMENT, width(REPLACEMENT, _SYMBOLS))


def in_fonts(text: str, base: str) -> Iterator[Letter]:
    """A text in pieces of one font each."""
    if text.isascii():
        yield Letter(base, text, width(text, base))
        return
    letters = [letter(each, base) for each in text]
    for name, found in groupby(letters, key=lambda each: each.font):
        piece = list(found)
        yield Letter(name, "".join(each.drawn for each in piece), sum(each.width for each in piece))
