"""What is large comes when it is looked for; until then the page has its shape."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize, expect

from browser.screen import serving

PHONE: ViewportSize = {"width": 390, "height": 844}
LAPTOP: ViewportSize = {"width": 1440, "height": 800}  # the table begins below it
TABLE, CHARTS = "dash_ag_grid", "plotly-basic"


@pytest.fixture(scope="module")
def address(data_folder: Path) -> Iterator[str]:
    with serving(data_folder) as found:
        yield found


class Fetched:
    """The addresses that a page has asked for."""

    def __init__(self, page: Page) -> None:
        self.all: list[str] = []
        page.on("request", lambda request: self.all.append(request.url))

    def has(self, part: str) -> bool:
        return any(part in each for each in self.all)


def first_figures(page: Page) -> None:
    expect(page.locator("#card-total-spend .stat__number")).to_be_visible()
    expect(page.locator("#shell")).to_have_count(0)
    page.wait_for_load_state("networkidle")


def test_a_phone_fetches_table_and_charts_when_they_are_scrolled_to(
    browser: Browser, address: str
) -> None:
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        fetched = Fetched(page)
        page.goto(address)
        first_figures(page)
        assert not fetched.has(TABLE)
        assert not fetched.has(CHARTS)
        page.mouse.wheel(0, 5_000)
        expect(page.locator("#spend-grid .ag-center-cols-container .ag-row").first).to_be_visible()
        expect(page.locator("#chart-trend .bars .point").first).to_be_attached()


def test_what_is_in_sight_comes_by_itself(browser: Browser, address: str) -> None:
    with browser.new_context(viewport=LAPTOP) as context:
        page = context.new_page()
        fetched = Fetched(page)
        page.goto(address)
        first_figures(page)
        expect(page.locator("#chart-trend .bars .point").first).to_be_attached()
        assert not fetched.has(TABLE)
        page.mouse.move(100, 100)
        expect(page.locator("#spend-grid .ag-center-cols-container .ag-row").first).to_be_visible()


def test_a_tall_window_gets_everything_at_once(browser: Browser, address: str) -> None:
    with browser.new_context(viewport={"width": 1440, "height": 2400}) as context:
        page = context.new_page()
        page.goto(address)
        expect(page.locator("#spend-grid .ag-center-cols-container .ag-row").first).to_be_visible()


def test_the_table_asks_once_for_what_was_chosen_before_it_came(
    browser: Browser, address: str
) -> None:
    with browser.new_context(viewport=LAPTOP) as context:
        page = context.new_page()
        asked: list[str] = []

        def slowly(route: Route) -> None:
            page.wait_for_timeout(1_500)
            route.continue_()

        page.route("**/dash_ag_grid*", slowly)
        page.on(
            "request",
            lambda it: (
                asked.append(it.post_data or "") if "rows-answer" in (it.post_data or "") else None
            ),
        )
        page.goto(address)
        first_figures(page)
        page.get_by_text("Last 90 days").click()
        expect(page.locator("#spend-grid .ag-center-cols-container .ag-row").first).to_be_visible()
        page.wait_for_timeout(2_500)  # as long as the page waits before it insists
        assert len(asked) == 1
        assert "last_90_days" in asked[0]


def test_a_script_that_does_not_come_is_told_in_its_place(browser: Browser, address: str) -> None:
    with browser.new_context(viewport=LAPTOP) as context:
        page = context.new_page()
        page.route("**/dash_ag_grid*", lambda route: route.abort())
        page.goto(address)
        first_figures(page)
        page.mouse.move(100, 100)
        told = page.locator("#spend-grid-frame").get_by_role("alert")
        expect(told).to_contain_text("reload the page")
        page.get_by_text("Last 7 days").click()
        expect(page.locator("#card-total-spend .stat__number")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/alerts", "/reports", "/job/965118963414278"])
def test_a_page_has_its_shape_before_any_script(browser: Browser, address: str, path: str) -> None:
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(address + path)
        expect(page.locator("#shell .header__name")).to_be_visible()
        expect(page.get_by_text("Loading...")).to_be_hidden()
        assert page.locator("#shell .header").bounding_box() == {
            "x": 0,
            "y": 0,
            "width": 390,
            "height": header_height(context, address + path),
        }


def header_height(context: BrowserContext, address: str) -> float:
    """Of the page once it is there."""
    browser = context.browser
    assert browser
    with browser.new_context(viewport=PHONE) as own:
        page = own.new_page()
        page.goto(address)
        expect(page.locator("#shell")).to_have_count(0)
        box = page.locator(".header").bounding_box()
        assert box
        return box["height"]
