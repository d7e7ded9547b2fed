"""What goes with every answer, whichever it is."""

import re
from pathlib import Path

import pytest
from flask import Flask
from page_driver import app_of
from spend_records import publish, record

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
KEPT = ("/assets/", "/static/", "/_dash-component-suites/", "/_favicon.ico")


@pytest.fixture(scope="module", params=["none", "basic"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Open to all, and closed to all."""
    folder: Path = tmp_path_factory.mktemp("headers") / "data"
    publish(folder, record())
    found: Flask = app_of(
        folder,
        ways=[] if request.param == "basic" else None,
        auth=request.param,
        requests_per_minute=0,
        web_threads=64,
    )
    return found


def addresses(server: Flask) -> list[str]:
    rules = {each.rule for each in server.url_map.iter_rules()}
    return sorted(re.sub("<[^>]*>", "x", each) for each in rules)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_answer_has_them(server: Flask, method: str, scheme: str) -> None:
    client = server.test_client()
    for path in addresses(server):
        answer = client.open(path, method=method, base_url=f"{scheme}://localhost")
        found = answer.headers
        assert {name: found.get(name) for name in ALWAYS} == ALWAYS, path
        assert "default-src 'self'" in found["Content-Security-Policy"], path
        assert ("Strict-Transport-Security" in found) is (scheme == "https"), path
        assert "Server" not in found, path
        assert "X-Powered-By" not in found, path
        if not any(each in path for each in KEPT):
            assert re.search("no-store|private|no-cache", found["Cache-Control"]), path
        for cookie in found.getlist("Set-Cookie"):
            assert "Path=/; SameSite=Lax" in cookie or "HttpOnly" in cookie, cookie
            assert ("Secure" in cookie) is (scheme == "https"), cookie
        answer.close()


@pytest.mark.parametrize("path", ["/", "/alerts", "/reports", "/check", "/_dash-layout"])
def test_what_a_person_sees_is_kept_nowhere(server: Flask, path: str) -> None:
    assert server.test_client().get(path).headers["Cache-Control"] == "no-store"


def test_a_year_of_tls_binds_this_name_alone(server: Flask) -> None:
    answer = server.test_client().get("/", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
