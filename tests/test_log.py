"""The id of a request, from the proxy to the line of the log and the warehouse."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from databricks_side import copy_of, settings_of
from loopback.server import Loopback, loopback_warehouse
from page_driver import MakePage, Page
from shared_figures import SHARED_TODAY
from spend_records import record

from dbspend360.app import create_app
from dbspend360.log import JsonLines, TextLines, begin_request
from dbspend360.models.answer import Answer
from dbspend360.settings import Settings
from dbspend360.warehouse.base import Question, Rows, Warehouse

ID = "proxy-4711.a_b"


def test_the_id_of_the_proxy_is_kept(page: MakePage) -> None:
    answer = page(record()).client.get("/api/summary", headers={"X-Request-ID": ID})
    assert answer.headers["X-Request-ID"] == ID


@pytest.mark.parametrize("odd", ["", "a b", "x" * 65, "-", "é", "a\tb", '"}', "../x"])
def test_an_odd_id_is_replaced(page: MakePage, odd: str) -> None:
    answer = page(record()).client.get("/api/summary", headers={"X-Request-ID": odd})
    assert len(answer.headers["X-Request-ID"]) == 32
    assert answer.headers["X-Request-ID"].isalnum()


def test_two_requests_have_two_ids(page: MakePage) -> None:
    visitor = page(record())
    found = {visitor.client.get("/healthz").headers["X-Request-ID"] for _ in range(5)}
    assert len(found) == 5


def test_an_error_says_its_id(page: MakePage) -> None:
    visitor = page(record())
    refused = visitor.client.get("/api/nothing", headers={"X-Request-ID": ID})
    assert refused.get_json()["meta"]["request_id"] == ID
    lost = visitor.client.get("/export/nothing.csv/at/all", headers={"X-Request-ID": ID})
    assert (lost.status_code, lost.headers["X-Request-ID"]) == (200, ID)  # the page's own address


class Broken(Warehouse):
    def query(self, question: Question, values: object) -> Answer[Rows]:
        raise RuntimeError("a mistake of ours, with secret words")


def test_the_page_of_an_error_says_its_id_and_nothing_else(tmp_path: Path) -> None:
    server = create_app(settings_free(tmp_path), Broken())
    answer = server.test_client().get("/export/job-spends.csv", headers={"X-Request-ID": ID})
    words = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert f"Request {ID}, 500" in words
    assert "secret words" not in words
    assert "Traceback" not in words


def settings_free(folder: Path) -> Settings:
    return Settings(data_dir=folder, cache_seconds=0)


def test_every_request_is_a_line_with_its_route_and_not_its_words(
    page: MakePage, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = page(record())
    with caplog.at_level(logging.INFO, logger="dbspend360.requests"):
        caplog.clear()
        visitor.client.get("/api/summary?job_name=secret-project")
        visitor.client.get("/healthz")
    [line] = [each for each in caplog.records if each.name == "dbspend360.requests"]
    assert (vars(line)["route"], vars(line)["status"]) == ("/api/summary", 200)
    assert "secret-project" not in line.getMessage()


def _line(formatter: logging.Formatter) -> str:
    given = ("dbspend360.x", logging.WARNING, __file__, 1, 'said "%s"\nand more', ("a",), None)
    return formatter.format(logging.LogRecord(*given))


def test_a_line_for_machines_is_one_object(monkeypatch: pytest.MonkeyPatch) -> None:
    begin_request(ID)
    found = json.loads(_line(JsonLines()))
    assert found.pop("time").endswith("+00:00")
    assert found == {
        "level": "WARNING",
        "logger": "dbspend360.x",
        "message": 'said "a"\nand more',
        "request_id": ID,
    }
    assert _line(TextLines()).endswith(f"request={ID}")


def test_the_whole_process_writes_json_when_told_to(tmp_path: Path) -> None:
    script = (
        "import logging, logging.config; from dbspend360.log import json_log;"
        "logging.config.dictConfig(json_log('INFO'));"
        "logging.getLogger('gunicorn.error').info('up');"
        "logging.getLogger('dbspend360.questions').info('asked', extra={'rows': 3});"
        "logging.getLogger('anybody').warning('else')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    lines = [json.loads(each) for each in done.stderr.splitlines()]
    assert [each["message"] for each in lines] == ["up", "asked", "else"]
    assert lines[1]["rows"] == 3


@pytest.fixture
def loopback(shared_folder: Path) -> Iterator[Loopback]:
    with loopback_warehouse() as warehouse:
        copy_of(warehouse, shared_folder)
        yield warehouse


@pytest.mark.parametrize("address", ["/api/summary", "/export/job-spends.csv?group_by=job"])
def test_the_id_arrives_in_the_tags_of_the_query_history(
    loopback: Loopback, tmp_path: Path, address: str
) -> None:
    server = create_app(settings_of(loopback, data_dir=tmp_path), today=lambda: SHARED_TODAY)
    assert server.test_client().get(address, headers={"X-Request-ID": ID}).get_data()
    tags = [each.tags for each in loopback.service.statements if "SELECT" in each.text]
    assert tags
    assert {f"request_id:{ID}" in each for each in tags} == {True}
    assert all("app:dbspend360" in each and "question:" in each for each in tags)
    server.extensions["dbspend360"].close()


def test_no_tags_are_sent_when_told_so(loopback: Loopback, tmp_path: Path) -> None:
    settings = settings_of(loopback, data_dir=tmp_path, query_tags=False)
    server = create_app(settings, today=lambda: SHARED_TODAY)
    Page(server).cards()
    assert {each.tags for each in loopback.service.statements} == {""}
    server.extensions["dbspend360"].close()
