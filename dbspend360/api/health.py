"""`/healthz`: whether the process is alive, and what it can see."""

from flask import Flask, Response, jsonify

from dbspend360.errors import DBSpendError, NotYet
from dbspend360.warehouse.base import KNOCK, Warehouse
from dbspend360.warehouse.spends import SpendRepository


def register(server: Flask, spend: SpendRepository, warehouse: Warehouse) -> None:
    """Add the routes. Alive is 200 even without a warehouse: a restart would not mend that."""

    @server.get("/healthz")
    def healthz() -> Response:
        try:
            bounds = spend.bounds().value
        except DBSpendError as error:
            return jsonify({"status": "ok", "warehouse": "unavailable", "reason": str(error)})
        last = bounds.last_date.isoformat() if bounds.last_date else None
        return jsonify(
            {"status": "ok", "warehouse": "ok", "records": bounds.records, "last_date": last}
        )

    @server.get("/healthz/warehouse")
    def warehouse_now() -> Response:
        try:
            warehouse.query(KNOCK, {})
        except NotYet as error:
            return _state("waking", str(error))
        except DBSpendError as error:
            return _state("unavailable", str(error))
        return _state("ok", "")


def _state(warehouse: str, reason: str) -> Response:
    answer = jsonify({"warehouse": warehouse} | ({"reason": reason} if reason else {}))
    answer.headers["Cache-Control"] = "no-store"
    return answer
