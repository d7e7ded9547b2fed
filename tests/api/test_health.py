import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from databricks_side import copy_of, settings_of
from flask import Flask
from flask.testing import FlaskClient
from loopback.server import Loopback, loopback_warehouse
from page_driver import MakePage, Page, app_of
from ports import free_port
from shared_figures import SHARED_TODAY
from spend_records import record
from werkzeug.test import TestResponse

from dbspend360.app import create_app


def test_a_healthy_app_says_what_it_can_see(page: MakePage) -> None:
    answer = page(record("2026-03-02")).client.get("/healthz")
    assert answer.get_json() == {
        "status": "ok",
        "warehouse": "ok",
        "records": 1,
        "last_date": "2026-03-02",
    }


def test_no_records_are_healthy_too(page: MakePage) -> None:
    answer = page().client.get("/healthz").get_json()
    assert (answer["records"], answer["last_date"]) == (0, None)


def test_the_process_is_alive_without_a_warehouse(tmp_path: Path) -> None:
    answer = Page(app_of(tmp_path / "data")).client.get("/healthz")
    assert answer.status_code == 200
    assert answer.get_json()["warehouse"] == "unavailable"
    assert "dbspend360 import" in answer.get_json()["reason"]


# Ready


def parts(answer: TestResponse) -> dict[str, str]:
    return {name: each["state"] for name, each in answer.get_json().items() if name != "status"}


def test_a_ready_app_says_the_state_of_each_part(page: MakePage) -> None:
    answer = page(record(), cache_seconds=60, cache_url="file").client.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "ready",
        "warehouse": {"state": "ok"},
        "store": {"state": "ok"},
        "cache": {"state": "ok"},
    }


def test_without_data_it_is_not_ready(tmp_path: Path) -> None:
    answer = Page(app_of(tmp_path / "data")).client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["status"] == "not ready"
    assert "dbspend360 import" in answer.get_json()["warehouse"]["reason"]
    assert parts(answer) == {"warehouse": "unavailable", "store": "ok", "cache": "off"}


def test_without_its_store_it_is_not_ready(page: MakePage) -> None:
    state_url = f"postgresql://ada:s3cret@127.0.0.1:{free_port()}/none"
    answer = page(record(), state_url=state_url).client.get("/readyz")
    assert (answer.status_code, parts(answer)["store"]) == (503, "unavailable")
    assert "s3cret" not in answer.get_data(as_text=True)


def test_without_its_cache_it_is_ready_and_says_so(page: MakePage) -> None:
    cache_url = f"redis://:s3cret@127.0.0.1:{free_port()}/0"
    visitor = page(record(), cache_url=cache_url, cache_seconds=60)
    answer = visitor.client.get("/readyz")
    assert (answer.status_code, parts(answer)["cache"]) == (200, "unavailable")
    assert "s3cret" not in answer.get_data(as_text=True)
    assert visitor.client.get("/api/summary").status_code == 200


# A Databricks warehouse that may sleep


@pytest.fixture
def loopback(shared_folder: Path) -> Iterator[Loopback]:
    with loopback_warehouse() as warehouse:
        copy_of(warehouse, shared_folder)
        yield warehouse


@pytest.fixture
def far(loopback: Loopback, tmp_path: Path) -> Iterator[FlaskClient]:
    """An app on Databricks that nobody has used yet."""
    server = create_app(settings_of(loopback, data_dir=tmp_path), today=lambda: SHARED_TODAY)
    server.test_client().get("/healthz")
    forget_visits(server)
    yield server.test_client()
    server.extensions["dbspend360"].close()


def forget_visits(server: Flask) -> None:
    """As after five minutes without anybody."""
    server.extensions["dbspend360.visits"].forget()


@pytest.mark.parametrize("address", ["/readyz", "/healthz", "/metrics"])
def test_whoever_only_watches_wakes_no_warehouse(
    far: FlaskClient, loopback: Loopback, address: str
) -> None:
    for _ in range(3):
        assert far.get(address).status_code == 200
    assert loopback.service.statements == []


def test_while_it_is_used_the_warehouse_is_asked(far: FlaskClient, loopback: Loopback) -> None:
    loopback.engine.execute("SELECT 1")
    assert parts(far.get("/readyz"))["warehouse"] == "idle"
    assert far.get("/api/summary").status_code == 200
    time.sleep(1.1)
    assert parts(far.get("/readyz"))["warehouse"] == "ok"
    assert far.get("/healthz").get_json()["records"] == 10_460
    forget_visits(far.application)
    assert far.get("/healthz").get_json() == {
        "status": "ok",
        "warehouse": "idle",
        "records": 10_460,
        "last_date": "2026-11-20",
    }


def test_a_dead_warehouse_is_not_ready(far: FlaskClient, loopback: Loopback) -> None:
    far.get("/api/summary")
    loopback.stop()
    answer = far.get("/readyz")
    assert (answer.status_code, parts(answer)["warehouse"]) == (503, "unavailable")
    assert far.get("/healthz").status_code == 200
