"""For whoever wants no motion, larger letters, or their own colours."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from browser.screen import Screen, opened
from dbspend360.pages import assets_folder

pytestmark = pytest.mark.parametrize("site", ["embedded"], indirect=True)

PLACES = ["/", "/?run=500000000401411", "/alerts", "/reports", "/check", "/account", "/api/docs"]


def test_nothing_moves_for_whoever_wants_no_motion(browser: Browser, site: str) -> None:
    with (
        browser.new_context(reduced_motion="reduce") as context,
        opened(context, site) as screen,
    ):
        screen.open()
        page = screen.page
        page.evaluate(
            """() => {
                window.moved = [];
                const look = () => {
                    window.moved.push(...document.getAnimations().map(each => each.animationName
                        || each.transitionProperty));
                    requestAnimationFrame(look);
                };
                look();
            }"""
        )
        screen.do(page.get_by_text("Last 7 days", exact=True).click)
        screen.do(page.locator("#card-highest-run a").click)
        expect(page.locator("#breakdown-facts dl")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(".modal-content")).to_have_count(0)
        page.locator("#card-jobs .explain").click()
        assert page.evaluate("window.moved") == []


@pytest.mark.parametrize("width", [320, 640])  # of 1280 at 400 % and at 200 %
def test_no_page_is_wider_than_a_zoomed_window(browser: Browser, site: str, width: int) -> None:
    size = ViewportSize(width=width, height=512)
    with browser.new_context(viewport=size) as context, opened(context, site) as screen:
        for place in PLACES:
            screen.page.goto(f"{site}{place}")
            screen.page.locator("h1").first.wait_for(state="attached")
            screen.page.wait_for_function("() => !document.querySelector('[data-dash-is-loading]')")
            screen.page.wait_for_timeout(300)
            assert screen.page.evaluate("document.documentElement.scrollWidth") <= width, place


@pytest.fixture
def forced(browser: Browser, site: str) -> Iterator[Screen]:
    with (
        browser.new_context(forced_colors="active") as context,
        opened(context, site) as screen,
    ):
        yield screen.open()


def test_forced_colours_keep_what_is_said_by_colour(forced: Screen) -> None:
    colour = "each => getComputedStyle(each).backgroundColor"
    bar = forced.page.locator("#card-split .bar__part")
    assert bar.count() == 2
    assert bar.first.evaluate(colour) != bar.last.evaluate(colour)
    chosen = forced.page.locator(".pills__label--on")
    assert chosen.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"


def tokens(theme: str) -> dict[str, str]:
    text = (assets_folder() / "tokens.css").read_text("utf-8")
    start = ":root {" if theme == "light" else '[data-bs-theme="dark"] {'
    part = text.split(start, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))


def contrast(one: str, other: str) -> float:
    """As WCAG counts it."""

    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (
            each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    brighter, darker = sorted((light(one), light(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_outline_of_the_focus_stands_out(site: str, theme: str) -> None:
    known = tokens(theme)
    for ground in ("bg", "card", "hover", "tag", "bad-bg"):
        assert contrast(known["accent"], known[ground]) >= 3, ground
