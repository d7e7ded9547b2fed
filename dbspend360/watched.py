"""What is asked by whoever looks after the app: alive, ready, and what was counted."""

from collections.abc import Callable

from flask import Flask

from dbspend360.api import health, metrics
from dbspend360.services.alert_rows import CONFIG, AlertRows
from dbspend360.services.readiness import Part, Probe, state_of
from dbspend360.services.store_numbers import StoreNumbers
from dbspend360.services.visits import Visits
from dbspend360.settings import Settings
from dbspend360.store.base import Store
from dbspend360.warehouse.base import KNOCK
from dbspend360.warehouse.source import Source
from dbspend360.warehouse.spends import SpendRepository

_SECONDS_BETWEEN_COUNTS = 15.0  # as often as Prometheus usually looks


def register(
    server: Flask, settings: Settings, source: Source, store: Store, visits: Visits
) -> None:
    """Add the routes. While nobody uses the app, a warehouse that may sleep is not asked."""
    spend, rows = SpendRepository(source.warehouse), AlertRows(store)
    at_rest = SpendRepository(source.at_rest) if source.at_rest else None
    in_warehouse = store is source.configs
    numbers = StoreNumbers(rows, seconds=_SECONDS_BETWEEN_COUNTS)

    def unless_idle(may_sleep: bool, act: Callable[[], object]) -> Callable[[], Part]:
        return lambda: Part("idle") if may_sleep and not visits.are_recent() else state_of(act)

    def knock() -> object:
        return source.warehouse.query(KNOCK, {}) if at_rest else spend.bounds()

    cache = (lambda: state_of(source.require_memory)) if settings.cache_seconds else _off
    health.register(server, spend, at_rest, source.warehouse, visits.are_recent)
    health.register_ready(
        server,
        {
            "warehouse": Probe(unless_idle(at_rest is not None, knock)),
            "store": Probe(unless_idle(in_warehouse, lambda: rows.store.get("", CONFIG))),
            "cache": Probe(cache),
        },
    )
    metrics.register(
        server,
        settings.metrics,
        lambda: None if in_warehouse and not visits.are_recent() else numbers.read(),
    )


def _off() -> Part:
    return Part("off")
