"""A page of somebody else, open beside ours: it changes nothing in our visitor's name.

It comes from another port of the same machine, which browsers count as the same site: they send our
cookies along with whatever it asks for.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copytree

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browser.screen import serving
from dbspend360.models.person import Role
from dbspend360.services.people import People

PASSWORD = "correct horse battery"

FORM = """<form method="post" action="{address}{path}" enctype="{kind}">{fields}</form>
<script>document.forms[0].submit()</script>"""
FIELD = "<input name='{}' value='{}'>"

ASKS = """async (address) => {
  const json = JSON.stringify({threshold_amount: 1, updated_at: null});
  const seen = [];
  for (const [path, options] of [
    ["/api/alerts/config", {method: "PUT", body: json, headers: {"Content-Type": "application/json"}}],
    ["/api/alerts/config", {method: "POST", body: json}],
    ["/api/reports/schedule", {method: "POST", body: json}],
    ["/_dash-update-component", {method: "POST", body: json}],
    ["/logout", {method: "POST", body: "", mode: "no-cors"}],
    ["/account/tokens", {method: "POST", body: new URLSearchParams({name: "x", days: 9, scope: "read"}), mode: "no-cors"}],
    ["/api/summary", {}],
  ]) {
    try {
      const answer = await fetch(address + path, {credentials: "include", ...options});
      seen.push(answer.type === "opaque" ? "opaque" : await answer.text());
    } catch (error) {
      seen.push("refused");
    }
  }
  return seen;
}"""  # noqa: E501


@contextmanager
def foreign_site() -> Iterator[tuple[str, dict[str, str]]]:
    """Its address, and its pages by their paths."""
    pages: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, "<title>Foreign</title>").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", pages
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def guarded(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("foreign") / "data"
    copytree(data_folder, folder)
    People(folder / "users.json").add("dana", Role.ADMIN, PASSWORD)
    with serving(folder, DBSPEND360_AUTH="basic") as address:
        yield address


@pytest.fixture
def dana(guarded: str, context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(guarded)
    page.get_by_label("Name").fill("dana")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("dana, Admin")).to_be_visible(timeout=30_000)
    return page


def is_signed_in(page: Page, address: str) -> bool:
    return page.request.get(f"{address}/api/summary").status == 200


def test_scripts_of_another_page_change_and_read_nothing(guarded: str, dana: Page) -> None:
    before = dana.request.get(f"{guarded}/api/alerts/config").json()["data"]
    with foreign_site() as (foreign, _pages):
        other = dana.context.new_page()
        other.goto(foreign)
        seen = other.evaluate(ASKS, guarded)
    assert set(seen) == {"refused"}  # the browser lets the page see nothing at all
    assert is_signed_in(dana, guarded)
    assert dana.request.get(f"{guarded}/api/alerts/config").json()["data"] == before
    dana.goto(f"{guarded}/account")
    expect(dana.get_by_text("You have no tokens")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/logout", {}),
        ("/account/tokens", {"name": "x", "days": "9", "scope": "read"}),
        ("/account/tokens", {"name": "x", "days": "9", "scope": "read", "csrf_token": "x"}),
        ("/api/reports/schedule", {'{"name": "x", "y': '"}'}),  # JSON that a form can send
        ("/_dash-update-component", {'{"output": "x", "y': '"}'}),
    ],
)
def test_forms_of_another_page_change_nothing(
    guarded: str, dana: Page, path: str, fields: dict[str, str]
) -> None:
    with foreign_site() as (foreign, pages):
        is_json = any(name.startswith("{") for name in fields)
        kind = "text/plain" if is_json else "application/x-www-form-urlencoded"
        boxes = "".join(FIELD.format(name, value) for name, value in fields.items())
        pages["/form"] = FORM.format(address=guarded, path=path, kind=kind, fields=boxes)
        other = dana.context.new_page()
        with other.expect_response(lambda it: it.url == guarded + path) as answer:
            other.goto(f"{foreign}/form")
        sent = answer.value.request.all_headers()
        assert "dbspend360=" in sent["cookie"]  # the browser did send who it is
        assert answer.value.status == 403
    assert is_signed_in(dana, guarded)
    dana.goto(f"{guarded}/account")
    expect(dana.get_by_text("You have no tokens")).to_be_visible()


def test_another_page_cannot_show_ours_inside_of_it(guarded: str, dana: Page) -> None:
    with foreign_site() as (foreign, pages):
        pages["/frame"] = f"<iframe src='{guarded}/'></iframe>"
        other = dana.context.new_page()
        said: list[str] = []
        other.on("console", lambda it: said.append(it.text))
        other.goto(f"{foreign}/frame")
        other.wait_for_load_state("networkidle")
        assert any("frame-ancestors" in each or "X-Frame-Options" in each for each in said)
        assert other.frames[1].locator("#spend-grid").count() == 0
