"""A server as a person starts it, and a page as a person meets it."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Request
from ports import free_port

OURS = ("DBSPEND360_", "DATABRICKS_")


def is_up(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[str]:
    """`dbspend360 serve` on a port of its own, as a person starts it."""
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    env |= {"DBSPEND360_DATA_DIR": str(folder), "DBSPEND360_PORT": str(port), **settings}
    log = (folder / "server.log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "dbspend360.cli", "serve"], env=env, stdout=log, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while not is_up(address):
            assert server.poll() is None, (folder / "server.log").read_text()
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(20)
        log.close()


class Watch:
    """What a page did that a test asks about, or must not do at all."""

    def __init__(self, page: Page) -> None:
        self.questions: list[str] = []
        self.wrong: list[str] = []
        page.on("request", self._requested)
        page.on("pageerror", lambda error: self._saw(f"error: {error}"))
        page.on("dialog", lambda dialog: self._saw(f"dialog: {dialog.message}"))
        page.on("console", lambda said: self._saw(said.text) if said.type == "error" else None)
        page.on("response", lambda got: self._saw(got.url) if got.status >= 500 else None)

    def _saw(self, what: str) -> None:
        self.wrong.append(what)

    def _requested(self, request: Request) -> None:
        if "_dash-update-component" in request.url:
            self.questions.append((request.post_data_json or {})["output"])
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.wrong.append(f"foreign request: {request.url}")


@contextmanager
def opened(context: BrowserContext, address: str) -> Iterator["Screen"]:
    page = context.new_page()
    screen = Screen(page, Watch(page), address)
    yield screen
    assert screen.watch.wrong == [], screen.watch.wrong


class Screen:
    """A page as a person meets it."""

    def __init__(self, page: Page, watch: Watch, address: str) -> None:
        self.page, self.watch, self.address = page, watch, address

    def open(self, query: str = "") -> "Screen":
        self.page.goto(f"{self.address}/{query}")
        self.settled()
        return self

    def settled(self) -> None:
        """Wait until every part has its answer and the page is quiet."""
        self.page.locator("#spend-grid").wait_for(state="attached")
        if self.page.locator(".late").count():
            self.page.mouse.move(1, 1)  # the table comes once somebody is there
        self.page.wait_for_function(
            """() => !document.querySelector(
                    '[data-dash-is-loading], .stat .skeleton, .table-frame--busy')
                && document.querySelector('#spend-grid-title .panel__count, .state--over')
                && document.querySelector('#spend-grid .ag-header-cell')
                && document.querySelector('#spend-grid .ag-center-cols-container .ag-cell,'
                    + '.table-frame--empty, .state--over')
                && !document.body.classList.contains('is-refreshing')"""
        )
        self.page.wait_for_timeout(250)
        self.page.wait_for_function("() => !document.querySelector('.table-frame--busy')")

    def do(self, action: Callable[[], object]) -> list[str]:
        """The server callbacks that an action caused, once the page is quiet again."""
        self.watch.questions.clear()
        action()
        self.page.wait_for_timeout(500)
        self.settled()
        return list(self.watch.questions)

    def card(self, name: str) -> str:
        return self.page.locator(f"#card-{name}").get_attribute("data-value") or ""

    def search(self) -> str:
        found: str = self.page.evaluate("location.search")
        return found

    def total_row(self) -> dict[str, str]:
        cells = self.page.locator(".ag-floating-bottom .ag-cell[col-id]")
        return {
            cell.get_attribute("col-id") or "": cell.inner_text().strip() for cell in cells.all()
        }

    def column(self, name: str, first: int = 5) -> list[str]:
        """The first cells of a column, from the top."""
        found: list[str] = self.page.evaluate(
            """([name, first]) => [...document.querySelectorAll(
                  `#spend-grid .ag-center-cols-container .ag-cell[col-id="${name}"]`)]
                .map(cell => [Number(cell.closest('.ag-row').getAttribute('row-index')),
                              cell.innerText])
                .sort((a, b) => a[0] - b[0]).slice(0, first).map(pair => pair[1])""",
            [name, first],
        )
        return found
