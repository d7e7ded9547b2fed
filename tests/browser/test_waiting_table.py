"""What the table shows between a click and the rows it asks for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Route, expect

from browser.screen import Screen

QUESTIONS = "**/_dash-update-component*"
ROWS = ".ag-center-cols-container .ag-row"


@contextmanager
def rows_held(screen: Screen) -> Iterator[Callable[[], None]]:
    """Let no question for rows through, until what this gives is called."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        is_for_rows = "rows-answer" in (route.request.post_data or "")
        held.append(route) if is_for_rows else route.continue_()

    def let_go() -> None:
        for each in held:
            each.continue_()
        held.clear()
        screen.page.unroute(QUESTIONS)

    screen.page.route(QUESTIONS, hold)
    yield let_go


def opacity(screen: Screen, place: str) -> float:
    found: float = screen.page.locator(place).evaluate(
        "(it) => Number(getComputedStyle(it).opacity)"
    )
    return found


def test_rows_stay_dimmed_until_the_next_are_there(screen: Screen) -> None:
    screen.open()
    before, total = screen.column("run_id"), screen.total_row()
    with rows_held(screen) as let_go:
        screen.page.get_by_text("Last 7 days", exact=True).click()
        expect(screen.page.locator("#spend-grid-frame")).to_have_class(
            "table-frame table-frame--busy"
        )
        screen.page.wait_for_timeout(300)
        assert screen.column("run_id") == before
        for place in (".ag-center-cols-container", ".ag-floating-bottom-container"):
            assert opacity(screen, place) < 0.6
        let_go()
    screen.settled()
    assert opacity(screen, ".ag-center-cols-container") == 1
    assert screen.column("run_id") != before
    assert screen.total_row() != total
    [first] = screen.column("run_id", 1)
    row_id = screen.page.locator(f"{ROWS}[row-index='0']").get_attribute("row-id") or ""
    assert first in row_id, "a click on a row opens what it shows"


def test_nothing_matches_is_not_said_of_a_view_that_waits(screen: Screen) -> None:
    screen.open("?job_name=there-is-no-such-job")
    nothing = screen.page.locator(".ag-overlay-no-rows-center")
    expect(nothing).to_be_visible()
    with rows_held(screen) as let_go:
        screen.page.locator("#filter-job").fill("")
        expect(nothing).not_to_be_visible()
        let_go()
    screen.settled()
    assert screen.column("run_id", 1)


def test_after_a_walk_down_the_table_a_filter_asks_once_and_begins_at_the_top(
    screen: Screen,
) -> None:
    screen.open()
    for _ in range(5):
        screen.do(screen.page.get_by_role("button", name="Next Page").click)
    asked = screen.do(screen.page.get_by_text("Last 90 days", exact=True).click)
    assert len([each for each in asked if "rows-answer" in each]) == 1
    expect(screen.page.locator(f"{ROWS}[row-index='0']")).to_be_visible()
