"""For whoever watches the server: `/healthz` is it alive, `/readyz` can it work."""

from collections.abc import Callable, Mapping

from flask import Flask, Response, jsonify

from dbspend360.errors import DBSpendError, NotYet
from dbspend360.models.summary import Bounds
from dbspend360.services.readiness import Part, Probe
from dbspend360.warehouse.base import KNOCK, Warehouse
from dbspend360.warehouse.spends import SpendRepository

# What only watches the app is no visitor.
WATCHING = ("/healthz", "/readyz", "/metrics")
_NEEDED = ("warehouse", "store")  # without the cache everything works, slower


def register(
    server: Flask,
    spend: SpendRepository,
    at_rest: SpendRepository | None,
    warehouse: Warehouse,
    is_used: Callable[[], bool],
) -> None:
    """Add the routes. Alive is 200 even without a warehouse: a restart would not mend that.

    `at_rest` answers in place of `spend` while nobody uses the app: it wakes no warehouse.
    """

    @server.get("/healthz")
    def healthz() -> Response:
        is_idle = at_rest is not None and not is_used()
        try:
            bounds = (at_rest if at_rest and is_idle else spend).bounds().value
        except DBSpendError as error:
            if is_idle:
                return jsonify({"status": "ok", "warehouse": "idle"})
            return jsonify({"status": "ok", "warehouse": "unavailable", "reason": str(error)})
        return jsonify({"status": "ok", "warehouse": "idle" if is_idle else "ok", **_said(bounds)})

    @server.get("/healthz/warehouse")
    def warehouse_now() -> Response:
        try:
            warehouse.query(KNOCK, {})
        except NotYet as error:
            return _state("waking", str(error))
        except DBSpendError as error:
            return _state("unavailable", str(error))
        return _state("ok", "")


def register_ready(server: Flask, probes: Mapping[str, Probe]) -> None:
    """Add `/readyz`; each part has its own time, and none hangs."""

    @server.get("/readyz")
    def readyz() -> Response:
        parts = {name: probe.part() for name, probe in probes.items()}
        is_ready = all(parts[name].state != "unavailable" for name in _NEEDED)
        answer = jsonify(
            {"status": "ready" if is_ready else "not ready"}
            | {name: _told(part) for name, part in parts.items()}
        )
        answer.status_code = 200 if is_ready else 503
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _said(bounds: Bounds) -> dict[str, object]:
    last = bounds.last_date.isoformat() if bounds.last_date else None
    return {"records": bounds.records, "last_date": last}


def _told(part: Part) -> dict[str, str]:
    return {"state": part.state} | ({"reason": part.reason} if part.reason else {})


def _state(warehouse: str, reason: str) -> Response:
    answer = jsonify({"warehouse": warehouse} | ({"reason": reason} if reason else {}))
    answer.headers["Cache-Control"] = "no-store"
    return answer
