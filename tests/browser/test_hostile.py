"""Names that would harm a careless page, failures, and two people at once."""

import shutil
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, expect

from browser.screen import Screen, opened, serving
from dbspend360.warehouse.demo import make_demo
from dbspend360.warehouse.imports.importer import import_files

NAMES = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://127.0.0.1/x","pay")',
    "o'brien's job; DROP TABLE jobs--",
    'nightly "orders", EU',
    "50%_off_campaign",
    "c:\\legacy\\load",
    "🚀 launch metrics",
    "売上集計_日次",
    "تقرير المبيعات اليومي",
    "Отчёт по продажам",
    "  padded name  ",
    "tab\tinside",
    "a/b/c?d=e&f=g#h",
    "@SUM(A1:A9)",
    "x" * 240,
]
ALL_DAYS = "start_date=2026-08-23&end_date=2026-11-20"


def test_a_name_is_shown_exactly_as_it_is_and_harms_nothing(screen: Screen) -> None:
    screen.open(f"?{ALL_DAYS}&group_by=job")
    exact = "element => element.textContent"
    for name in NAMES:
        screen.do(partial(screen.page.locator("#filter-job").fill, name))
        for place in ("#spend-grid .job-name", "#chart-top-jobs .top-jobs__name"):
            assert screen.page.locator(place).first.evaluate(exact) == name
        assert screen.page.locator("#card-highest-run .stat__name").evaluate(exact) == name
        screen.do(screen.page.locator("#card-highest-run a").click)
        assert screen.page.locator("#breakdown-title").evaluate(exact) == name
        screen.do(partial(screen.page.keyboard.press, "Escape"))


def test_when_the_server_goes_away_the_page_says_so_and_recovers(screen: Screen) -> None:
    screen.open()
    block = "**/_dash-update-component*"
    screen.page.route(block, lambda route: route.abort())
    screen.page.get_by_text("Last 7 days", exact=True).click()
    message = screen.page.locator("#connection")
    expect(message).to_contain_text("The server did not answer")
    screen.page.unroute(block)
    screen.do(message.get_by_role("button", name="Retry").click)
    expect(message).to_be_empty()
    assert screen.column("total_cost", 1)
    screen.watch.wrong = [each for each in screen.watch.wrong if "foreign" in each]


def test_a_broken_warehouse_fails_part_by_part_and_retry_mends_it(
    context: BrowserContext, data_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(data_folder, folder, ignore=shutil.ignore_patterns("cache", "*.log"))
    pointer = (folder / "current.json").read_text()
    with serving(folder) as address, opened(context, address) as screen:
        (folder / "current.json").write_text("{")
        screen.page.goto(address)
        screen.page.locator("#spend-grid-frame").scroll_into_view_if_needed()  # it comes when seen
        for part in ("#cards", "#chart-trend-state", "#chart-top-jobs", "#spend-grid-state"):
            expect(screen.page.locator(f"{part} [role=alert]")).to_contain_text(
                "could not be loaded"
            )
        (folder / "current.json").write_text(pointer)
        screen.page.locator("#cards").get_by_role("button", name="Retry").click()
        expect(screen.page.locator("#card-total-spend")).to_contain_text("$41,261.67")
        expect(screen.page.locator(".state--failure")).to_have_count(0)


def test_an_import_shows_without_a_restart_and_the_demo_says_that_it_is_one(
    context: BrowserContext, data_folder: Path, tmp_path: Path
) -> None:
    make_demo(tmp_path, records=2000, days=40)
    with serving(tmp_path) as address, opened(context, address) as screen:
        screen.open()
        expect(screen.page.locator("#messages")).to_contain_text("Demo data")
        expect(screen.page.locator("#messages")).to_contain_text("dbspend360 import")
        import_files([Path(__file__).parent.parent / "data" / "job_spends.csv"], tmp_path)
        screen.do(screen.page.get_by_text("Last 90 days", exact=True).click)
        assert screen.card("total-spend") == "104257.992470"
        expect(screen.page.locator("#messages")).not_to_contain_text("Demo data")


def test_two_people_never_see_each_others_filters(browser: Browser, site: str) -> None:
    with (
        browser.new_context(viewport={"width": 1440, "height": 1000}) as one,
        browser.new_context(viewport={"width": 1440, "height": 1000}) as two,
        opened(one, site) as first,
        opened(two, site) as second,
    ):
        first.open(f"?{ALL_DAYS}")
        second.open(f"?{ALL_DAYS}&group_by=day")
        for name, other in (("orders", "売上"), ("50%", "o'brien"), ("_off", "\\")):
            first.page.locator("#filter-job").fill(name)
            second.page.locator("#filter-job").fill(other)
            first.page.wait_for_timeout(900)
            first.settled()
            second.settled()
            assert first.page.locator("#filter-job").input_value() == name
            assert second.page.locator("#filter-job").input_value() == other
            assert first.card("total-spend") != second.card("total-spend")
        assert first.card("total-spend") == "108.334259"
        assert second.card("total-spend") == "92.332843"
