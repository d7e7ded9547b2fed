"""Nothing that axe-core finds wrong: every page, every state, both themes, wide and on a phone."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Literal

import pytest
from alert_driver import desk_in, rows_in
from playwright.sync_api import Browser, Page, ViewportSize, expect
from report_page_driver import report_rows_in, schedule

from browser.axe import violations
from browser.screen import Screen, Watch, serving
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.person import Role
from dbspend360.services import incident_steps as steps
from dbspend360.services.people import People
from dbspend360.signin.routes import NEEDED, OPEN
from dbspend360.warehouse.versions import POINTER

PASSWORD = "correct horse battery"
WIDTHS = [390, 1440]
JOB = "965118963414278"
WITH_TABLE = ("", "main", ".panel--table")
COLOURS = ["color-contrast", "link-in-text-block"]  # all that a theme changes


@pytest.fixture(scope="module")
def guarded(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with everything on it: people, rules, incidents, a schedule."""
    folder = tmp_path_factory.mktemp("everything") / "data"
    copytree(data_folder, folder, ignore=ignore_patterns("cache", "*.log"))
    People(folder / "users.json").add("dana@example.com", Role.ADMIN, PASSWORD)
    desk = desk_in(folder)
    config = AlertConfig.model_validate({"threshold_amount": 300, "threshold_percentage": 500})
    desk.save("dana@example.com", config, seen=None)
    for n, each in enumerate(desk.backtest(config).value.incidents[:3]):
        opened = steps.opened(each.rule, each.alerts, datetime(2026, 11, 20, 6, n, tzinfo=UTC))
        rows_in(folder).put("dana@example.com", opened, seen=None)
    when = datetime(2026, 11, 20, tzinfo=UTC)
    report_rows_in(folder).put_schedule(
        "dana@example.com", schedule(), id_="s1", counts_from=when, seen=None
    )
    with serving(folder, DBSPEND360_AUTH="basic") as address:
        yield address


@pytest.fixture(scope="module")
def failing(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site whose data is damaged: each part says so."""
    folder = tmp_path_factory.mktemp("failing") / "data"
    copytree(data_folder, folder, ignore=ignore_patterns("cache", "*.log"))
    pointer = json.loads((folder / POINTER).read_text())
    (folder / "bad.duckdb").write_bytes(b"garbage" * 5000)
    (folder / POINTER).write_text(json.dumps(pointer | {"file": "bad.duckdb"}))
    with serving(folder) as address:
        yield address


class Visit:
    """A person who has signed in, at one width; collects what is wrong in either theme."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.screen = Screen(page, Watch(page), address)
        self.wrong: dict[str, dict[str, list[str]]] = {}

    def judge(self, state: str, part: str = "") -> None:
        """What is wrong now, in the part that is new in this state."""
        if part in WITH_TABLE and self.page.locator(".ag-delay-render").count():
            self.page.locator("#spend-grid").scroll_into_view_if_needed()  # it hides its cells till
            self.page.wait_for_function("() => !document.querySelector('.ag-delay-render')")
        found = violations(self.page, part)
        self.page.emulate_media(color_scheme="dark")
        found |= violations(self.page, part, COLOURS)
        self.page.emulate_media(color_scheme="light")
        if found:
            self.wrong[state] = found

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def settle(self, ready: str = "h1") -> None:
        self.page.locator(ready).first.wait_for(state="attached")
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('[data-dash-is-loading], .skeleton, "
            ".table-frame--busy')].every((each) => !each.checkVisibility())"
        )


@pytest.fixture(scope="module", params=WIDTHS)
def visit(request: pytest.FixtureRequest, browser: Browser, guarded: str) -> Iterator[Visit]:
    size = ViewportSize(width=request.param, height=900)
    with browser.new_context(
        viewport=size, color_scheme="light", reduced_motion="reduce"
    ) as context:
        context.set_default_timeout(15_000)
        found = Visit(context.new_page(), guarded)
        found.open("/login")
        sign_in(found.page, PASSWORD)
        found.page.wait_for_url(f"{guarded}/")
        yield found


def sign_in(page: Page, password: str) -> None:
    page.get_by_label("Name").fill("dana@example.com")
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_signing_in(browser: Browser, guarded: str, theme: Literal["light", "dark"]) -> None:
    size = ViewportSize(width=390, height=900)
    with browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(f"{guarded}/login")
        assert violations(page) == {}
        sign_in(page, "wrong wrong wrong")
        page.get_by_role("alert").wait_for()
        assert violations(page) == {}


MENUS: dict[str, Callable[[Page], str]] = {}


def menu(state: str) -> Callable[[Callable[[Page], str]], Callable[[Page], str]]:
    """Adds a state that is open on the dashboard; its function opens it and names the part."""

    def add(opens: Callable[[Page], str]) -> Callable[[Page], str]:
        MENUS[state] = opens
        return opens

    return add


@menu("the calendar")
def calendar(page: Page) -> str:
    page.locator("#filter-dates").click()
    return ".dash-datepicker-content"


@menu("the columns")
def columns(page: Page) -> str:
    page.get_by_role("button", name="Columns").click()
    return ".columns-menu"


@menu("the exports")
def exports(page: Page) -> str:
    page.locator("#export-menu summary").click()
    return "#export-menu"


@menu("the account")
def account(page: Page) -> str:
    page.locator(".account summary").click()
    return ".account"


@menu("a condition")
def condition(page: Page) -> str:
    head = page.locator(".ag-header-cell[col-id=job_name]")
    head.hover()
    head.locator(".ag-header-cell-filter-button").click()
    return ".ag-popup .ag-filter"


@menu("a definition")
def definition(page: Page) -> str:
    page.locator("#card-total-spend .explain").first.click()
    return ".explanation"


@menu("the keys")
def keys(page: Page) -> str:
    page.locator("#content").focus()
    page.keyboard.press("?")
    return "#keys"


@menu("the budget")
def budget(page: Page) -> str:
    page.locator("[data-action=budget]").first.click()
    page.wait_for_timeout(400)  # until it has faded in
    return ".modal"


@menu("the tables of the charts")
def tables(page: Page) -> str:
    page.locator("#chart-trend-as-table").click()
    page.locator("#chart-top-jobs-as-table").click()
    page.locator("#chart-trend-table tbody tr").nth(29).wait_for()
    return ".charts"


def test_the_dashboard_and_what_unfolds_on_it(visit: Visit) -> None:
    visit.wrong.clear()
    visit.open("/")
    visit.screen.settled()
    visit.judge("the dashboard")
    for state, opens in MENUS.items():
        part = opens(visit.page)
        visit.page.locator(part).first.wait_for()
        visit.page.wait_for_timeout(150)  # until it has faded in
        visit.judge(state, part)
        visit.page.keyboard.press("Escape")
    assert visit.wrong == {}


def test_the_dialogs_of_the_dashboard(visit: Visit) -> None:
    visit.wrong.clear()
    page = visit.page
    visit.open("/?run=500000000401411")
    page.locator("#breakdown-records tbody tr").first.wait_for()
    page.locator("#breakdown-history-as-table").click()
    page.locator("#breakdown-history-table tbody tr").first.wait_for()
    visit.judge("the breakdown", ".modal")
    page.keyboard.press("Escape")
    for name, ready in (
        ("Mail", "#mail-subject:not(:empty)"),
        ("Save this", "#view-line:not(:empty)"),
    ):
        expect(page.locator(".modal")).to_have_count(0)
        page.locator("#export-menu summary").click()
        page.get_by_role("button", name=name).click()
        page.locator(ready).first.wait_for(state="attached")
        page.wait_for_timeout(400)  # until it has faded in
        visit.judge(name, ".modal")
        page.keyboard.press("Escape")
    assert visit.wrong == {}


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("?group_by=job", ".panel--table"),
        ("?group_by=day&alerts=only", "main"),
        ("?start_date=2025-01-01&end_date=2025-01-05", "main"),
        ("?start_date=banana&job_id=1&cluster_id=2", "main"),
    ],
)
def test_other_views(visit: Visit, query: str, part: str) -> None:
    visit.wrong.clear()
    visit.open(f"/{query}")
    visit.screen.settled()
    visit.judge(query, part)
    assert visit.wrong == {}


PAGES = {
    f"/job/{JOB}": ".job__runs tbody tr",
    "/job/nobody-knows": ".job__name",
    "/import": "h1",
    "/alerts": "#trial-words strong",
    "/reports": "#schedule-next > *",
    "/check": ".check__end",
    "/account": "h1",
    "/admin": ".plain__table",
    "/api/docs": "h1",
    "/static/nothing": "h1",
}


@pytest.mark.parametrize("path", PAGES)
def test_every_other_page(visit: Visit, path: str) -> None:
    visit.wrong.clear()
    visit.open(path)
    visit.settle(PAGES[path])
    visit.judge(path)
    assert visit.wrong == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_parts_that_failed(browser: Browser, failing: str, theme: Literal["light", "dark"]) -> None:
    with browser.new_context(color_scheme=theme, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(failing)
        page.locator("#shell").wait_for(state="detached")
        page.mouse.move(1, 1)
        page.locator(".state--over").wait_for()
        page.locator(".cards .state--failure").wait_for()
        assert violations(page) == {}


# What answers with files, JSON, or the way to another page.
_NO_PAGES = {"/login/oidc", "/signed-in", "/logout", "/admin/audit.jsonl", "/account/tokens"}
_NO_PAGES |= {"/account/tokens/revoke", "/api/openapi.json", "/jobs"}
_NO_PAGES |= {f"/import/{each}" for each in ("cancel", "confirm", "demo", "file", "now")}
_NEITHER = re.compile(r"/(healthz|readyz|metrics|export/|api/(?!docs)|.*<|.*/_|_)")


def test_no_page_was_forgotten() -> None:
    walked = {"", "/login", *PAGES}
    known = {rule.rstrip("/") for rule in (*OPEN, *NEEDED) if not _NEITHER.match(rule)}
    assert known - _NO_PAGES - walked == set()
