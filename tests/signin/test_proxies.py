"""What is in front of the server may say who asks; nobody else may."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from page_driver import app_of
from spend_records import publish, record

from dbspend360.errors import BadSettings
from dbspend360.models.person import Role
from dbspend360.services.roles import Roles
from dbspend360.signin.proxies import FromProxies, read_trusted

PROXY, STRANGER = "10.1.2.3", "192.0.2.66"
EMAIL = "X-Forwarded-Email"


def passed(trusted: str, peer: str | None, **headers: str) -> dict[str, Any]:
    """The environment behind the middleware."""
    found: dict[str, Any] = {}

    def app(environ: dict[str, Any], _start: Callable[..., object]) -> Iterable[bytes]:
        found.update(environ)
        return []

    environ = {"wsgi.url_scheme": "http", "HTTP_HOST": "inside:8050", **headers}
    if peer is not None:
        environ["REMOTE_ADDR"] = peer
    FromProxies(app, read_trusted(trusted), ["X-Forwarded-Email", "X-Groups", ""])(environ, None)
    return found


FORWARDED = {
    "HTTP_X_FORWARDED_FOR": "203.0.113.9",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "spend.example.com",
    "HTTP_X_FORWARDED_EMAIL": "dana@example.com",
    "HTTP_X_FORWARDED_ACCESS_TOKEN": "dapi-not-for-us",
    "HTTP_X_GROUPS": "admins",
    "HTTP_FORWARDED": "for=1.2.3.4",
    "HTTP_X_REAL_IP": "1.2.3.4",
}


def test_a_trusted_proxy_is_believed() -> None:
    found = passed("10.0.0.0/8", PROXY, **FORWARDED)
    assert found["REMOTE_ADDR"] == "203.0.113.9"
    assert found["wsgi.url_scheme"] == "https"
    assert found["HTTP_HOST"] == "spend.example.com"
    assert found["HTTP_X_FORWARDED_EMAIL"] == "dana@example.com"
    assert "dapi-not-for-us" not in str(found)
    assert found["dbspend360.proxied"]


@pytest.mark.parametrize("peer", [STRANGER, "127.0.0.1", "", None, "garbage", "::1"])
@pytest.mark.parametrize("trusted", ["", "10.0.0.0/8", "fc00::/7"])
def test_a_stranger_is_not(trusted: str, peer: str | None) -> None:
    found = passed(trusted, peer, **FORWARDED)
    assert found.get("REMOTE_ADDR") == peer
    assert (found["wsgi.url_scheme"], found["HTTP_HOST"]) == ("http", "inside:8050")
    assert not [name for name in found if name in FORWARDED]
    assert found["dbspend360.proxied"]  # somebody says so: `loopback` is not meant


@pytest.mark.parametrize(
    ("hops", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9", "203.0.113.9"),  # the client wrote the first itself
        ("6.6.6.6, 203.0.113.9, 10.9.9.9", "203.0.113.9"),
        ("10.9.9.9", PROXY),
        ("garbage", PROXY),
        ("203.0.113.9, garbage", PROXY),
        ("", PROXY),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("[2001:db8::1]", "2001:db8::1"),
    ],
)
def test_the_client_is_the_last_hop_that_is_no_proxy(hops: str, client: str) -> None:
    assert passed("private", PROXY, HTTP_X_FORWARDED_FOR=hops)["REMOTE_ADDR"] == client


@pytest.mark.parametrize("host", ["evil.example/x", "a b", "a\nb", "<script>", "", "x" * 300])
def test_a_host_that_is_none_is_left_out(host: str) -> None:
    assert passed("private", PROXY, HTTP_X_FORWARDED_HOST=host)["HTTP_HOST"] == "inside:8050"


@pytest.mark.parametrize("scheme", ["javascript", "ftp", "", "httpss"])
def test_a_scheme_that_is_none_is_left_out(scheme: str) -> None:
    assert passed("private", PROXY, HTTP_X_FORWARDED_PROTO=scheme)["wsgi.url_scheme"] == "http"


@given(st.dictionaries(st.sampled_from(sorted(FORWARDED)), st.text(max_size=40)), st.text())
def test_nothing_breaks_it(headers: dict[str, str], peer: str) -> None:
    passed("private", peer, **headers)
    passed("private", PROXY, **headers)


@pytest.mark.parametrize("text", ["10.0.0.0/99", "proxy.example.com", "loopback;private", "1.2.3"])
def test_a_list_that_cannot_be_read_is_said(text: str) -> None:
    with pytest.raises(BadSettings, match="DBSPEND360_TRUSTED_PROXIES"):
        read_trusted(text)


def test_words_and_networks_are_understood() -> None:
    assert read_trusted(" ,") == ()
    assert len(read_trusted("loopback, 10.1.2.3 , 2001:db8::/32")) == 4
    assert passed("loopback", "::ffff:127.0.0.1", **FORWARDED)["wsgi.url_scheme"] == "https"


# Through the whole app


@pytest.fixture
def server(tmp_path: Path) -> Flask:
    publish(tmp_path, record())
    return app_of(
        tmp_path,
        auth="proxy",
        host="0.0.0.0",
        trusted_proxies="private",
        proxy_groups_header="X-Groups",
        admins="Dana@Example.com, group:platform",
        editors="eve@example.com",
    )


def status(server: Flask, address: str, peer: str = PROXY, **headers: str) -> int:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    with server.test_client().get(
        address, headers=sent, environ_overrides={"REMOTE_ADDR": peer}
    ) as answer:
        return answer.status_code


def test_whom_the_proxy_names_comes_in_with_their_role(server: Flask) -> None:
    assert status(server, "/api/summary", X_Forwarded_Email="vic@example.com") == 200
    assert status(server, "/check", X_Forwarded_Email="vic@example.com") == 403
    assert status(server, "/check", X_Forwarded_Email=" DANA@example.com ") == 200
    assert (
        status(server, "/check", X_Forwarded_Email="x@example.com", X_Groups="a, Platform") == 200
    )


def test_nobody_else_comes_in(server: Flask) -> None:
    assert status(server, "/api/summary") == 401
    assert status(server, "/") == 401
    assert status(server, "/", X_Forwarded_Email="") == 401
    forged = {"X_Forwarded_Email": "dana@example.com", "X_Groups": "platform"}
    assert status(server, "/check", peer=STRANGER, **forged) == 401
    assert status(server, "/healthz", peer=STRANGER) == 200


@pytest.mark.parametrize("name", ["a@b.c,dana@example.com", "da\tna", "\x85", "x" * 400])
def test_a_header_that_holds_no_single_name_is_refused(server: Flask, name: str) -> None:
    assert status(server, "/api/summary", X_Forwarded_Email=name) == 401


def test_without_trusted_proxies_it_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="needs DBSPEND360_TRUSTED_PROXIES"):
        app_of(tmp_path, auth="proxy")


def test_who_has_no_role_is_told_whom_to_ask(tmp_path: Path) -> None:
    publish(tmp_path, record())
    server = app_of(tmp_path, auth="proxy", trusted_proxies="private", default_role="nobody")
    with server.test_client().get(
        "/", headers={EMAIL: "vic@example.com"}, environ_overrides={"REMOTE_ADDR": PROXY}
    ) as answer:
        assert answer.status_code == 403
        assert "Ask an admin for a role." in answer.get_data(as_text=True)


def test_the_menu_offers_no_way_out_that_there_is_not(server: Flask) -> None:
    with server.test_client().get(
        "/_dash-layout",
        headers={EMAIL: "vic@example.com"},
        environ_overrides={"REMOTE_ADDR": PROXY},
    ) as answer:
        text = answer.get_data(as_text=True)
    assert "vic@example.com" in text
    assert "Sign out" not in text


# Roles


def test_the_highest_role_of_any_list_counts() -> None:
    roles = Roles("group:a", "dana, group:b", "viewer")
    assert roles.role_of("dana") is Role.EDITOR
    assert roles.role_of("DANA", ["b", " A "]) is Role.ADMIN
    assert roles.role_of("vic") is Role.VIEWER
    assert roles.role_of("group:a") is Role.VIEWER  # a person who calls themselves like a group
    assert Roles("", "", "nobody").role_of("vic") is None


@pytest.mark.parametrize("listed", ["group:", "a\nb", "x" * 400, "group: "])
def test_a_list_of_people_that_makes_no_sense_is_said(listed: str) -> None:
    with pytest.raises(BadSettings, match="DBSPEND360_EDITORS"):
        Roles("", listed, "viewer")
