"""What both sheets of a workbook are written with."""

import re
from dataclasses import dataclass
from typing import Self

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

MOST_CHARACTERS = 16_000  # of one cell: half of what Excel takes, as it counts an emoji twice
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # in XML

_MONEY = "$#,##0.00;-$#,##0.00"
_GREY, _LINE, _HEAD = "#4a5261", "#c9ced8", "#eceff4"


@dataclass(frozen=True)
class Formats:
    """How cells look."""

    text: Format
    day: Format
    count: Format
    money: Format
    money_left: Format
    header: Format
    header_note: Format
    header_right: Format
    total: Format
    total_count: Format
    total_money: Format
    title: Format
    label: Format
    wrapped: Format
    note: Format

    @classmethod
    def of(cls, book: Workbook) -> Self:
        """Made for one workbook; they belong to no other."""
        head = {"bold": True, "bg_color": _HEAD, "bottom": 1, "bottom_color": _LINE}
        total = {"bold": True, "top": 1, "top_color": _LINE}
        return cls(
            # As text, also once somebody has edited the cell.
            text=book.add_format({"num_format": "@"}),
            day=book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
            count=book.add_format({"num_format": "#,##0"}),
            money=book.add_format({"num_format": _MONEY}),
            money_left=book.add_format({"num_format": _MONEY, "align": "left", "indent": 1}),
            header=book.add_format(head),
            header_note=book.add_format({**head, "indent": 1}),
            header_right=book.add_format({**head, "align": "right"}),
            total=book.add_format(total),
            total_count=book.add_format({**total, "num_format": "#,##0"}),
            total_money=book.add_format({**total, "num_format": _MONEY}),
            title=book.add_format({"bold": True, "font_size": 16}),
            label=book.add_format({"font_color": _GREY, "valign": "top"}),
            wrapped=book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"}),
            note=book.add_format({"font_color": _GREY, "indent": 1}),
        )


def write_text(sheet: Worksheet, row: int, column: int, text: str, form: Format) -> None:
    """A text that stays one: never a formula, a link, a number or markup."""
    clean = _ILLEGAL.sub("\ufffd", text)
    if len(clean) > MOST_CHARACTERS:
        clean = f"{clean[:MOST_CHARACTERS]}…"
    if clean.startswith("<r>") and clean.endswith("</r>"):
        # The writer takes this for markup of its own, and would write it as it is.
        sheet.write_rich_string(row, column, form, clean[:1], form, clean[1:], form)
    else:
        sheet.write_string(row, column, clean, form)
