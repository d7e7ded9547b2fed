"""Whoever has not signed in gets nothing but what is meant for them."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from page_driver import app_of
from spend_records import publish, record

from dbspend360.signin.routes import NEEDED, OPEN

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
SECRET = ("nightly_load", "card-total-spend", "spend-grid", "dash_version", "python", "werkzeug")
KINDS = ("application/json", "application/x-www-form-urlencoded")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """With a sign-in that knows nobody."""
    folder = tmp_path_factory.mktemp("scan") / "data"
    publish(folder, record())
    found = app_of(folder, ways=[], auth="basic", requests_per_minute=0, files_per_minute=0)
    found.test_client_class = FlaskClient
    return found


def rules_of(server: Flask) -> list[str]:
    return sorted({each.rule for each in server.url_map.iter_rules()})


def address_of(rule: str) -> str:
    return re.sub("<[^>]*>", "x", rule)


def test_each_address_stands_in_the_list_once_and_the_list_names_no_other(
    server: Flask, tmp_path: Path
) -> None:
    by_provider = app_of(
        tmp_path,
        auth="oidc",
        oidc_issuer="https://login.example.com",
        oidc_client_id="x",
        oidc_client_secret="x",
    )
    there = set(rules_of(server)) | set(rules_of(by_provider))
    assert not OPEN & set(NEEDED)
    assert there - OPEN - set(NEEDED) == set()
    assert (OPEN | set(NEEDED)) - there == set()


@pytest.mark.parametrize("method", METHODS)
def test_no_address_that_is_not_open_answers_a_stranger(server: Flask, method: str) -> None:
    client = server.test_client()
    for rule in rules_of(server):
        if rule in OPEN:
            continue
        for kind in KINDS:
            answer = client.open(address_of(rule), method=method, data="{}", content_type=kind)
            body = answer.get_data(as_text=True).lower()
            assert answer.status_code in (302, 303, 401), (method, rule, answer.status_code)
            assert [each for each in SECRET if each in body] == [], (method, rule)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/x/y", "/api/x", "/.env", "//", "/alerts/x", "/healthz/x"])
def test_a_stranger_does_not_learn_which_addresses_there_are(
    server: Flask, path: str, method: str
) -> None:
    assert server.test_client().open(path, method=method).status_code in (302, 303, 308, 401)


def test_what_is_open_answers_a_stranger_and_tells_nothing(server: Flask) -> None:
    client = server.test_client()
    for rule in sorted(OPEN):
        answer = client.get(address_of(rule))
        body = answer.get_data().decode("utf-8", "replace").lower()  # an icon is no text
        assert answer.status_code in (200, 302, 303, 403, 404, 503), (rule, answer.status_code)
        assert [each for each in SECRET if each in body and "suites" not in rule] == [], rule
        answer.close()


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../pyproject.toml",
        "/assets/%2e%2e/pyproject.toml",
        "/assets/..%2fpyproject.toml",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/_dash-component-suites/dash/../dash.py",
        "/_dash-component-suites/dash/%2e%2e/dash.py",
        "/_dash-component-suites/dash/dash.py",
        "/_dash-component-suites/os/os.py",
        "/alerts/assets/..%5c..%5cpyproject.toml",
        "/healthz/../check",
        "/assets/../check",
    ],
)
def test_no_way_leads_around_the_gate_through_what_is_open(server: Flask, path: str) -> None:
    answer = server.test_client().get(path)
    assert answer.status_code in (302, 303, 308, 401, 404)
    assert "import" not in answer.get_data(as_text=True)
