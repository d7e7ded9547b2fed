"""Signing in at an identity provider: a real one, by the way a browser goes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from oidc_provider import IdentityProvider, begun, identity_provider, signed_in
from page_driver import app_of
from signin_driver import submitted
from spend_records import publish, record

from dbspend360.errors import BadSettings

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
