"""The page `/check`: every step, what mends it, and nothing that a name could smuggle in."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from databricks_side import copy_of, settings_of
from flask import Flask
from loopback.server import Loopback, loopback_warehouse
from markupsafe import Markup
from page_driver import app_of

from dbspend360.app import create_app
from dbspend360.dashboard import check
from dbspend360.models.finding import Finding
from dbspend360.services.checkup import findings

SPENDS = "pritam_demo.dbcost360.databricks_job_spends"


@pytest.fixture(scope="module")
def loopback(shared_folder: Path) -> Iterator[Loopback]:
    with loopback_warehouse() as warehouse:
        copy_of(warehouse, shared_folder)
        yield warehouse


def page_of(steps: check.Findings) -> Flask:
    server = Flask("test")
    check.register(server, steps, Markup(""))
    return server


def test_it_says_what_the_command_says(loopback: Loopback, tmp_path: Path) -> None:
    settings = settings_of(loopback, data_dir=tmp_path)
    loopback.engine.deny("SELECT", SPENDS)
    server = create_app(settings)
    text = server.test_client().get("/check").text
    said = [each.what for each in findings(settings)]
    loopback.engine.allow_all()
    server.extensions["dbspend360"].close()
    assert re.findall(r'"check__what">([^<]+)<', text) == said
    assert f"GRANT SELECT ON TABLE {SPENDS} TO `duckdb`;" in text
    assert "2 things to mend." in text
    assert loopback.token not in text
    assert loopback.open_sessions == 0


def test_embedded_it_looks_at_the_folder(shared_folder: Path) -> None:
    visitor = app_of(shared_folder).test_client()
    visitor.get("/healthz")  # the page has the file open while the check opens it too
    text = visitor.get("/check").text
    assert "10,460" in text
    assert "Everything is in order." in text


def test_a_folder_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    text = app_of(tmp_path / "none").test_client().get("/check").text
    assert "holds no data: run `dbspend360 demo`" in text
    assert "1 thing to mend." in text
    assert text.rstrip().endswith("</html>")


def test_each_line_is_sent_as_soon_as_it_is_known() -> None:
    go_on = threading.Event()

    def steps() -> Iterator[Finding]:
        yield Finding("First", "done")
        assert go_on.wait(10)
        yield Finding("Second", "done")

    answer = page_of(steps).test_client().get("/check", headers={"Accept-Encoding": "gzip, br"})
    sent = answer.iter_encoded()
    assert b"<title>" in next(sent)
    assert b"First" in next(sent)
    go_on.set()
    assert b"Second" in b"".join(sent)


def test_of_two_who_check_at_once_one_is_asked_to_wait() -> None:
    def steps() -> Iterator[Finding]:
        yield Finding("First", "done")

    server = page_of(steps)
    first = server.test_client().get("/check").iter_encoded()
    next(first)
    next(first)
    assert "Somebody else is checking" in server.test_client().get("/check").text
    assert b"in order" in b"".join(first)
    assert "in order" in server.test_client().get("/check").text


def test_who_leaves_early_gives_the_turn_back() -> None:
    def steps() -> Iterator[Finding]:
        yield Finding("First", "done")

    server = page_of(steps)
    answer = server.test_client().get("/check")
    next(answer.iter_encoded())
    answer.close()
    server.test_client().head("/check")
    assert "in order" in server.test_client().get("/check").text


def test_a_name_is_never_markup() -> None:
    said = check.row(Finding("<b>", "<script>alert(1)</script>", "GRANT `</pre><img>`;"))
    assert "<script>" not in said
    assert "<img>" not in said
    assert "&lt;b&gt;" in said
