"""All addresses of the API, put together."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from flask import Flask

from dbspend360.api import (
    alerts,
    breakdown,
    description,
    door,
    month,
    pdf,
    presets,
    reports,
    spends,
    totals,
)
from dbspend360.api.envelope import Written
from dbspend360.api.operation import Operation
from dbspend360.api.reading import Reader
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.export_desk import ExportDesk
from dbspend360.services.kept_answers import KeptAnswers
from dbspend360.services.report_desk import ReportDesk
from dbspend360.warehouse.spends import SpendRepository


def register(
    server: Flask,
    spend: SpendRepository,
    today: Callable[[], date],
    final_date: Callable[[], date],
    desk: AlertDesk,
    report_desk: ReportDesk,
    exports: ExportDesk,
    kept: KeptAnswers[Written],
) -> None:
    """Add everything under `/api`; `final_date()` is the last day that counts as complete."""
    reader = Reader(spend, today)
    found = [
        *(replace(each, is_kept=True) for each in operations(spend, reader, today, final_date)),
        *alerts.operations(desk),
        *reports.operations(report_desk),
        *pdf.operations(reader, exports),
    ]
    description.register(server, found)
    door.register(server, reader, found, kept)


def operations(
    spend: SpendRepository,
    reader: Reader,
    today: Callable[[], date],
    final_date: Callable[[], date],
) -> list[Operation]:
    """What can be asked about spend, in the order of the documentation."""
    return [
        *spends.operations(spend, reader),
        *totals.operations(spend, reader, final_date),
        *month.operations(spend, reader, today, final_date),
        *breakdown.operations(spend),
        *presets.operations(spend, today),
    ]
