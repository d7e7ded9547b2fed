"""Writes a report as the app does, and reads it back with libraries that did not write it."""

import io
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pdfplumber
from alert_driver import desk_in
from pypdf import PdfReader
from spend_records import TODAY, Record, publish, view

from dbspend360.models.report import FileFormat, Written
from dbspend360.models.view_state import ViewState
from dbspend360.services.exporting import TITLE, Exporter, Progress
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.spends import SpendRepository

NOON = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


class Pdf:
    """A report, read back."""

    def __init__(self, content: bytes, written: Written) -> None:
        self.content, self.written = content, written

    @cached_property
    def pages(self) -> list[str]:
        """The text of each page, as pypdf finds it."""
        return [each.extract_text() for each in PdfReader(io.BytesIO(self.content)).pages]

    @property
    def text(self) -> str:
        return "\n".join(self.pages)

    @cached_property
    def lines(self) -> list[list[str]]:
        """The words of each line, as pdfplumber finds them, from left to right."""
        with pdfplumber.open(io.BytesIO(self.content)) as document:
            return [
                [word["text"] for word in line["words"]]
                for page in document.pages
                for line in _lines(page)
            ]

    @property
    def letters(self) -> str:
        """Every letter that is drawn, as its font calls it."""
        with pdfplumber.open(io.BytesIO(self.content)) as document:
            return "".join(each["text"] for page in document.pages for each in page.chars)

    def has(self, name: str) -> bool:
        """Whether a name is drawn, in whichever order its script is."""
        found = unicodedata.normalize("NFKC", self.letters)
        name = unicodedata.normalize("NFKC", name)
        return name in found or name[::-1] in found


def _lines(page: Any) -> Iterator[dict[str, Any]]:
    words = sorted(page.extract_words(), key=lambda word: (round(word["bottom"]), word["x0"]))
    by_bottom: dict[int, list[Any]] = {}
    for word in words:
        by_bottom.setdefault(round(word["bottom"]), []).append(word)
    yield from ({"words": found} for found in by_bottom.values())


def exporter_in(folder: Path, *, final_date: date = date.max, today: date = TODAY) -> Exporter:
    """What writes the files of a data folder."""
    spend = SpendRepository(EmbeddedWarehouse(folder))
    return Exporter(
        spend,
        desk_in(folder),
        final_date=lambda: final_date,
        today=lambda: today,
        now=lambda: NOON,
    )


def pdf_of(
    exporter: Exporter,
    asked: ViewState,
    *,
    title: str = TITLE,
    progress: Progress = lambda _done, _of: None,
) -> Pdf:
    """A view, written and ready to be read."""
    file = io.BytesIO()
    written = exporter.write(
        asked, FileFormat.PDF, file, user_id="", title=title, progress=progress
    )
    return Pdf(file.getvalue(), written)


def report(folder: Path, *records: Record, query: str = "", **more: Any) -> Pdf:
    """The report of these records over the first ten days of March 2026."""
    folder.mkdir(exist_ok=True)
    publish(folder / "data", *records)
    options = {name: more.pop(name) for name in ("final_date",) if name in more}
    days = "start_date=2026-03-01&end_date=2026-03-10"
    return pdf_of(exporter_in(folder / "data", **options), view(f"{days}&{query}"), **more)
