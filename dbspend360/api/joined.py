"""All addresses of the API, put together."""

from collections.abc import Callable
from datetime import date

from flask import Flask

from dbspend360.api import breakdown, description, door, presets, spends, totals
from dbspend360.api.reading import Reader
from dbspend360.warehouse.spends import SpendRepository


def register(
    server: Flask,
    spend: SpendRepository,
    today: Callable[[], date],
    final_date: Callable[[], date],
) -> None:
    """Add everything under `/api`; `final_date()` is the last day that counts as complete."""
    reader = Reader(spend, today)
    operations = [
        *spends.operations(spend, reader),
        *totals.operations(spend, reader, final_date),
        *breakdown.operations(spend),
        *presets.operations(spend, today),
    ]
    description.register(server, operations)
    door.register(server, reader, operations)
