"""A workbook as a person reads it: cells by the titles of their columns."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from dbspend360.models.columns import COLUMNS, Grouping
from dbspend360.models.report import FileFormat
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.alert_rows import AlertRows
from dbspend360.services.exporting import Exporter
from dbspend360.services.wide_costs import WideCosts
from dbspend360.store.places import make_store
from dbspend360.warehouse.spends import SpendRepository

NOW = datetime(2026, 3, 20, 8, 30, tzinfo=UTC)
TOTAL = "Total of the rows shown"


def exporter_over(spend: SpendRepository, folder: Path, **more: Any) -> Exporter:
    rows = AlertRows(make_store("", folder))
    desk = AlertDesk(WideCosts(spend), rows, final_date=lambda: date(2026, 3, 17))
    options: dict[str, Any] = {"now": lambda: NOW, "base_url": "https://spend.example"}
    options |= {"today": lambda: NOW.date(), **more}
    return Exporter(spend, desk, final_date=lambda: date(2026, 3, 17), **options)


def written(exporter: Exporter, query: str, kind: FileFormat = FileFormat.XLSX) -> bytes:
    file = io.BytesIO()
    exporter.write(exporter.view(query), kind, file, user_id="")
    return file.getvalue()


def opened(content: bytes, *, formulas: bool = False) -> Workbook:
    return load_workbook(io.BytesIO(content), data_only=not formulas)


def titles(grouping: Grouping) -> list[str]:
    return [f"{e.title} (USD)" if e.kind == "money" else e.title for e in COLUMNS[grouping]]


def lines(sheet: Worksheet) -> Iterator[dict[str, Any]]:
    """The rows between the header and the totals."""
    header, *others = sheet.iter_rows(values_only=True)
    for each in others:
        if each[0] != TOTAL:
            yield dict(zip([str(title) for title in header], each, strict=True))


def totals(sheet: Worksheet) -> dict[str, Any]:
    header, *_, last = sheet.iter_rows(values_only=True)
    assert last[0] == TOTAL
    return dict(zip([str(title) for title in header], last, strict=True))


def facts(sheet: Worksheet) -> dict[str, Any]:
    """What stands beside each label of the sheet with the view; the first counts."""
    found: dict[str, Any] = {}
    for label, value, *_ in sheet.iter_rows(values_only=True):
        found.setdefault(str(label), value)
    return found
