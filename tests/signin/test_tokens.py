"""Personal tokens: from the page on which they are made to the script that comes with one."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from page_driver import app_of
from signin_driver import PASSWORD, sign_in, submitted
from spend_records import publish, record
from werkzeug.test import TestResponse

from dbspend360.errors import NotFound, NotSignedIn
from dbspend360.models.person import Deed, Person, Role
from dbspend360.services.people import People
from dbspend360.services.tokens import Tokens
from dbspend360.store.places import make_store

EDITOR = Person("dana", Role.EDITOR)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path, record())
    people = People(tmp_path / "users.json")
    people.add("dana", Role.EDITOR, PASSWORD)
    people.add("vic", Role.VIEWER, PASSWORD)
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Flask:
    return app_of(folder, auth="basic", secret_key="s" * 40)


@pytest.fixture
def dana(server: Flask) -> FlaskClient:
    client = server.test_client()
    sign_in(client, "dana")
    return client


def made(client: FlaskClient, *scope: str, name: str = "nightly", days: str = "30") -> str:
    client.get("/account")
    cookie = client.get_cookie("_csrf_token")
    page = client.post(
        "/account/tokens",
        data={
            "name": name,
            "scope": list(scope),
            "days": days,
            "csrf_token": cookie.value if cookie else "",
        },
        headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
    )
    found = re.search(r"dbs_[0-9a-f]{16}_[\w-]{43}", page.text)
    return found[0] if found else page.text


def asked(server: Flask, token: str, address: str = "/api/summary") -> TestResponse:
    return server.test_client().get(address, headers={"Authorization": f"Bearer {token}"})


def test_a_token_lets_a_script_in_and_is_shown_once(
    server: Flask, dana: FlaskClient, folder: Path
) -> None:
    token = made(dana, "read")
    assert asked(server, token).status_code == 200
    page = dana.get("/account").text
    assert "nightly" in page
    assert token not in page
    kept = make_store("", folder).of_user("dana")
    assert kept
    assert token.rpartition("_")[2] not in str(kept)


def test_it_is_for_scripts_and_not_for_pages(server: Flask, dana: FlaskClient) -> None:
    token = made(dana, "read")
    for address in ("/", "/account", "/_dash-layout", "/alerts"):
        assert asked(server, token, address).status_code in (303, 401), address
    with asked(server, token, "/export/job-spends.csv") as answer:
        assert answer.status_code == 200


def test_it_may_do_what_it_was_made_for_and_no_more(server: Flask, dana: FlaskClient) -> None:
    body = {"threshold_amount": 77, "updated_at": None}
    read, change = made(dana, "read"), made(dana, "read", "change")
    answers = [
        server.test_client().put(
            "/api/alerts/config", json=body, headers={"Authorization": f"Bearer {token}"}
        )
        for token in (read, change)
    ]
    assert [each.status_code for each in answers] == [403, 200]
    assert "This token may not change anything" in answers[0].text


def test_nobody_makes_one_that_may_more_than_they(
    server: Flask, dana: FlaskClient, folder: Path
) -> None:
    token = made(dana, "read", "administer")
    assert asked(server, token, "/admin").status_code in (303, 401)
    [kept] = Tokens(make_store("", folder), most_days=9).of("dana")
    assert kept.scope == {Deed.READ}


def test_a_lower_role_or_a_removal_counts_at_once(
    server: Flask, dana: FlaskClient, folder: Path
) -> None:
    token = made(dana, "read", "change")
    people = People(folder / "users.json")
    people.set_role("dana", Role.VIEWER)
    headers = {"Authorization": f"Bearer {token}"}
    body = {"threshold_amount": 77, "updated_at": None}
    changed = server.test_client().put("/api/alerts/config", json=body, headers=headers)
    assert changed.status_code == 403
    people.remove("dana")
    assert asked(server, token).status_code == 403


def test_a_revoked_token_lets_nobody_in(server: Flask, dana: FlaskClient, folder: Path) -> None:
    token = made(dana, "read")
    [kept] = Tokens(make_store("", folder), most_days=9).of("dana")
    vic = server.test_client()
    sign_in(vic, "vic")
    vic.get("/account")
    assert submitted(vic, "/account/tokens/revoke", id=kept.id).status_code == 404
    assert asked(server, token).status_code == 200
    assert submitted(dana, "/account/tokens/revoke", id=kept.id).status_code == 303
    answer = asked(server, token)
    assert answer.status_code == 401
    assert "was revoked" in answer.get_json()["error"]["message"]
    assert "You have no tokens." in dana.get("/account").text


@pytest.mark.parametrize(
    "token", ["", "x", "dbs_", "dbs_0123456789abcdef_" + "a" * 43, "dbs_%_" + "a" * 43, "a" * 5000]
)
def test_what_is_no_token_is_refused(server: Flask, token: str) -> None:
    answer = asked(server, token)
    assert answer.status_code == 401
    assert answer.get_json()["error"]["code"] == "login_needed"


@pytest.mark.parametrize(
    ("scope", "name", "days"),
    [
        ([], "x", "9"),
        (["read"], "", "9"),
        (["read"], "a\0b", "9"),
        (["read"], "x" * 81, "9"),
        (["read"], "x", "0"),
        (["read"], "x", "366"),
        (["read"], "x", "²"),
        (["god"], "x", "9"),
    ],
)
def test_a_form_that_makes_no_sense_makes_nothing(
    dana: FlaskClient, folder: Path, scope: list[str], name: str, days: str
) -> None:
    page = made(dana, *scope, name=name, days=days)
    assert 'role="alert"' in page
    assert Tokens(make_store("", folder), most_days=9).of("dana") == []


def test_a_hostile_name_is_only_shown(dana: FlaskClient) -> None:
    made(dana, "read", name="<script>alert(1)</script>")
    assert "<script>alert" not in dana.get("/account").text


class Watch:
    """A clock that is moved by hand."""

    now = datetime(2026, 11, 25, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_token_expires_and_says_when_it_was_used(tmp_path: Path) -> None:
    watch = Watch()
    tokens = Tokens(make_store("", tmp_path), most_days=30, now=watch)
    text = tokens.make(EDITOR, "x", [Deed.READ], 3)
    assert tokens.of("dana")[0].last_used_at is None
    assert tokens.person(text) == Person("dana", Role.EDITOR, frozenset({Deed.READ}))
    used = tokens.of("dana")[0].last_used_at
    assert used == watch.now
    watch.now += timedelta(minutes=30)
    tokens.person(text)
    assert tokens.of("dana")[0].last_used_at == used  # not written each time
    watch.now += timedelta(days=3)
    with pytest.raises(NotSignedIn, match="has expired on 28 Nov 2026"):
        tokens.person(text)


def test_another_secret_of_the_same_token_is_refused(tmp_path: Path) -> None:
    tokens = Tokens(make_store("", tmp_path), most_days=30)
    text = tokens.make(EDITOR, "x", [Deed.READ], 3)
    with pytest.raises(NotSignedIn):
        tokens.person(text[:-1] + ("a" if text[-1] != "a" else "b"))


def test_where_looking_is_slow_a_token_is_remembered_for_a_moment(tmp_path: Path) -> None:
    here = Tokens(make_store("", tmp_path), most_days=30, seconds_behind=60)
    there = Tokens(make_store("", tmp_path), most_days=30)
    text = here.make(EDITOR, "x", [Deed.READ], 3)
    here.person(text)
    [kept] = there.of("dana")
    there.revoke("dana", kept.id)
    assert here.person(text)  # elsewhere it takes a while
    with pytest.raises(NotFound):
        here.revoke("dana", kept.id)


def test_a_revocation_here_counts_here_at_once(tmp_path: Path) -> None:
    here = Tokens(make_store("", tmp_path), most_days=30, seconds_behind=60)
    text = here.make(EDITOR, "x", [Deed.READ], 3)
    here.person(text)
    here.revoke("dana", here.of("dana")[0].id)
    with pytest.raises(NotSignedIn):
        here.person(text)


def test_without_a_sign_in_there_are_none(tmp_path: Path) -> None:
    publish(tmp_path, record())
    client = app_of(tmp_path).test_client()
    assert "Nobody signs in here" in client.get("/account").text
    assert client.post("/account/tokens", json={}).status_code in (403, 404, 405)
