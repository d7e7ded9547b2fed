"""`/metrics`: what Prometheus reads."""

from collections.abc import Callable, Iterator
from itertools import product

from flask import Flask, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dbspend360.metrics import counted
from dbspend360.models.delivery import Stage
from dbspend360.models.incident import State
from dbspend360.services.store_numbers import KINDS, Numbers
from dbspend360.settings import MetricsFor

_LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
PROXIED = "dbspend360.proxied"  # in the environment: something in front has handed it on


def register(server: Flask, shown_to: MetricsFor, numbers: Callable[[], Numbers | None]) -> None:
    """Add the route; `numbers()` are the store's, None where they are not known."""

    @server.get("/metrics")
    def metrics() -> Response:
        if shown_to == "nobody" or (shown_to == "loopback" and not _is_from_here()):
            abort(404)
        registry = counted()
        registry.register(_OfStore(numbers))
        answer = Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _is_from_here() -> bool:
    """From this machine, and not through a proxy on it."""
    is_forwarded = PROXIED in request.environ or "Via" in request.headers
    return request.remote_addr in _LOOPBACK and not is_forwarded


class _OfStore(Collector):
    """What the store says: the same from every process, so not a thing to add up."""

    def __init__(self, numbers: Callable[[], Numbers | None]) -> None:
        self._numbers = numbers

    def collect(self) -> Iterator[Metric]:
        found = self._numbers()
        up = GaugeMetricFamily("dbspend360_store_known", "1 while the store's numbers are known.")
        up.add_metric([], float(found is not None))
        yield up
        if found is None:
            return
        deliveries = GaugeMetricFamily(
            "dbspend360_deliveries",
            "Messages kept, by what they are and how far they got.",
            labels=["kind", "stage"],
        )
        for kind, stage in product(KINDS, Stage):
            deliveries.add_metric([kind, stage.value], found.deliveries[kind, stage])
        yield deliveries
        wait = GaugeMetricFamily(
            "dbspend360_delivery_wait_seconds", "How long the oldest message is overdue."
        )
        wait.add_metric([], found.longest_wait_seconds)
        yield wait
        incidents = GaugeMetricFamily(
            "dbspend360_incidents", "Incidents of alerts, by where they stand.", labels=["state"]
        )
        for state in State:
            incidents.add_metric([state.value], found.incidents[state])
        yield incidents
