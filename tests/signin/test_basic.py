"""Signing in with a name and a password, through the whole app."""

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from page_driver import app_of
from signin_driver import PASSWORD, sign_in, submitted
from spend_records import publish, record
from werkzeug.test import TestResponse

from dbspend360.models.person import Role
from dbspend360.services.people import People
from dbspend360.signin.login import WRONG, safe_next
from dbspend360.signin.routes import OPEN

SECRET = "s" * 40

Sign = Callable[..., FlaskClient]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path, record(name="a secret job"))
    people = People(tmp_path / "users.json")
    people.add("dana@example.com", Role.ADMIN, PASSWORD)
    people.add("vic", Role.VIEWER, PASSWORD)
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Flask:
    return app_of(folder, auth="basic", secret_key=SECRET)


@pytest.fixture
def sign(server: Flask) -> Sign:
    def in_(name: str = "vic", password: str = PASSWORD, **more: str) -> FlaskClient:
        client = server.test_client()
        sign_in(client, name, password, **more)
        return client

    return in_


def test_a_stranger_is_led_to_the_login_and_back(server: Flask) -> None:
    client = server.test_client()
    answer = client.get("/alerts?incident=x&y=%20z")
    assert answer.status_code == 303
    assert answer.location == "/login?next=%2Falerts%3Fincident%3Dx%26y%3D%2520z"
    page = client.get(answer.location)
    assert 'name="next" value="/alerts?incident=x&amp;y=%20z"' in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_a_program_is_told_in_json(server: Flask) -> None:
    client = server.test_client()
    for address in ("/api/summary", "/_dash-layout", "/alerts/_dash-dependencies"):
        answer = client.get(address)
        assert answer.status_code == 401
        assert answer.get_json()["error"]["code"] == "login_needed"
        assert "secret job" not in answer.text


def test_what_is_open_is_open(server: Flask) -> None:
    client = server.test_client()
    plain = {rule for rule in OPEN if "<" not in rule} - {"/logout"}
    for address in {"/healthz", "/readyz", "/metrics", "/assets/page.css", "/login"} | plain:
        with client.get(address) as answer:
            assert answer.status_code == 200 or address in ("/signed-in", "/login/oidc"), address


def test_whoever_signs_in_gets_where_they_wanted_to(server: Flask, sign: Sign) -> None:
    client = sign(next="/reports?x=1")
    assert client.get("/reports").status_code == 200
    assert "vic" in client.get("/_dash-layout").text
    assert client.get("/api/summary").status_code == 200


def test_a_wrong_password_tells_nothing(server: Flask) -> None:
    client = server.test_client()
    pages = [sign_in(client, name, "wrong wrong wrong") for name in ("vic", "nobody")]
    assert [each.status_code for each in pages] == [401, 401]
    assert all(WRONG in each.text for each in pages)
    assert pages[0].text.replace('"vic"', '"nobody"') == pages[1].text
    assert client.get("/").status_code == 303


def cookie_of(answer: TestResponse, name: str = "dbspend360") -> str:
    cookies = answer.headers.getlist("Set-Cookie")
    return next(each for each in cookies if each.startswith(f"{name}="))


def test_the_cookie_is_for_the_server_alone(server: Flask) -> None:
    cookie = cookie_of(sign_in(server.test_client(), "vic"))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    secure = sign_in(server.test_client(), "vic", base_url="https://localhost")
    assert "Secure" in cookie_of(secure)


def test_behind_tls_no_other_host_can_set_the_cookie(folder: Path) -> None:
    public = "https://spend.example.com"
    server = app_of(folder, auth="basic", secret_key=SECRET, public_url=public)
    answer = sign_in(server.test_client(), "vic", base_url="https://localhost")
    cookie = cookie_of(answer, "__Host-dbspend360")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_signing_out_forgets_who_it_was(sign: Sign) -> None:
    client = sign()
    assert client.get("/logout").location == "/"  # no picture signs anybody out
    assert client.get("/").status_code == 200
    assert "/login?out=1" in (submitted(client, "/logout").location or "")
    assert client.get("/").status_code == 303


def test_another_password_or_a_removal_ends_it_at_once(folder: Path, sign: Sign) -> None:
    people = People(folder / "users.json")
    client = sign()
    people.set_password("vic", "another horse battery")
    assert client.get("/").status_code == 303
    client = sign(password="another horse battery")
    assert client.get("/").status_code == 200
    people.remove("vic")
    assert client.get("/").status_code == 303
    people.add("vic", Role.VIEWER, PASSWORD)  # somebody else of that name
    assert client.get("/").status_code == 303


def test_another_role_counts_at_once(folder: Path, sign: Sign) -> None:
    client = sign()
    assert client.get("/check").status_code == 403
    People(folder / "users.json").set_role("vic", Role.ADMIN)
    with client.get("/check") as answer:
        assert answer.status_code == 200
    People(folder / "users.json").set_role("vic", Role.VIEWER)
    assert client.get("/check").status_code == 403


def test_a_forged_or_foreign_cookie_is_nobodys(folder: Path, server: Flask, sign: Sign) -> None:
    client = sign()
    cookie = client.get_cookie("dbspend360")
    assert cookie
    other = app_of(folder, auth="basic", secret_key="t" * 40)
    for value in (cookie.value[:-2] + "xx", "", "x.y.z", "\x7f", cookie.value + "."):
        stranger = server.test_client()
        stranger.set_cookie("dbspend360", value)
        assert stranger.get("/api/summary").status_code == 401
    stranger = other.test_client()
    stranger.set_cookie("dbspend360", cookie.value)
    assert stranger.get("/api/summary").status_code == 401


def test_a_file_of_people_that_cannot_be_read_is_said_and_lets_nobody_in(
    folder: Path, sign: Sign
) -> None:
    client = sign()
    (folder / "users.json").write_text("garbage")
    answer = client.get("/api/summary")
    assert answer.status_code == 503
    assert "cannot be read" in answer.get_json()["error"]["message"]
    page = client.get("/")
    assert page.status_code == 503
    assert "users.json" in page.text
    assert client.get("/healthz").status_code == 200


def test_a_session_lasts_as_long_as_it_was_said_to(folder: Path) -> None:
    server = app_of(folder, auth="basic", secret_key=SECRET, session_hours=3)
    assert "Expires=" in cookie_of(sign_in(server.test_client(), "vic"))
    assert server.permanent_session_lifetime.total_seconds() == 3 * 3600


@pytest.mark.parametrize(
    ("seconds", "status"),
    [
        (30, 200),  # another server's clock is ahead
        (3600, 303),  # the clock was set back by an hour
        (-3 * 3600 + 30, 200),
        (-3 * 3600 - 1, 303),
    ],
)
def test_a_session_counts_from_when_it_was_signed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, seconds: int, status: int
) -> None:
    server = app_of(folder, auth="basic", secret_key=SECRET, session_hours=3)
    client = server.test_client()
    with monkeypatch.context() as clock:
        clock.setattr(TimestampSigner, "get_timestamp", lambda _: int(time.time()) + seconds)
        sign_in(client, "vic")
    cookie = client.get_cookie("dbspend360")
    assert cookie
    client.set_cookie("dbspend360", cookie.value)  # a browser that never lets one go
    assert client.get("/").status_code == status


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "evil",
        "",
        "/" + "a" * 9000,
        "/login?next=/",
        "/logout",
        "///evil.example",
        "http:/evil",
    ],
)
def test_no_link_leads_from_the_login_to_somewhere_else(server: Flask, where: str) -> None:
    assert safe_next(where) == "/"
    client = server.test_client()
    assert sign_in(client, "vic", next=where).location == "/"
    page = client.get(f"/login?next={quote(where, safe='')}").text
    assert 'name="next" value="/"' in page


@pytest.mark.parametrize("where", ["/", "/?preset=today", "/alerts?incident=a%2Fb", "/x?y=ä"])
def test_paths_of_ours_are_kept(where: str) -> None:
    assert safe_next(where) == where


def test_a_hostile_name_is_only_shown(server: Flask) -> None:
    name = '"><script>alert(1)</script>'
    page = sign_in(server.test_client(), name, "x")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text
