"""From the total to a job, to a run, to its records, and back, without losing the place."""

import pytest
from playwright.sync_api import Page, expect

from browser.screen import Screen

VIEW = "?preset=last_90_days&group_by=job&sort=-cost_change"


def is_drawn(page: Page) -> None:
    page.locator("#job-cards .stat__number").first.wait_for(timeout=30_000)
    page.locator("#job-runs tbody tr").first.wait_for(timeout=30_000)


def first_arrow(screen: Screen) -> None:
    row = screen.page.locator('#spend-grid .ag-row[row-index="0"]')
    row.locator("a.job-link").first.click()


def test_from_the_total_to_the_records_and_back(screen: Screen) -> None:
    page = screen.page
    screen.open(VIEW)
    total, names = screen.card("total-spend"), screen.column("job_name")
    first_arrow(screen)
    page.wait_for_url("**/job/**")
    is_drawn(page)
    assert screen.search() == VIEW
    expect(page.locator(".job__name")).to_have_text(names[0].split("\n")[0])
    address = page.url
    costs = page.locator("#card-total-spend").get_attribute("data-value")
    page.locator("#job-runs tbody a").first.click()
    page.locator("#breakdown-modal").wait_for()
    page.locator("#breakdown-facts .facts").wait_for()
    assert "run=" in page.url
    page.reload()
    page.locator("#breakdown-facts .facts").wait_for(timeout=30_000)
    page.keyboard.press("Escape")
    page.locator("#breakdown-modal").wait_for(state="hidden")
    assert page.url == address
    page.go_back()
    page.locator("#breakdown-modal").wait_for()
    page.go_back()
    page.locator("#breakdown-modal").wait_for(state="hidden")
    assert page.url == address
    assert page.locator("#card-total-spend").get_attribute("data-value") == costs
    page.go_back()
    screen.settled()
    assert screen.search() == VIEW
    assert (screen.card("total-spend"), screen.column("job_name")) == (total, names)


def test_the_link_back_leads_to_the_view_as_it_was_left(screen: Screen) -> None:
    page = screen.page
    screen.open(VIEW)
    total = screen.card("total-spend")
    first_arrow(screen)
    page.wait_for_url("**/job/**")
    is_drawn(page)
    page.locator("#job-runs tbody a").first.click()
    page.locator("#breakdown-facts .facts").wait_for()
    page.keyboard.press("Escape")
    page.locator("#breakdown-modal").wait_for(state="hidden")
    page.locator(".job__back").click()
    page.wait_for_url(f"**/{VIEW}")
    screen.settled()
    assert screen.card("total-spend") == total


def test_the_sum_of_what_changed_is_the_difference_on_the_screen(screen: Screen) -> None:
    screen.open("?preset=last_30_days")
    lines = screen.page.locator("#changes [data-value]")
    cents = [round(float(each.get_attribute("data-value") or 0) * 100) for each in lines.all()]
    assert sum(cents[:-1]) == cents[-1]
    assert cents[-1] == 4126167 - 3297118


@pytest.mark.parametrize("start", ["#changes .changes__row", "#chart-top-jobs .job-link"])
def test_a_job_is_one_click_away(screen: Screen, start: str) -> None:
    page = screen.page
    screen.open("?preset=last_7_days")
    screen.do(lambda: page.locator("#filter-group").get_by_text("Day", exact=True).click())
    page.locator(start).first.click()
    page.wait_for_url("**/job/**")
    is_drawn(page)
    assert screen.search() == "?preset=last_7_days&group_by=day"  # also what the server never saw


def test_the_breakdown_leads_to_its_job(screen: Screen) -> None:
    page = screen.page
    screen.open("?preset=last_7_days")
    screen.do(lambda: page.locator("#card-highest-run a").click())
    name = page.locator("#breakdown-title").inner_text().strip()
    page.locator("#breakdown-title a").click()
    page.wait_for_url("**/job/**")
    is_drawn(page)
    expect(page.locator(".job__name")).to_have_text(name)
    page.locator("#breakdown-modal").wait_for(state="hidden")
    assert screen.search() == "?preset=last_7_days"


def test_a_job_that_nobody_knows_has_a_way_back(screen: Screen) -> None:
    page = screen.page
    page.goto(f"{screen.address}/job/%27%20OR%201%3D1?preset=last_7_days")
    page.locator(".job__name", has_text="There is no such job").wait_for()
    page.locator("#job-parts").wait_for(state="hidden")
    page.locator(".job__back").click()
    page.wait_for_url("**/?preset=last_7_days")
    screen.settled()


def test_the_line_of_the_period_before_can_be_hidden(screen: Screen) -> None:
    page = screen.page
    screen.open("?preset=last_30_days")
    line = page.locator("#chart-trend .scatterlayer .trace").first
    expect(line).to_be_visible()
    page.locator(".legend__switch").click()
    expect(line).to_be_hidden()
    page.reload()
    screen.settled()
    expect(line).to_be_hidden()
    page.locator(".legend__switch").click()
    expect(line).to_be_visible()
