"""Texts of any script on a line: in the right fonts, in the right direction, not too long."""

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

import arabic_reshaper
from xhtml2pdf.bidi import get_display

from dbspend360.services.pdf import fonts

MOST_CHARACTERS = 2_000  # of one text: no name is that long
ELLIPSIS = "…"

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe]")
_JOINERS = "\u200c\u200d"  # say which Arabic letters join; drawn are they never
# Invisible: directions that would turn a whole line, variants of a glyph, soft hyphens, tags.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_BREAKS = " _-/.,:;|"


class Typeset(NamedTuple):
    """A text as it is drawn: pieces with their fonts, from left to right. At one point."""

    pieces: tuple[tuple[str, str, float], ...]  # font, text, width
    width: float


def readable(text: str) -> str:
    """The same text on one line, without what is invisible; control characters become boxes."""
    if text.isascii() and text.isprintable():
        return text[:MOST_CHARACTERS]
    plain = _UNSEEN.sub("", unicodedata.normalize("NFC", text[:MOST_CHARACTERS]))
    return "".join(_visible(each) for each in plain)


def is_right_to_left(text: str) -> bool:
    """Whether a part of a text is read from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def _visible(character: str) -> str:
    kind = unicodedata.category(character)
    if character in "\t\n\r\v\f\x85" or kind in ("Zl", "Zp"):
        return " "
    return fonts.REPLACEMENT if kind in ("Cc", "Cs", "Co", "Cn") else character


def typeset(text: str, bold: bool = False) -> Typeset:
    """A text, ready to be drawn."""
    if text.isascii() and text.isprintable():
        base = fonts.BOLD if bold else fonts.REGULAR
        width = fonts.width(text, base)
        return Typeset(((base, text, width),), width)
    return _typeset_any(text, bold)


@lru_cache(maxsize=5_000)
def _typeset_any(text: str, bold: bool) -> Typeset:
    text = readable(text)
    if is_right_to_left(text):
        text = get_display(arabic_reshaper.reshape(text), None)
    if not text.isascii():
        text = text.translate(dict.fromkeys(map(ord, _JOINERS)))
    base = fonts.BOLD if bold else fonts.REGULAR
    found = fonts.in_fonts(text, base)
    pieces = tuple((name, each, fonts.width(each, name)) for name, each in found)
    return Typeset(pieces, sum(each for _, _, each in pieces))


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is, in points."""
    return typeset(text, bold).width * size


def cut(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """As much of a text as has room, with an ellipsis for the rest."""
    return fold(text, width, size, bold=bold, most=1)[0]


def fold(text: str, width: float, size: float, *, bold: bool = False, most: int) -> list[str]:
    """A text in lines that have room; when there would be more than `most`, with an ellipsis."""
    lines: list[str] = []
    rest = readable(text)
    while text_width(rest, size, bold=bold) > width and len(lines) < most - 1:
        end = _break(rest, _fitting(rest, width, size, bold))
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    if text_width(rest, size, bold=bold) > width:
        room = width - text_width(ELLIPSIS, size, bold=bold)
        rest = rest[: _fitting(rest, room, size, bold)].rstrip() + ELLIPSIS
    return [*lines, rest]


def _fitting(text: str, width: float, size: float, bold: bool) -> int:
    """How many characters have room; one at least."""
    lengths = range(1, len(text) + 1)
    return max(1, bisect_right(lengths, width, key=lambda n: text_width(text[:n], size, bold=bold)))


def _break(text: str, most: int) -> int:
    """Where to end a line of at most so many characters: after a sign, if one is near the end."""
    found = max(text.rfind(each, most // 2, most) for each in _BREAKS)
    return found + 1 if found > 0 else most
