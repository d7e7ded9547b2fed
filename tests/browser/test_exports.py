"""The menu Export as a person uses it: small files, large ones, cancel, and what goes wrong."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Download, Page, Route, expect
from workbooks import lines, opened

from browser.screen import Screen, serving
from browser.screen import opened as opened_page


@pytest.fixture
def page(screen: Screen) -> Page:
    return screen.open("?preset=last_90_days&group_by=job").page


def open_menu(page: Page) -> None:
    page.locator("#export-menu summary").click()
    expect(page.locator("#export-xlsx")).to_be_visible()


def panel(page: Page) -> str:
    return page.locator("#export-panel").inner_text()


def downloaded(page: Page, link: str) -> Download:
    open_menu(page)
    with page.expect_download(timeout=60_000) as found:
        page.locator(link).click()
    return found.value


def shown_rows(page: Page) -> int:
    return int(page.locator("#spend-grid-title .panel__count").inner_text().replace(",", ""))


def test_a_small_file_downloads_with_the_rows_of_the_table(page: Page, tmp_path: Path) -> None:
    for link, ending in (("#export-xlsx", "xlsx"), ("#export-pdf", "pdf"), ("#export-csv", "csv")):
        found = downloaded(page, link)
        assert re.fullmatch(rf"job-spends_[\d-]+_[\d-]+_by-job\.{ending}", found.suggested_filename)
        path = tmp_path / ending
        found.save_as(path)
        if ending == "xlsx":
            sheet = opened(path.read_bytes())["Spend"]
            assert len(list(lines(sheet))) == shown_rows(page)
    expect(page.locator("#export-panel")).to_be_hidden()


def test_the_links_are_the_view_whatever_it_is(screen: Screen) -> None:
    for query in (
        "",
        "?group_by=day&sort=runs",
        "?job_name=a%26b&where=runs.greaterThan.1&group_by=job",
    ):
        page = screen.open(query).page
        hrefs = [each.get_attribute("href") for each in page.locator("#export-menu a").all()]
        marked = f"{query}&bom=1" if query else "?bom=1"
        assert hrefs == [
            f"/export/job-spends.pdf{query}",
            f"/export/job-spends.xlsx{query}",
            f"/export/job-spends.csv{query}",
            f"/export/job-spends.csv{marked}",
        ]
        for href in hrefs:
            assert page.request.get(f"{screen.address}{href}", timeout=60_000).ok  # as a download


def test_the_menu_works_with_the_keyboard(page: Page) -> None:
    summary = page.locator("#export-menu summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#export-pdf")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#export-pdf")).to_be_hidden()
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    with page.expect_download(timeout=60_000) as found:
        page.keyboard.press("Enter")
    assert found.value.suggested_filename.endswith(".xlsx")


def test_a_click_elsewhere_closes_the_menu(page: Page) -> None:
    open_menu(page)
    page.locator("h1, .header").first.click()
    expect(page.locator("#export-xlsx")).to_be_hidden()


def large(page: Page) -> None:
    """From now on every file is a large one."""
    page.evaluate("document.querySelectorAll('[data-most]').forEach(a => a.dataset.most = '0.5')")


def test_a_large_file_shows_its_progress_and_downloads_by_itself(
    page: Page, tmp_path: Path
) -> None:
    large(page)
    open_menu(page)
    with page.expect_download(timeout=60_000) as found:
        page.locator("#export-xlsx").click()
        expect(page.locator("#export-panel")).to_contain_text("Making the Excel file")
        expect(page.locator("#export-cancel")).to_be_visible()
    expect(page.locator("#export-panel")).to_be_hidden()
    path = tmp_path / "large.xlsx"
    found.value.save_as(path)
    assert len(list(lines(opened(path.read_bytes())["Spend"]))) == shown_rows(page)


def test_a_large_file_can_be_cancelled(page: Page) -> None:
    large(page)
    open_menu(page)
    with page.expect_response("**/_dash-update-component*"):  # only what has begun can be ended
        page.locator("#export-pdf").click()
    expect(page.locator("#export-panel")).to_contain_text("Making the PDF file")
    with page.expect_request(re.compile("cancelJob")):
        page.locator("#export-cancel").click()
    expect(page.locator("#export-panel")).to_be_hidden()
    found = downloaded(page, "#export-csv")
    assert found.suggested_filename.endswith(".csv")


def test_one_large_file_at_a_time(page: Page) -> None:
    large(page)
    open_menu(page)
    page.locator("#export-pdf").click()
    open_menu(page)
    page.locator("#export-xlsx").click()
    expect(page.locator("#toast")).to_contain_text("One file is on its way already")
    page.locator("#export-cancel").click()


def test_a_refusal_is_a_sentence_in_the_panel(screen: Screen, page: Page) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=507, body="The disk is full. Make room.\n", content_type="text/plain")

    page.route("**/export/job-spends.xlsx*", refuse)
    open_menu(page)
    page.locator("#export-xlsx").click()
    expect(page.locator("#export-panel")).to_contain_text("No Excel file")
    assert "The disk is full. Make room." in panel(page)
    page.locator("#export-close").click()
    expect(page.locator("#export-panel")).to_be_hidden()
    screen.watch.wrong.clear()  # the browser's own note of the 507


def test_a_server_that_is_gone_is_a_sentence_too(screen: Screen, page: Page) -> None:
    page.route("**/export/job-spends.xlsx*", lambda route: route.abort())
    open_menu(page)
    page.locator("#export-xlsx").click()
    expect(page.locator("#export-panel")).to_contain_text("The server did not answer.")
    screen.watch.wrong.clear()  # the browser's own note of the failure


def test_a_large_file_of_a_view_that_makes_no_sense_is_a_sentence(screen: Screen) -> None:
    page = screen.open("?sort=nothing").page
    large(page)
    open_menu(page)
    page.locator("#export-xlsx").click()
    expect(page.locator("#export-panel")).to_contain_text(
        "there is no column 'nothing' by run", timeout=60_000
    )


def is_inside(page: Page, selector: str) -> bool:
    box = page.locator(selector).bounding_box()
    return box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390


def test_the_panel_and_the_menu_fit_a_phone(screen: Screen) -> None:
    page = screen.open("?group_by=job").page
    page.set_viewport_size({"width": 390, "height": 844})
    open_menu(page)
    assert is_inside(page, "#export-menu .menu__items")
    large(page)
    page.locator("#export-pdf").click()
    assert is_inside(page, "#export-panel")
    page.locator("#export-cancel").click()


def test_each_look_at_the_progress_may_come_to_another_web_process(
    data_folder: Path, context: BrowserContext
) -> None:
    with (
        serving(data_folder, DBSPEND360_WEB_WORKERS="3") as address,
        opened_page(context, address) as screen,
    ):
        screen.page.goto(f"{address}/alerts")  # its app must not sign for the other
        page = screen.open("?group_by=job").page
        large(page)
        assert downloaded(page, "#export-xlsx").suggested_filename.endswith(".xlsx")
