"""The page in a real browser: what it fetches, when its parts are there, and what a click takes.

The floor of opening is a bare Dash page with one grid and two charts, on the same gunicorn. A click
counts from the event of the browser to the frame that shows its outcome.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from statistics import quantiles
from typing import Any

from bench_server import Running
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

LAPTOP: ViewportSize = {"width": 1440, "height": 900}
TALL: ViewportSize = {"width": 1440, "height": 2400}  # nothing waits for somebody to scroll
ROUNDS = 5  # of opening
TYPING_PAUSE = 350  # milliseconds
BARE_PARTS = ("row", "bars")
PARTS = (*BARE_PARTS, "card")
_ROW = ".ag-center-cols-container .ag-row .ag-cell"
_BARS = ".js-plotly-plot .barlayer .point"
_CARD = "#card-total-spend .stat__number"

# Notes when each part is there first, and how long a click takes until its outcome is there.
_WATCH = (
    """
window.seen = {};
const parts = {row: ROW, bars: BARS, card: CARD};
const text = (at) => document.querySelector(at)?.textContent;
const first = () => text('.ag-center-cols-container .ag-row[row-index="0"] .cell--money');
const rows = () => text('.ag-center-cols-container .ag-row[row-index="0"]')
    + text('#spend-grid-title .panel__count');
const total = () => document.querySelector('#card-total-spend')?.dataset.value;
const still = () => first()
    && !document.querySelector('.table-frame--busy, [data-dash-is-loading]');
const outcomes = {
    rows: (was) => still() && rows() !== was.rows,
    view: (was) => still() && total() !== was.total && rows() !== was.rows,
    dialog: () => document.querySelector('.modal.show .barlayer .point')
        && document.querySelector('.modal.show .pielayer .slice'),
};
window.took = (kind, outcome) => new Promise((done, fail) => {
    setTimeout(() => fail(new Error(`no ${outcome} after a ${kind}`)), 10_000);
    const was = {rows: rows(), total: total()};
    let began = null;
    addEventListener(kind, (event) => { began = event.timeStamp; }, {capture: true});
    const look = () => {
        if (began !== null && outcomes[outcome](was)) {
            requestAnimationFrame(() => done(performance.now() - began));
        } else {
            requestAnimationFrame(look);
        }
    };
    look();
});
const look = () => {
    for (const [name, at] of Object.entries(parts)) {
        if (!(name in seen) && document.querySelector(at)) seen[name] = performance.now();
    }
    requestAnimationFrame(look);
};
look();
""".replace("ROW", repr(_ROW))
    .replace("BARS", repr(_BARS))
    .replace("CARD", repr(_CARD))
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the tests."""
    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@contextmanager
def _visit(browser: Browser, size: ViewportSize) -> Iterator[Page]:
    """Somebody who was never here."""
    with browser.new_context(viewport=size) as context:
        context.add_init_script(_WATCH)
        page = context.new_page()
        page.set_default_timeout(60_000)
        yield page


def opened(browser: Browser, server: Running, parts: Sequence[str]) -> dict[str, float]:
    """Milliseconds until each part is there; the whole page is in sight."""
    with _visit(browser, TALL) as page:
        page.goto(f"http://127.0.0.1:{server.port}/")
        page.wait_for_function("(parts) => parts.every((each) => each in seen)", arg=parts)
        found: dict[str, float] = page.evaluate("seen")
        return found


def fetched(browser: Browser, address: str) -> list[tuple[int, str]]:
    """Bytes on the wire and address of each request of a first visit on a laptop, largest first."""
    with _visit(browser, LAPTOP) as page:
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        urls: dict[str, str] = {}
        sizes: dict[str, int] = {}

        def begun(event: dict[str, Any]) -> None:
            urls[event["requestId"]] = event["request"]["url"]

        def ended(event: dict[str, Any]) -> None:
            sizes[event["requestId"]] = int(event["encodedDataLength"])

        network.on("Network.requestWillBeSent", begun)
        network.on("Network.loadingFinished", ended)
        page.goto(address)
        page.wait_for_function("() => 'card' in seen && 'bars' in seen")
        page.wait_for_load_state("networkidle")
        real = ((sizes.get(key, 0), url) for key, url in urls.items())
        return sorted((each for each in real if each[1].startswith("http")), reverse=True)


def clicks(browser: Browser, server: Running, many: int) -> dict[str, list[float]]:
    """Milliseconds of each kind of click, the first of them on what nobody has asked before.

    A search counts from the end of the pause in typing that the page waits for.
    """
    found: dict[str, list[float]] = {"sort": [], "preset": [], "search": [], "dialog": []}
    with _visit(browser, LAPTOP) as page:
        page.goto(f"http://127.0.0.1:{server.port}/")
        page.mouse.move(10, 10)
        page.wait_for_function("() => 'card' in seen && 'row' in seen")
        for n in range(many):
            found["preset"].append(_timed(page, "click", "view", partial(_preset, page, n)))
            found["sort"].append(_timed(page, "click", "rows", partial(_sort, page, n)))
            found["dialog"].append(_timed(page, "click", "dialog", partial(_row, page, n)))
            page.keyboard.press("Escape")
            page.locator(".modal").first.wait_for(state="detached")
            found["search"].append(_timed(page, "input", "view", partial(_search, page, n)))
            found["search"][-1] -= TYPING_PAUSE
            page.fill("#filter-job", "")
            page.wait_for_timeout(1_500)
    return found


def _timed(page: Page, kind: str, outcome: str, act: Callable[[], None]) -> float:
    page.wait_for_timeout(400)  # whatever went before is over
    page.evaluate("([kind, outcome]) => { window.taken = took(kind, outcome); }", [kind, outcome])
    act()
    taken: float = page.evaluate("window.taken")
    return taken


_PRESETS = ("Last 7 days", "Last 90 days", "Last month", "Last 30 days")
_COLUMNS = ("job_name", "total_cost")  # so that another row is the first


def _preset(page: Page, n: int) -> None:
    page.get_by_text(_PRESETS[n % len(_PRESETS)], exact=True).click()


def _sort(page: Page, n: int) -> None:
    page.locator(f".ag-header-cell[col-id={_COLUMNS[n % len(_COLUMNS)]}]").click()


def _row(page: Page, n: int) -> None:
    page.locator(f".ag-row[row-index='{n % 8}'] .ag-cell[col-id=total_cost]").click()


def _search(page: Page, n: int) -> None:
    page.locator("#filter-job").press_sequentially(f"load {n + 10}", delay=30)


def p95(taken: Sequence[float]) -> float:
    """Nineteen of twenty take no longer."""
    return quantiles(taken, n=20)[-1]
