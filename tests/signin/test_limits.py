"""How much each person may ask, wherever it is counted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from limits import RateLimitItemPerMinute
from page_driver import Page, app_of
from ports import free_port
from redis_server import redis_server
from spend_records import publish, record
from werkzeug.test import TestResponse

from dbspend360.errors import TooManyRequests
from dbspend360.models.person import Person, Role
from dbspend360.signin.counting import Counting
from dbspend360.signin.limits import count_login
from dbspend360.signin.routes import LOGIN

FAR = {"REMOTE_ADDR": "192.0.2.7"}
AWAY = {"REMOTE_ADDR": "192.0.2.8"}
ONCE = RateLimitItemPerMinute(1)


def whoever_says() -> Person | None:
    name = request.headers.get("X-Who")
    return Person(name, Role.ADMIN) if name else None


@pytest.fixture
def limited(tmp_path: Path) -> Callable[..., Flask]:
    publish(tmp_path / "data", record())

    def of(**settings: Any) -> Flask:
        return app_of(tmp_path / "data", ways=[whoever_says], **{"auth": "basic", **settings})

    return of


def asked(server: Flask, path: str = "/api/summary", who: str = "ada", **more: Any) -> TestResponse:
    more = {"environ_base": FAR, **more}
    return server.test_client().get(path, headers={"X-Who": who} if who else {}, **more)


def closed(answer: TestResponse) -> TestResponse:
    answer.close()  # a file of the assets stays open until then
    return answer


def statuses(times: int, ask: Callable[[], TestResponse]) -> list[int]:
    return [closed(ask()).status_code for _ in range(times)]


def test_who_asks_too_much_is_told_how_long_to_wait(limited: Callable[..., Flask]) -> None:
    server = limited(requests_per_minute=3)
    assert statuses(3, lambda: asked(server)) == [200] * 3
    refused = asked(server)
    error = refused.get_json()["error"]
    seconds = int(refused.headers["Retry-After"])
    assert (refused.status_code, error["code"]) == (429, "too_many_requests")
    assert error["message"] == f"Too many requests: wait {seconds} seconds."
    assert 1 <= seconds <= 60
    page = asked(server, "/")
    assert (page.status_code, page.mimetype) == (429, "text/html")
    assert "Too many requests: wait" in page.get_data(as_text=True)
    assert page.headers["Retry-After"]
    for each in (refused, page):
        assert each.headers["X-Frame-Options"] == "DENY"
        assert each.headers["Cache-Control"] == "no-store"
        assert len(each.headers["X-Request-ID"]) == 32


def test_a_callback_is_told_in_json(limited: Callable[..., Flask]) -> None:
    server = limited(requests_per_minute=1)
    headers = {"X-Who": "ada"}
    client = server.test_client()
    for _ in range(2):
        found = client.post("/_dash-update-component", json={}, headers=headers, environ_base=FAR)
    assert (found.status_code, found.get_json()["error"]["code"]) == (429, "too_many_requests")


def test_each_person_has_a_share_wherever_they_are(limited: Callable[..., Flask]) -> None:
    server = limited(requests_per_minute=2)
    assert statuses(2, lambda: asked(server)) == [200] * 2
    assert asked(server, environ_base=AWAY).status_code == 429
    assert asked(server, who="bob").status_code == 200
    assert (
        asked(server, who="\ud83d\ude80".encode("utf-16", "surrogatepass").hex()).status_code == 200
    )


def test_who_is_not_known_is_counted_by_address(limited: Callable[..., Flask]) -> None:
    server = limited(requests_per_minute=2)
    assert statuses(3, lambda: asked(server, who="")) == [401, 401, 429]
    assert asked(server, who="", environ_base=AWAY).status_code == 401


def test_what_is_kept_is_counted_like_anything_else(limited: Callable[..., Flask]) -> None:
    server = limited(requests_per_minute=3, cache_url="simple", cache_seconds=300)
    tag = asked(server).headers["ETag"]
    assert asked(server).get_json()["meta"]["cache_hit"] is True
    known = {"headers": {"X-Who": "ada", "If-None-Match": tag}, "environ_base": FAR}
    client = server.test_client()
    assert statuses(2, lambda: client.get("/api/summary", **known)) == [304, 429]


def test_what_a_proxy_says_is_not_believed_here(limited: Callable[..., Flask]) -> None:
    server = limited(requests_per_minute=1)
    client = server.test_client()
    found = [
        client.get("/api/summary", headers={"X-Forwarded-For": f"10.0.0.{n}"}, environ_base=FAR)
        for n in range(2)
    ]
    assert [each.status_code for each in found] == [401, 429]


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/readyz", "/metrics", "/assets/page.css", "/_favicon.ico", "/alerts/assets/x.js"],
)
def test_what_watches_the_app_or_draws_it_is_not_counted(
    limited: Callable[..., Flask], path: str
) -> None:
    server = limited(requests_per_minute=1)
    assert 429 not in statuses(5, lambda: asked(server, path))
    assert asked(server).status_code == 200


def test_files_have_a_share_of_their_own(limited: Callable[..., Flask]) -> None:
    server = limited(files_per_minute=2)
    files = ["/export/job-spends.csv", "/export/job-spends.xlsx", "/export/job-spends.pdf"]
    found = []
    for each in files:
        with asked(server, each) as response:  # a file that nobody shuts is a warning later
            found.append(response.status_code)
    assert found == [200, 200, 429]
    assert asked(server).status_code == 200


def test_mails_are_counted_as_files_and_looking_after_them_is_not(
    limited: Callable[..., Flask],
) -> None:
    server = limited(files_per_minute=1)
    client = server.test_client()
    client.environ_base.update({"HTTP_X_WHO": "ada"} | FAR)
    page = Page(server)
    page.client = client
    page.callbacks = client.get("/_dash-dependencies").get_json()
    assert statuses(3, lambda: page.post("mail-order.data", {"watch": "x"})) == [200] * 3
    assert statuses(2, lambda: page.post("mail-order.data", {"send": {}})) == [200, 429]


def test_on_this_machine_without_a_sign_in_there_is_no_limit(
    limited: Callable[..., Flask],
) -> None:
    server = limited(requests_per_minute=1, auth="none")
    for address in ("127.0.0.1", "::1", "127.8.8.8"):
        here = {"REMOTE_ADDR": address}
        assert statuses(3, lambda: asked(server, environ_base=here)) == [200] * 3  # noqa: B023
    assert statuses(2, lambda: asked(server, who="x")) == [200, 429]


def test_zero_is_no_limit(limited: Callable[..., Flask]) -> None:
    server = limited(requests_per_minute=0, files_per_minute=0, logins_per_minute=0)
    assert statuses(5, lambda: asked(server, "/export/job-spends.csv")) == [200] * 5


# Passwords


def tried(server: Flask, name: str, address: str) -> int:
    """What trying a password does, as far as counting goes."""
    with server.test_request_context(environ_base={"REMOTE_ADDR": address}):
        try:
            count_login(name)
        except TooManyRequests as error:
            return error.status
    return 200


def test_passwords_for_one_name_are_counted_wherever_they_come_from(
    limited: Callable[..., Flask],
) -> None:
    server = limited(logins_per_minute=2)
    found = [tried(server, name, f"192.0.2.{n}") for n, name in enumerate(["ada", "Ada", "ADA"])]
    assert found == [200, 200, 429]
    assert tried(server, "bob", "192.0.2.0") == 200


def test_passwords_from_one_address_are_counted_whatever_the_name(
    limited: Callable[..., Flask],
) -> None:
    server = limited(logins_per_minute=2)
    client = server.test_client()

    def log_in() -> TestResponse:
        return client.post(LOGIN, data={"name": "x"}, environ_base=FAR)

    assert statuses(3, log_in)[2] == 429
    assert client.post(LOGIN, data={}, environ_base=AWAY).status_code != 429


# Redis


def test_two_servers_count_together_in_redis(limited: Callable[..., Flask], tmp_path: Path) -> None:
    with redis_server(tmp_path) as address:
        one = limited(requests_per_minute=3, limits_url=address)
        two = limited(requests_per_minute=3, cache_url=address)
        assert [asked(each).status_code for each in (one, two, one, two)] == [200, 200, 200, 429]
        assert tried(one, "ada", "192.0.2.1") == 200


def test_redis_that_is_gone_is_no_error_and_each_counts_for_itself(
    limited: Callable[..., Flask], tmp_path: Path
) -> None:
    port = free_port()
    address = f"redis://127.0.0.1:{port}/0"
    server = limited(requests_per_minute=4, logins_per_minute=2, limits_url=address)
    assert tried(server, "ada", "192.0.2.1") == 200  # the first to notice is counted, too
    assert statuses(5, lambda: asked(server)) == [200] * 4 + [429]
    assert [tried(server, "ada", "192.0.2.1") for _ in range(2)] == [200, 429]
    with redis_server(tmp_path, port):
        found = limited(requests_per_minute=4, limits_url=address)
        assert statuses(2, lambda: asked(found)) == [200] * 2
    assert statuses(5, lambda: asked(found)) == [200] * 4 + [429]


def test_redis_that_comes_back_is_asked_again_and_not_before_its_time(tmp_path: Path) -> None:
    port, now = free_port(), [0.0]
    address = f"redis://127.0.0.1:{port}/0"
    one, other = (Counting(address, lambda: now[0]) for _ in range(2))
    assert one.wait(ONCE, "ada") == other.wait(ONCE, "ada") == 0  # each for itself
    with redis_server(tmp_path, port):
        now[0] = 29.0
        assert one.wait(ONCE, "bob") == other.wait(ONCE, "bob") == 0
        now[0] = 31.0
        assert one.wait(ONCE, "cy") == 0
        assert 1 <= other.wait(ONCE, "cy") <= 60


def test_an_address_that_is_no_redis_stops_nothing(limited: Callable[..., Flask]) -> None:
    server = limited(requests_per_minute=2, cache_url="simple")
    assert statuses(3, lambda: asked(server)) == [200, 200, 429]
