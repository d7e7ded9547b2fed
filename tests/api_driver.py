"""The API as a script sees it: JSON with exact decimals."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from observing import RunDay, observe
from page_driver import app_of
from shared_figures import SHARED_TODAY
from spend_records import publish, record
from werkzeug.test import TestResponse

from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.incident import Incident
from dbspend360.services.alert_rows import AlertRows
from dbspend360.services.alert_rules import alerts
from dbspend360.services.incident_steps import opened
from dbspend360.store.places import make_store

Json = Any


def exact(response: TestResponse) -> Json:
    """The body, amounts as decimals."""
    return json.loads(response.get_data(), parse_float=Decimal)


@dataclass(frozen=True)
class Refusal:
    """An error as the API says it."""

    status: int
    code: str
    message: str
    fields: tuple[str, ...]


class Api:
    """One script."""

    def __init__(self, server: Flask) -> None:
        self.client: FlaskClient = server.test_client()

    def get(self, path: str, query: str = "", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(f"{path}?{query}" if query else path, headers=named)

    def whole(self, path: str, query: str = "") -> Json:
        response = self.get(path, query)
        assert response.status_code == 200, response.get_data(as_text=True)[:500]
        return exact(response)

    def data(self, path: str, query: str = "") -> Json:
        return self.whole(path, query)["data"]

    def refusal(self, path: str, query: str = "", *, method: str = "GET", **more: Any) -> Refusal:
        response = self.client.open(f"{path}?{query}" if query else path, method=method, **more)
        return refusal_of(response)

    def all_rows(self, query: str) -> list[dict[str, Json]]:
        """Every row of a view, page by page."""
        rows: list[dict[str, Json]] = []
        page = 1
        while True:
            paging = urlencode({"page": page, "per_page": 1000})
            data = self.data("/api/job-spends", f"{query}&{paging}")
            rows += data["job_spends"]
            if page >= data["pagination"]["pages"]:
                return rows
            page += 1


def refusal_of(response: TestResponse) -> Refusal:
    """The error of an answer, which must have the one shape of errors."""
    assert response.content_type == "application/json"
    body = exact(response)
    assert set(body) == {"success", "error", "meta"}
    assert body["success"] is False
    assert set(body["error"]) == {"code", "message", "details"}
    for each in body["error"]["details"]:
        assert set(each) == {"field", "problem"}
    fields = tuple(each["field"] for each in body["error"]["details"])
    return Refusal(response.status_code, body["error"]["code"], body["error"]["message"], fields)


IDS = {
    "job": "865057131580913",
    "workspace": "7032981465520871",
    "cluster": "1117-032823-278f0af1",
    "name": "nightly_load",
}


def described_api(folder: Path) -> Api:
    """An API that has the ids of the examples in its description, so that they find something."""
    publish(
        folder,
        record("2026-11-20", "314060377583638", **IDS),
        record("2026-11-19", "serverless", cluster=None, ec2=None, name=None),
        record("2026-11-19", "corrected", ec2="-3", databricks=None),
        *(record(f"2026-11-{n:02}", str(n), **IDS) for n in range(1, 19)),
    )
    AlertRows(make_store("", folder)).put("", _incident(), seen=None)
    return Api(
        app_of(
            folder,
            today=SHARED_TODAY,
            cache_url="simple",
            cache_seconds=300,
            requests_per_minute=0,
            files_per_minute=0,
        )
    )


def _incident() -> Incident:
    """A run of the examples' job at three times its normal."""
    run_days = [
        RunDay(
            SHARED_TODAY - timedelta(days=age),
            IDS["workspace"],
            IDS["job"],
            str(age),
            IDS["name"],
            Decimal(10),
            Decimal(20) if age else Decimal(90),
            0,
        )
        for age in range(9, -1, -1)
    ]
    config = AlertConfig(threshold_amount=None, threshold_percentage=Decimal(100))
    found = alerts(observe(run_days, SHARED_TODAY), config, SHARED_TODAY)
    return opened(found[0].rule, found, datetime.combine(SHARED_TODAY, time(12), UTC))
