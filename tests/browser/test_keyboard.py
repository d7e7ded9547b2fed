"""Everything without a mouse, and always in sight of where one is."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from browser.screen import Screen
from browser.test_figures import money
from dbspend360.dashboard.keys_dialog import KEYS
from dbspend360.models.definitions import DEFINITIONS

# The keys ask the server nothing: one warehouse is enough.
pytestmark = pytest.mark.parametrize("site", ["embedded"], indirect=True)

IS_SEEN = """() => {
    const own = document.activeElement;
    const shown = own.matches('.pills__input, .segments__input') ? own.nextElementSibling : own;
    const {outlineStyle, boxShadow, borderColor} = getComputedStyle(shown);
    return outlineStyle !== 'none' || boxShadow !== 'none'
        || own.matches('.ag-cell, .ag-header-cell, [class*=datepicker]');
}"""
WHERE = """() => {
    const own = document.activeElement;
    const near = own.closest('[id]:not(#react-entry-point, #_dash-app-content)');
    return own === document.body ? 'body' : `${own.className} ${near ? near.id : ''}`;
}"""

ORDER = [
    "skip",
    "header__page",
    "refresh",
    "keys-button",
    "theme",
    "filter-preset",
    "filter-dates",
    "filter-job",
    "filter-clear",
    "card-total-spend",
    "card-split",
    "chart-trend-as-table",
    "chart-top-jobs",
    "alerts-only",
    "filter-group",
    "spend-grid",
]


def cell(screen: Screen) -> list[str | None]:
    """The row and the column that the focus is on."""
    found: list[str | None] = screen.page.evaluate(
        """() => [document.activeElement.closest('.ag-row')?.getAttribute('row-index'),
                  document.activeElement.getAttribute('col-id')]"""
    )
    return found


def test_a_slash_finds_a_job_and_is_a_slash_in_a_field(screen: Screen) -> None:
    screen.open()
    keys, field = screen.page.keyboard, screen.page.locator("#filter-job")
    keys.press("/")
    expect(field).to_be_focused()
    screen.do(lambda: keys.type("a/b?"))
    expect(field).to_have_value("a/b?")
    expect(screen.page.locator("#keys")).to_be_hidden()


def test_the_help_lists_the_keys_and_gives_the_focus_back(screen: Screen) -> None:
    screen.open()
    keys, dialog = screen.page.keyboard, screen.page.locator("#keys")
    screen.page.locator("#refresh").focus()
    keys.press("?")
    expect(dialog).to_be_visible()
    assert dialog.locator("dd").all_inner_texts() == [words for _, words in KEYS]
    for _ in range(4):
        keys.press("Tab")
        assert screen.page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('#keys')"
        )
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    expect(screen.page.locator("#refresh")).to_be_focused()


def test_keys_of_one_sign_can_be_switched_off(screen: Screen) -> None:
    screen.open()
    keys, dialog = screen.page.keyboard, screen.page.locator("#keys")
    keys.press("?")
    dialog.get_by_role("button", name="Keys / and ? are on").press("Enter")
    expect(dialog.get_by_role("button", name="Keys / and ? are off")).to_be_visible()
    keys.press("Escape")
    keys.press("?")
    keys.press("/")
    expect(dialog).to_be_hidden()
    expect(screen.page.locator("#filter-job")).not_to_be_focused()
    screen.page.get_by_role("button", name="Keys", exact=True).press("Enter")
    expect(dialog).to_be_visible()


def test_the_first_stop_leads_past_the_header(screen: Screen) -> None:
    screen.open()
    screen.page.keyboard.press("Tab")
    skip = screen.page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    assert skip.evaluate("each => getComputedStyle(each).clipPath") == "none"
    screen.page.keyboard.press("Enter")
    expect(screen.page.locator("#content")).to_be_focused()
    screen.page.keyboard.press("Tab")
    assert screen.page.evaluate("document.activeElement.closest('#filter-preset') !== null")


def test_tab_goes_through_the_page_in_its_order_seen_at_each_stop_and_out_again(
    screen: Screen,
) -> None:
    screen.open()
    stops: list[str] = []
    while len(stops) < 120:
        screen.page.keyboard.press("Tab")
        where = screen.page.evaluate(WHERE)
        if where == "body" or (len(stops) > 5 and where.startswith("skip")):
            break
        stops.append(where)
        assert screen.page.evaluate(IS_SEEN), where
    assert len(stops) < 120
    places = [next((n for n, stop in enumerate(stops) if part in stop), -1) for part in ORDER]
    assert -1 not in places, [part for part, n in zip(ORDER, places, strict=True) if n < 0]
    assert places == sorted(places)


def test_the_table_opens_a_run_and_the_focus_comes_back_to_its_row(screen: Screen) -> None:
    screen.open()
    keys = screen.page.keyboard
    screen.page.locator("#export-menu summary").focus()
    keys.press("Tab")
    assert screen.page.evaluate("!!document.activeElement.closest('#spend-grid .ag-header')")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp"):
        keys.press(key)
    here = cell(screen)
    assert here == ["1", "run_id"]
    keys.press("Enter")
    expect(screen.page.locator("#breakdown-facts dl")).to_be_visible()
    assert screen.page.evaluate("!!document.activeElement.closest('.modal')")
    keys.press("Escape")
    expect(screen.page.locator(".modal-content")).to_have_count(0)
    screen.page.wait_for_timeout(300)
    assert cell(screen) == here
    keys.press("ArrowDown")
    assert cell(screen) == ["2", "run_id"]
    keys.press("Tab")
    assert cell(screen) != ["2", "cluster_id"]
    assert not screen.page.evaluate("!!document.activeElement.closest('.ag-center-cols-container')")


def test_a_definition_opens_and_shuts_alone(screen: Screen) -> None:
    screen.open("?run=500000000401411")
    screen.page.locator("#breakdown-facts dl").wait_for()
    button = screen.page.locator(".modal .explain").first
    button.press("Enter")
    words = screen.page.locator(".explanation")
    expect(words).to_be_focused()
    expect(words).to_contain_text(DEFINITIONS["share-of-view"].words)
    expect(button).to_have_attribute("aria-expanded", "true")
    screen.page.keyboard.press("Escape")
    expect(words).to_have_count(0)
    expect(button).to_be_focused()
    expect(screen.page.locator("#breakdown-title")).to_be_visible()


def test_every_question_mark_says_what_its_figure_is(screen: Screen) -> None:
    screen.open()
    buttons = screen.page.locator(".page .explain")
    expect(buttons).to_have_count(11)
    said = set()
    for each in buttons.all():
        each.press("Enter")
        titles = screen.page.locator(".explanation__title").all_inner_texts()
        words = screen.page.locator(".explanation__words").all_inner_texts()
        said |= set(zip(titles, words, strict=True))
        screen.page.keyboard.press("Escape")
    assert said <= {(each.title, each.words) for each in DEFINITIONS.values()}
    assert len(said) >= 15


def test_the_table_of_a_chart_has_its_figures_and_its_days_lead_there(screen: Screen) -> None:
    screen.open()
    screen.page.locator("#chart-trend-as-table").press("Enter")
    rows = screen.page.locator("#chart-trend-table tbody tr")
    expect(rows).to_have_count(30)
    totals = [money(each) for each in rows.locator("td:nth-child(4)").all_inner_texts()]
    assert abs(sum(totals) - Decimal(screen.card("total-spend"))) < Decimal("0.2")
    first = rows.first.get_by_role("link")
    screen.do(lambda: first.press("Enter"))
    assert "start_date=2026-10-22&end_date=2026-10-22" in screen.search()
    expect(rows).to_have_count(1)


def test_the_table_of_the_top_jobs_has_the_same_jobs(screen: Screen) -> None:
    screen.open()
    names = screen.page.locator("#chart-top-jobs .top-jobs__name").all_inner_texts()
    screen.page.locator("#chart-top-jobs-as-table").press("Enter")
    rows = screen.page.locator("#chart-top-jobs-table tbody tr")
    assert rows.locator("th").all_inner_texts() == names
    costs = [
        Decimal(a.get_attribute("data-value") or "")
        for a in screen.page.locator("#chart-top-jobs a[data-value]").all()
    ]
    shown = [money(each) for each in rows.locator("td:nth-child(4)").all_inner_texts()]
    assert [round(each, 2) for each in costs] == shown
