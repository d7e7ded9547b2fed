"""No foreign page changes anything in the name of whoever is signed in."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from page_driver import app_of
from spend_records import publish, record
from werkzeug.test import TestResponse

from dbspend360.models.person import Person, Role
from dbspend360.signin.csrf import COOKIE, FIELD, HEADER, csrf_field

RULES = "/api/alerts/config"
PAGES = ("/", "/alerts", "/reports")
FORM = "application/x-www-form-urlencoded"


def whoever_says() -> Person | None:
    """Stands for a session: a cookie that names somebody."""
    name = request.cookies.get("who") or request.headers.get("Authorization", "")[7:]
    return Person(name, Role.ADMIN) if name else None


@pytest.fixture
def server(tmp_path: Path) -> Flask:
    publish(tmp_path / "data", record())
    return without_scripts(app_of(tmp_path / "data", ways=[whoever_says]))


def without_scripts(server: Flask) -> Flask:
    """Its visitors send nothing by themselves but cookies."""
    server.test_client_class = FlaskClient
    return server


@pytest.fixture
def ada(server: Flask) -> FlaskClient:
    return visitor(server, "ada")


def visitor(server: Flask, name: str) -> FlaskClient:
    client = server.test_client()
    client.set_cookie("who", name)
    return client


def token_of(client: FlaskClient) -> str:
    cookie = client.get_cookie(COOKIE)
    return cookie.value if cookie else ""


def saved(client: FlaskClient, **headers: str) -> TestResponse:
    """Save a rule."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    before = client.get(RULES, headers={k: v for k, v in named.items() if k == "Authorization"})
    body = {"threshold_amount": 100, "updated_at": before.get_json()["data"]["updated_at"]}
    return client.put(RULES, json=body, headers=named)


def code_of(response: TestResponse) -> tuple[int, Any]:
    return response.status_code, response.get_json()["error"]["code"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_gives_the_token_and_with_it_a_change_is_heard(ada: FlaskClient, page: str) -> None:
    given = ada.get(page).headers.getlist("Set-Cookie")
    assert [each for each in given if each.startswith(COOKIE)] == [
        f"{COOKIE}={token_of(ada)}; Path=/; SameSite=Lax"
    ]
    assert saved(ada, X_CSRFToken=token_of(ada)).status_code == 200


def test_by_tls_the_cookie_is_secure(ada: FlaskClient) -> None:
    ada.get("/", base_url="https://localhost")
    cookie = ada.get_cookie(COOKIE)
    assert cookie
    assert cookie.secure
    assert not cookie.http_only  # Dash's scripts read it


def test_a_page_that_is_opened_again_keeps_the_token_of_the_other_tab(ada: FlaskClient) -> None:
    ada.get("/")
    first = token_of(ada)
    for page in PAGES:
        assert "Set-Cookie" not in ada.get(page).headers
    assert token_of(ada) == first


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "address",
    [RULES, "/", "/alerts", "/nowhere", "/_dash-update-component", "/api/reports/schedule?x=1"],
)
def test_without_it_nothing_is_changed_anywhere(
    ada: FlaskClient, address: str, method: str
) -> None:
    ada.get("/")
    refused = ada.open(address, method=method, json={})
    assert code_of(refused) == (403, "csrf")
    assert refused.get_json()["error"]["message"] == "Reload the page and try again."


@pytest.mark.parametrize("sent", ["", "x", "x.y", "\xff", "a" * 4000])
def test_a_forged_token_does_not_do(ada: FlaskClient, sent: str) -> None:
    ada.get("/")
    assert code_of(saved(ada, X_CSRFToken=sent)) == (403, "csrf")
    ada.set_cookie(COOKIE, sent)  # as another name of the same domain may do
    assert code_of(saved(ada, X_CSRFToken=sent)) == (403, "csrf")


def test_the_token_of_somebody_else_does_not_do(server: Flask, ada: FlaskClient) -> None:
    eve = visitor(server, "eve")
    eve.get("/")
    ada.set_cookie(COOKIE, token_of(eve))
    assert code_of(saved(ada, X_CSRFToken=token_of(eve))) == (403, "csrf")


def test_header_and_cookie_must_be_the_same(ada: FlaskClient) -> None:
    ada.get("/")
    first = token_of(ada)
    ada.delete_cookie(COOKIE)
    ada.get("/")
    assert token_of(ada) != first
    assert code_of(saved(ada, X_CSRFToken=first)) == (403, "csrf")


def test_who_signs_in_as_another_gets_another_token(ada: FlaskClient) -> None:
    ada.get("/")
    first = token_of(ada)
    ada.set_cookie("who", "bob")
    old = saved(ada, X_CSRFToken=first)  # a tab that was left open
    assert code_of(old) == (403, "csrf")
    assert token_of(ada) != first  # the refusal brings it, so that the tab may try again
    assert saved(ada, X_CSRFToken=token_of(ada)).status_code == 200


def test_a_program_with_a_token_of_its_own_needs_none(server: Flask) -> None:
    assert saved(server.test_client(), Authorization="Bearer ada").status_code == 200


def test_a_program_without_anything_of_a_browser_needs_none(tmp_path: Path) -> None:
    publish(tmp_path / "data", record())
    client = without_scripts(app_of(tmp_path / "data")).test_client()
    assert saved(client).status_code == 200
    assert client.delete("/api/reports/schedule?schedule_id=x").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Mode": "cors"},
        {"Cookie": "other=1"},
    ],
)
def test_what_may_be_a_browser_is_no_program(tmp_path: Path, headers: dict[str, str]) -> None:
    publish(tmp_path / "data", record())
    client = without_scripts(app_of(tmp_path / "data")).test_client(use_cookies=False)
    assert code_of(client.put(RULES, json={}, headers=headers)) == (403, "csrf")


@pytest.mark.parametrize("kind", [FORM, "multipart/form-data", "text/plain"])
def test_a_form_is_no_program(tmp_path: Path, kind: str) -> None:
    publish(tmp_path / "data", record())
    client = without_scripts(app_of(tmp_path / "data")).test_client()
    assert client.post(RULES, data=b"", content_type=kind).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_foreign_page_does_nothing_even_with_the_token(
    ada: FlaskClient, headers: dict[str, str]
) -> None:
    ada.get("/")
    refused = saved(ada, X_CSRFToken=token_of(ada), **headers)
    assert code_of(refused) == (403, "csrf")
    ada.delete_cookie(COOKIE)
    assert "Set-Cookie" not in saved(ada, **headers).headers


def test_a_plain_form_sends_it_in_a_field(server: Flask, ada: FlaskClient) -> None:
    server.view_functions["check"] = lambda: f"<form>{csrf_field()}</form>"
    server.view_functions["api.sendNow"] = lambda: request.form["what"]
    form = ada.get("/check").get_data(as_text=True)
    assert f'name="{FIELD}" value="{token_of(ada)}"' in form
    sent = ada.post("/api/reports/deliveries", data={"what": "it", FIELD: token_of(ada)})
    assert (sent.status_code, sent.get_data(as_text=True)) == (200, "it")
    assert f'value="{token_of(ada)}"' in ada.get("/check").get_data(as_text=True)
    refused = ada.post("/check", data={"what": "it"})
    assert (refused.status_code, refused.mimetype) == (403, "text/html")
    assert "Reload the page and try again." in refused.get_data(as_text=True)


def test_dash_sends_what_we_look_for(ada: FlaskClient) -> None:
    page = ada.get("/").get_data(as_text=True)
    assert f'"csrf_token_name":"{COOKIE}"' in page
    assert f'"csrf_header_name":"{HEADER}"' in page
