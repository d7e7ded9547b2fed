"""`/healthz`: whether the process is alive and what it can see."""

from flask import Flask, Response, jsonify

from dbspend360.errors import DBSpendError
from dbspend360.warehouse.spends import SpendRepository


def register(server: Flask, spend: SpendRepository) -> None:
    """Add the route. Alive is 200 even without a warehouse: a restart would not mend that."""

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
