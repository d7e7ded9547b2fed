"""What a person does on the page: filter, sort, group, open, go back."""

import re
from functools import partial
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Locator, expect

from browser.screen import Screen

OVERVIEW, ROWS, BREAKDOWN = "cards.children", "rows-answer", "breakdown-title"


def asked(questions: list[str]) -> list[str]:
    """Which of the three server callbacks ran, in the order of their names."""
    names = (OVERVIEW, ROWS, BREAKDOWN)
    return sorted(next(name for name in names if name in output) for output in questions)


def test_loading_asks_the_server_twice(screen: Screen) -> None:
    assert asked(screen.do(lambda: screen.page.goto(screen.address))) == [OVERVIEW, ROWS]


def test_a_preset_asks_twice_and_stands_in_the_url(screen: Screen) -> None:
    screen.open()
    presets = screen.page.locator("#filter-preset")
    for words in (
        "Today",
        "Yesterday",
        "This week",
        "Last week",
        "This month",
        "Last month",
        "Last 7 days",
        "Last 90 days",
    ):
        questions = screen.do(presets.get_by_text(words, exact=True).click)
        assert asked(questions) == [OVERVIEW, ROWS]
        assert screen.search() == f"?preset={words.lower().replace(' ', '_')}"
        expect(screen.page.locator(".pills__label--on")).to_have_text(words)


def test_back_and_forward_show_the_same_views_again(screen: Screen) -> None:
    screen.open()
    first = screen.card("total-spend")
    screen.do(screen.page.get_by_text("Last 7 days", exact=True).click)
    second = screen.card("total-spend")
    screen.do(lambda: screen.page.locator("#filter-job").fill("orders"))
    third = screen.card("total-spend")
    assert len({first, second, third}) == 3
    assert asked(screen.do(screen.page.go_back)) == [OVERVIEW, ROWS]
    assert screen.card("total-spend") == second
    assert screen.page.locator("#filter-job").input_value() == ""
    screen.do(screen.page.go_back)
    assert screen.card("total-spend") == first
    screen.do(screen.page.go_forward)
    screen.do(screen.page.go_forward)
    assert screen.card("total-spend") == third
    assert screen.page.locator("#filter-job").input_value() == "orders"


def test_a_reload_and_a_pasted_link_show_the_same_view(screen: Screen) -> None:
    link = "?preset=last_7_days&job_name=orders&group_by=job&sort=job_name"
    screen.open(link)
    total, names = screen.card("total-spend"), screen.column("job_name")
    assert names == sorted(names)
    expect(screen.page.locator("#spend-grid-title")).to_contain_text("Jobs")
    screen.page.reload()
    screen.settled()
    assert (screen.card("total-spend"), screen.column("job_name")) == (total, names)
    assert screen.search() == link


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?start_date=banana", "start_date"),
        ("?preset=last_decade", "preset"),
        ("?group_by=planet", "group_by"),
        ("?sort=1;drop", "sort"),
        ("?start_date=2026-11-20&end_date=2026-01-01", "dates"),
        ("?where=total_cost.lessThan.NaN", "where"),
        ("?jobname=x", "jobname"),
    ],
)
def test_nonsense_in_a_link_shows_the_default_and_says_so(
    screen: Screen, query: str, words: str
) -> None:
    screen.open(query)
    expect(screen.page.locator("#messages")).to_contain_text(words)
    expect(screen.page.locator(".pills__label--on")).to_have_text("Last 30 days")
    assert screen.column("total_cost", 1)


def test_sorting_asks_once_and_stands_in_the_url(screen: Screen) -> None:
    screen.open()
    header = screen.page.locator("#spend-grid .ag-header-cell[col-id=job_name]")
    assert asked(screen.do(header.click)) == [ROWS]
    assert screen.search() == "?sort=-job_name"
    assert asked(screen.do(header.click)) == [ROWS]
    assert screen.search() == "?sort=job_name"
    assert screen.column("job_name", 1) == ["  padded name  "]
    assert asked(screen.do(screen.page.go_back)) == [ROWS]
    expect(header).to_have_attribute("aria-sort", "descending")


def test_each_next_page_asks_at_most_once(screen: Screen) -> None:
    screen.open()
    following = screen.page.get_by_role("button", name="Next Page")
    first = screen.column("run_id", 1)
    for _ in range(5):
        assert asked(screen.do(following.click)) in ([], [ROWS])
        assert screen.column("run_id", 1) != first


def test_a_grouping_asks_once_and_shows_its_columns(screen: Screen) -> None:
    screen.open()
    for words, title, column in (
        ("Job", "Jobs", "runs"),
        ("Cluster", "Clusters", "cluster_id"),
        ("Day", "Days", "usage_date"),
        ("Record", "Records", "usage_date"),
        ("Run", "Runs", "run_id"),
    ):
        pressed = screen.page.locator("#filter-group").get_by_text(words, exact=True)
        assert asked(screen.do(pressed.click)) == [ROWS]
        expect(screen.page.locator("#spend-grid-title")).to_contain_text(title)
        expect(screen.page.locator(f".ag-header-cell[col-id={column}]")).to_be_visible()
    assert screen.search() == ""


def test_a_slow_machine_asks_no_more_often(screen: Screen) -> None:
    screen.open()
    devtools = screen.page.context.new_cdp_session(screen.page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 5})
    for words in ("Job", "Run"):
        pressed = screen.page.locator("#filter-group").get_by_text(words, exact=True)

        def press(pressed: Locator = pressed) -> None:
            with screen.page.expect_request(lambda it: it.method == "POST"):
                pressed.click()

        assert asked(screen.do(press)) == [ROWS]


def test_a_link_with_a_grouping_keeps_its_conditions(screen: Screen) -> None:
    for link in (
        "?group_by=job&where=total_cost.greaterThan.1000",
        "?group_by=day&where=runs.lessThan.100&sort=runs",
        "?where=last_date.inRange.2026-11-01..2026-11-05&where=job_name.contains.prod",
    ):
        for _ in range(2):
            questions = screen.do(partial(screen.page.goto, f"{screen.address}/{link}"))
            assert asked(questions) == [OVERVIEW, ROWS]
            assert screen.search() == link
            count = screen.page.locator("#spend-grid-title .panel__count").inner_text()
            href = screen.page.locator("#export-csv").get_attribute("href") or ""
            text = screen.page.request.get(screen.address + href).text()
            assert len(text.splitlines()) == int(count.replace(",", "")) + 1


def test_a_column_filter_narrows_table_total_and_csv(screen: Screen) -> None:
    screen.open("?group_by=job")
    screen.page.locator(".ag-header-cell[col-id=total_cost]").hover()
    screen.page.locator(".ag-header-cell[col-id=total_cost] .ag-header-cell-filter-button").click()
    menu = screen.page.locator(".ag-filter")
    menu.locator(".ag-picker-field").first.click()
    screen.page.get_by_role("option", name="Greater than", exact=True).click()
    menu.locator("input[type=number]").first.fill("1000")
    questions = screen.do(menu.get_by_role("button", name="Apply").click)
    assert asked(questions) == [ROWS]
    assert parse_qs(screen.search()[1:])["where"] == ["total_cost.greaterThan.1000"]
    number = int(screen.page.locator("#spend-grid-title .panel__count").inner_text())
    assert f"All {number} jobs" in screen.total_row().values()
    assert 0 < number < 20
    href = screen.page.locator("#export-csv").get_attribute("href") or ""
    text = screen.page.request.get(f"{screen.address}{href}").text()
    assert len(text.splitlines()) == number + 1
    screen.page.reload()
    screen.settled()
    assert f"All {number} jobs" in screen.total_row().values()


def test_columns_can_be_shown_and_hidden_and_stay_so(screen: Screen) -> None:
    screen.open()
    screen.page.get_by_role("button", name="Columns").click()
    screen.page.locator(".column-choice").get_by_text("Records", exact=True).click()
    screen.page.locator(".column-choice").get_by_text("Cluster", exact=True).click()
    expect(screen.page.locator(".ag-header-cell[col-id=records]")).to_be_visible()
    expect(screen.page.locator(".ag-header-cell[col-id=cluster_id]")).to_have_count(0)
    screen.open()
    expect(screen.page.locator(".ag-header-cell[col-id=records]")).to_be_visible()
    expect(screen.page.locator(".ag-header-cell[col-id=cluster_id]")).to_have_count(0)


def test_a_top_job_filters_to_exactly_that_job_and_its_chip_undoes_it(screen: Screen) -> None:
    screen.open()
    everything = screen.card("total-spend")
    row = screen.page.locator("#chart-top-jobs a").first
    cost = row.get_attribute("data-value")
    assert asked(screen.do(row.click)) == [OVERVIEW, ROWS]
    assert screen.card("total-spend") == cost
    assert screen.card("jobs") == "1"
    chip = screen.page.locator("#filter-chips a", has_text="Job ")
    expect(chip).to_be_visible()
    screen.do(chip.click)
    screen.do(screen.page.locator("#filter-chips a").first.click)
    assert screen.card("total-spend") == everything


def test_a_click_on_a_day_filters_to_it(screen: Screen) -> None:
    screen.open()
    bars = screen.page.locator("#chart-trend .barlayer .trace").first.locator(".point")
    assert bars.count() == 30
    box = bars.nth(12).bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    screen.page.mouse.move(*middle)
    screen.page.wait_for_selector("#chart-trend .hoverlayer .legend, #chart-trend .hovertext")
    hover = screen.page.locator("#chart-trend .hoverlayer").text_content() or ""
    assert re.search(r"\$\d[\d,]*\.\d\d", hover)
    screen.do(lambda: screen.page.mouse.click(*middle))
    query = parse_qs(screen.search()[1:])
    assert query["start_date"] == query["end_date"] == ["2026-11-03"]


def test_dates_are_picked_in_the_calendar(screen: Screen) -> None:
    screen.open("?start_date=2026-11-01&end_date=2026-11-05")
    screen.page.locator("#filter-dates").click()
    days = screen.page.locator(".dash-datepicker-content")
    days.get_by_text("10", exact=True).first.click()
    questions = screen.do(lambda: days.get_by_text("12", exact=True).first.click())
    assert asked(questions) == [OVERVIEW, ROWS]
    query = parse_qs(screen.search()[1:])
    assert (query["start_date"], query["end_date"]) == (["2026-11-10"], ["2026-11-12"])
    expect(screen.page.locator(".pills__label--on")).to_have_count(0)


def test_clear_goes_back_to_the_default(screen: Screen) -> None:
    screen.open("?preset=last_week&job_name=orders&group_by=day")
    screen.do(screen.page.get_by_role("button", name="Clear", exact=True).click)
    assert screen.search() == ""
    expect(screen.page.locator(".pills__label--on")).to_have_text("Last 30 days")
    assert screen.page.locator("#filter-job").input_value() == ""


def test_an_empty_view_leads_to_the_nearest_data(screen: Screen) -> None:
    screen.open("?start_date=2026-01-01&end_date=2026-01-07")
    expect(screen.page.locator("#chart-trend-state")).to_contain_text("Nothing ran")
    expect(screen.page.locator("#chart-trend-state")).to_contain_text("23 Aug 2026")
    expect(screen.page.locator(".ag-overlay")).to_contain_text("No rows")
    screen.do(screen.page.locator("#chart-trend-state a").click)
    assert parse_qs(screen.search()[1:])["start_date"] == ["2026-08-23"]
    assert float(screen.card("total-spend")) > 0


def test_the_link_of_the_view_is_copied(screen: Screen) -> None:
    screen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    screen.open("?preset=last_week")
    screen.page.get_by_role("button", name="Copy a link").click()
    expect(screen.page.locator("#toast")).to_have_text("Link copied")
    copied = screen.page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{screen.address}/?preset=last_week"


def test_the_theme_is_chosen_kept_and_painted(screen: Screen) -> None:
    screen.open()
    colour = "getComputedStyle(document.body).backgroundColor"
    bar = "document.querySelector('#chart-trend .js-plotly-plot').data[0].marker.color"
    light = screen.page.evaluate(f"[{colour}, {bar}]")
    screen.page.get_by_role("button", name="Dark theme").click()
    screen.page.wait_for_function(f"{bar} !== '{light[1]}'")
    dark = screen.page.evaluate(f"[{colour}, {bar}]")
    assert light == ["rgb(246, 247, 249)", "#3f51cf"]
    assert dark == ["rgb(15, 18, 22)", "#7c8cff"]
    screen.open()
    assert screen.page.evaluate(f"[{colour}, {bar}]") == dark
    screen.page.get_by_role("button", name="System theme").click()
    screen.page.wait_for_function(f"{colour} === '{light[0]}'")


def test_refresh_asks_both_parts_again(screen: Screen) -> None:
    screen.open()
    questions = screen.do(screen.page.get_by_role("button", name="Ask the warehouse").click)
    assert asked(questions) == [OVERVIEW, ROWS]
    expect(screen.page.locator("[data-as-of]")).to_have_text("as of just now")


@pytest.mark.parametrize("width", [390, 768, 1440, 1920])
def test_the_page_never_scrolls_sideways(screen: Screen, width: int) -> None:
    screen.page.set_viewport_size({"width": width, "height": 900})
    screen.open()
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= width
