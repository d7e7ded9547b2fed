"""Signing in at an identity provider: a real one, by the way a browser goes."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from oidc_provider import IdentityProvider, begun, identity_provider, signed_in
from page_driver import app_of
from signin_driver import PASSWORD, sign_in, submitted
from spend_records import publish, record
from werkzeug.serving import make_server

from dbspend360.errors import BadSettings
from dbspend360.models.person import Role
from dbspend360.services.people import People

SECRET = "s" * 40


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with identity_provider("--require-nonce", "true") as found:
        found.know("dana", {"email": "Dana@example.com", "groups": ["staff", "platform"]})
        found.know("eve", {"email": "eve@example.com", "email_verified": False})
        found.know("vic", {"email": "vic@example.com", "groups": "staff, other"})
        found.know("nomail", {"groups": []})
        yield found


def app(folder: Path, issuer: str, **settings: Any) -> Flask:
    publish(folder, record())
    usual: dict[str, Any] = {
        "oidc_issuer": issuer,
        "oidc_client_id": "dbspend360",
        "oidc_client_secret": "not for the log",
        "admins": "group:platform",
    }
    return app_of(folder, auth="oidc", secret_key=SECRET, **{**usual, **settings})


@pytest.fixture
def server(tmp_path: Path, provider: IdentityProvider) -> Flask:
    return app(tmp_path, provider.address)


def test_somebody_is_led_there_and_back_to_what_they_wanted(
    server: Flask, provider: IdentityProvider
) -> None:
    client = server.test_client()
    wanted = client.get("/alerts?incident=a%2Fb").location
    assert wanted.startswith("/login?next=")
    answer = signed_in(client, provider, "vic", wanted.removeprefix("/login"))
    assert answer.status_code == 303
    assert answer.location == "/alerts?incident=a%2Fb"
    assert "vic@example.com" in client.get("/_dash-layout").text
    assert client.get("/check").status_code == 403


def test_the_way_there_is_proof_against_a_stolen_code(
    server: Flask, provider: IdentityProvider
) -> None:
    asked = parse_qs(urlsplit(begun(server.test_client())).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert min(len(asked["state"][0]), len(asked["nonce"][0])) >= 20
    assert asked["redirect_uri"] == ["http://localhost/signed-in"]


def test_groups_give_roles(server: Flask, provider: IdentityProvider) -> None:
    client = server.test_client()
    signed_in(client, provider, "dana")
    with client.get("/check") as answer:
        assert answer.status_code == 200
    assert "dana@example.com" in client.get("/_dash-layout").text


def test_whoever_is_in_hundreds_of_groups_comes_in(
    server: Flask, provider: IdentityProvider
) -> None:
    groups = [f"0123456789abcdef0123456789ab{number:04}" for number in range(400)]
    provider.know("many", {"email": "many@example.com", "groups": [*groups, "platform"]})
    client = server.test_client()
    answer = signed_in(client, provider, "many")
    assert max(map(len, answer.headers.getlist("Set-Cookie"))) < 4096
    with client.get("/check") as page:
        assert page.status_code == 200


def test_a_long_link_is_let_go_rather_than_the_sign_in(
    server: Flask, provider: IdentityProvider
) -> None:
    link = "/?job_name=" + "".join(chr(97 + number * 7 % 26) for number in range(5000))
    client = server.test_client()
    answer = client.get("/login/oidc", query_string={"next": link})
    assert max(map(len, answer.headers.getlist("Set-Cookie"))) < 4096
    assert client.get(provider.agrees(answer.location, "vic")).location == "/"


def test_a_cookie_of_another_way_to_sign_in_is_nobodys(
    tmp_path: Path, server: Flask, provider: IdentityProvider
) -> None:
    People(tmp_path / "users.json").add("dana@example.com", Role.ADMIN, PASSWORD)
    by_password = app_of(tmp_path, auth="basic", secret_key=SECRET).test_client()
    sign_in(by_password, "dana@example.com")
    cookie = by_password.get_cookie("dbspend360")
    assert cookie
    stranger = server.test_client()
    stranger.set_cookie("dbspend360", cookie.value)
    assert stranger.get("/api/summary").status_code == 401


def test_sign_ins_that_were_given_up_do_not_fill_the_cookie(
    server: Flask, provider: IdentityProvider
) -> None:
    client = server.test_client()
    for _ in range(30):
        answer = client.get("/login/oidc")
        assert max(map(len, answer.headers.getlist("Set-Cookie"))) < 2000
    assert client.get(provider.agrees(answer.location, "vic")).status_code == 303


@pytest.mark.parametrize("said", ['{"issuer": 5}', '{"issuer": null}', "[]", "null", "{", "{}"])
def test_a_provider_that_describes_itself_oddly_is_a_sentence(tmp_path: Path, said: str) -> None:
    odd = Flask("odd")
    odd.add_url_rule("/.well-known/openid-configuration", "odd", lambda: said)
    server = make_server("127.0.0.1", 0, odd)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        client = app(tmp_path, f"http://127.0.0.1:{server.server_port}").test_client()
        assert client.get("/login/oidc").status_code in (401, 503)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_after_signing_out_nobody_is_signed_in_again_by_itself(
    server: Flask, provider: IdentityProvider
) -> None:
    client = server.test_client()
    signed_in(client, provider, "vic")
    client.get("/alerts")
    answer = submitted(client, "/logout")
    page = client.get(answer.location)
    assert page.status_code == 200
    assert "You are signed out." in page.text
    assert "Sign in with 127.0.0.1" in page.text
    assert client.get("/api/summary").status_code == 401


@pytest.mark.parametrize(
    ("sub", "words"),
    [("eve", "has not verified your mail address"), ("nomail", "did not send your email")],
)
def test_whoever_is_not_surely_named_stays_out(
    server: Flask, provider: IdentityProvider, sub: str, words: str
) -> None:
    client = server.test_client()
    page = signed_in(client, provider, sub)
    assert page.status_code == 401
    assert words in page.text
    assert 'href="/login"' in page.text
    assert client.get("/api/summary").status_code == 401


def test_whoever_says_no_there_is_told_here(server: Flask, provider: IdentityProvider) -> None:
    client = server.test_client()
    back = provider.agrees(begun(client), "vic", action="deny")
    page = client.get(back)
    assert page.status_code == 401
    assert "did not let you in: access_denied" in page.text


def test_what_was_begun_elsewhere_is_not_finished_here(
    server: Flask, provider: IdentityProvider
) -> None:
    mine, theirs = server.test_client(), server.test_client()
    back = provider.agrees(begun(theirs), "dana")
    for stranger in (mine, server.test_client()):
        page = stranger.get(back)  # a link that somebody was lured to
        assert page.status_code == 401
        assert "begun in another browser" in page.text
        assert stranger.get("/api/summary").status_code == 401


def test_an_answer_serves_once(server: Flask, provider: IdentityProvider) -> None:
    client = server.test_client()
    back = provider.agrees(begun(client), "vic")
    assert client.get(back).status_code == 303
    client.get("/alerts")
    submitted(client, "/logout")
    assert client.get(back).status_code == 401
    stranger = server.test_client()
    forged = back.replace(parse_qs(urlsplit(back).query)["code"][0], "forged")
    begun(stranger)
    assert stranger.get(forged).status_code == 401


def test_a_token_that_was_made_for_another_sign_in_is_not_believed(
    server: Flask, provider: IdentityProvider
) -> None:
    client = server.test_client()
    there = begun(client)
    nonce = parse_qs(urlsplit(there).query)["nonce"][0]
    back = provider.agrees(there.replace(nonce, nonce[::-1]), "vic")
    assert client.get(back).status_code == 401
    assert client.get("/api/summary").status_code == 401


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=y", "?error=<script>"])
def test_nonsense_on_the_way_back_is_refused(server: Flask, query: str) -> None:
    page = server.test_client().get(f"/signed-in{query}")
    assert page.status_code == 401
    assert "<script>" not in page.text.replace('<script src="/assets', "")


def test_a_token_that_is_over_is_not_believed(tmp_path: Path) -> None:
    with identity_provider("--token-max-age", "-600") as late:
        server = app(tmp_path, late.address)
        page = signed_in(server.test_client(), late, "vic@example.com")
        assert page.status_code == 401
        assert "cannot be believed" in page.text or "did not let you in" in page.text


def test_a_provider_that_is_down_is_said_and_found_again(
    tmp_path: Path, provider: IdentityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    with identity_provider() as other:
        server = app(tmp_path, other.address)
        client = server.test_client()
        back = other.agrees(begun(client), "vic@example.com")
    page = client.get(back)  # it went down in between
    assert page.status_code == 503
    assert "does not answer" in page.text
    fresh = app(tmp_path, other.address).test_client()
    page = fresh.get("/login/oidc")
    assert page.status_code == 503
    assert "Try again" in page.text
    assert fresh.get("/healthz").status_code == 200
    assert "not for the log" not in caplog.text


def test_a_provider_that_calls_itself_otherwise_is_not_asked(
    tmp_path: Path, provider: IdentityProvider
) -> None:
    named = provider.address.replace("127.0.0.1", "localhost")
    server = app(tmp_path, f"{named}/realm/..")
    page = server.test_client().get("/login/oidc")
    assert page.status_code == 503


def test_the_public_address_is_where_people_come_back_to(
    tmp_path: Path, provider: IdentityProvider
) -> None:
    server = app(tmp_path, provider.address, public_url="https://spend.example.com/")
    client = server.test_client()
    there = client.get("/login/oidc", base_url="https://spend.example.com").location
    assert parse_qs(urlsplit(there).query)["redirect_uri"] == [
        "https://spend.example.com/signed-in"
    ]


@pytest.mark.parametrize("missing", ["oidc_issuer", "oidc_client_id", "oidc_client_secret"])
def test_what_is_missing_is_said_at_the_start(tmp_path: Path, missing: str) -> None:
    with pytest.raises(BadSettings, match=missing.upper()):
        app(tmp_path, "https://login.example.com", **{missing: ""})


def test_nobody_is_asked_without_tls(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="https"):
        app(tmp_path, "http://login.example.com")
