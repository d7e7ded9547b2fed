"""Thousands of requests that nobody means well with: no crash, nothing lost, nothing of others."""

from collections import Counter
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from odd_requests import Asks, asked_by_scripts, odd_requests
from page_driver import app_of
from spend_records import publish, record

from dbspend360.models.person import Person, Role

MANY = 10_000
PAGES = ("", "/alerts", "/reports")
SECRET_JOB = "only_for_bob"


def whoever_says() -> Person | None:
    name = request.headers.get("X-Who", "mallory")
    return Person(name, Role.ADMIN) if name else None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("flood") / "data"
    publish(folder, record(), record(run="2", name="100%_o'brien"))
    unlimited: dict[str, Any] = {"requests_per_minute": 0, "files_per_minute": 0}
    found = app_of(folder, ways=[whoever_says], cache_url="simple", cache_seconds=300, **unlimited)
    found.test_client_class = FlaskClient
    return found


@pytest.fixture(scope="module")
def asks(server: Flask) -> Asks:
    client = server.test_client()
    return {
        page: asked_by_scripts(client.get(f"{page}/_dash-dependencies").get_json())
        for page in PAGES
    }


def test_ten_thousand_odd_requests_crash_nothing_and_lose_nothing(
    server: Flask, asks: Asks
) -> None:
    client = server.test_client(use_cookies=False)
    bob = {"X-Who": "bob"}
    kept = client.put(
        "/api/alerts/config",
        json={"job_name": SECRET_JOB, "threshold_amount": 4321, "updated_at": None},
        headers=bob,
    )
    assert kept.status_code == 200, kept.get_data(as_text=True)
    before = client.get("/api/alerts/config", headers=bob).get_json()["data"]
    rules = sorted(each.rule for each in server.url_map.iter_rules())
    seen: Counter[int] = Counter()
    wrong: list[str] = []
    for asked in odd_requests(rules, asks, MANY):
        with client.open(**asked) as answer:
            body = answer.get_data()
        seen[answer.status_code] += 1
        if answer.status_code >= 500 or SECRET_JOB.encode() in body or b"Traceback" in body:
            wrong.append(f"{answer.status_code} {str(asked)[:400]} {body[:200]!r}")
    assert wrong == []
    assert client.get("/api/alerts/config", headers=bob).get_json()["data"] == before
    assert seen[200] > MANY / 20  # most of them came through to the callbacks, as they should
    assert seen[400] > MANY / 20
