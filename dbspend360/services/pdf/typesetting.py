"""Texts of any script on a line: in the right fonts, in the right direction, not too long."""

import re
import unicodedata
from functools import lru_cache
from itertools import accumulate, takewhile

import arabic_reshaper
from xhtml2pdf.bidi import get_display

from dbspend360.services.pdf import fonts
from dbspend360.services.pdf.fonts import Letter

MOST_CHARACTERS = 2_000  # of one text: no name is that long
ELLIPSIS = "…"

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe]")
_NOT_JOINED = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_JOINERS = dict.fromkeys([0x200C, 0x200D])  # say which Arabic letters join; never drawn
# Invisible: directions that would turn a whole line, variants of a glyph, soft hyphens, tags.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_BREAKS = " _-/.,:;|"


def readable(text: str) -> str:
    """The same text on one line, without what is invisible; control characters become boxes."""
    if len(text) > MOST_CHARACTERS:
        text = text[: MOST_CHARACTERS - 1] + ELLIPSIS
    if text.isascii() and text.isprintable():
        return text
    plain = _UNSEEN.sub("", unicodedata.normalize("NFC", text))
    return "".join(_visible(each) for each in plain)


def is_right_to_left(text: str) -> bool:
    """Whether a part of a text is read from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def _visible(character: str) -> str:
    kind = unicodedata.category(character)
    if character in "\t\n\r\v\f\x85" or kind in ("Zl", "Zp"):
        return " "
    return fonts.REPLACEMENT if kind in ("Cc", "Cs", "Co", "Cn") else character


def typeset(text: str, bold: bool = False) -> tuple[Letter, ...]:
    """A text as it is drawn: pieces of one font each, from left to right."""
    base = fonts.BOLD if bold else fonts.REGULAR
    if text.isascii() and text.isprintable():
        return (Letter(base, text, fonts.width(text, base)),)
    return _typeset_any(text, base)


@lru_cache(maxsize=5_000)
def _typeset_any(text: str, base: str) -> tuple[Letter, ...]:
    text = shaped(text)
    return tuple(fonts.in_fonts(get_display(text, None) if is_right_to_left(text) else text, base))


@lru_cache(maxsize=5_000)
def shaped(text: str) -> str:
    """The same text with its Arabic letters joined, in the order in which it is read."""
    text = readable(text)
    if _NOT_JOINED.search(text):
        text = arabic_reshaper.reshape(text)
    return text if text.isascii() else text.translate(_JOINERS)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is, in points."""
    base = fonts.BOLD if bold else fonts.REGULAR
    if text.isascii() and text.isprintable():
        return fonts.width(text, base) * size
    return sum(fonts.letter(each, base).width for each in shaped(text)) * size


def cut(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """As much of a text as has room, with an ellipsis for the rest."""
    return fold(text, width, size, bold=bold, most=1)[0]


def fold(text: str, width: float, size: float, *, bold: bool = False, most: int) -> list[str]:
    """A text in lines that have room; when there would be more than `most`, with an ellipsis."""
    lines: list[str] = []
    rest = shaped(text)
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
    base = fonts.BOLD if bold else fonts.REGULAR
    ends = accumulate(fonts.letter(each, base).width for each in text)
    return max(1, sum(1 for _ in takewhile(lambda end: end * size <= width, ends)))


def _break(text: str, most: int) -> int:
    """Where to end a line of at most so many characters: after a sign, if one is near the end."""
    found = max(text.rfind(each, most // 2, most) for each in _BREAKS)
    return found + 1 if found > 0 else most
