"""The first five minutes: from an empty folder to one's own figures, in the browser."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browser.conftest import DATA
from browser.screen import Screen, opened, serving
from dbspend360.warehouse.demo import make_demo

EXPECTED = json.loads(DATA.with_suffix(".expected.json").read_text())["all"]
DROP = """async ([name, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name));
    for (const what of ["dragenter", "dragover", "drop"]) {
        document.getElementById("import-drop").dispatchEvent(
            new DragEvent(what, { dataTransfer: data, bubbles: true, cancelable: true }));
    }
}"""
BAD = """cluster_id,ec2_cost,job_id,run_id,usage_date,databricks_cost
c,"1,204.50",7,<img src=x onerror=alert(1)>,2026-11-01,1
c,1,7,8,2026-11-01,1
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("first") / "data"
    make_demo(folder, records=2_000, days=40)
    with serving(folder) as found:
        yield found


@pytest.fixture
def visit(address: str, context: BrowserContext) -> Iterator[Screen]:
    with opened(context, address) as screen:
        yield screen


def panel(page: Page, stage: str) -> None:
    expect(page.locator(f"[data-stage={stage}]")).to_be_visible(timeout=60_000)


def test_a_bad_file_is_dropped_and_its_faults_are_read(visit: Screen) -> None:
    page = visit.page
    page.goto(f"{visit.address}/import")
    page.evaluate(DROP, ["<b>bad.csv", BAD])
    panel(page, "checked")
    title = page.get_by_role("heading", name="<b>bad.csv: 1 of 2 records cannot be loaded")
    expect(title).to_be_focused()
    expect(page.get_by_role("status")).to_have_text(title.inner_text())
    expect(page.locator(".import__reasons")).to_contain_text('line 2: ec2_cost "1,204.50" has a')
    page.get_by_role("button", name="Choose another file").click()
    panel(page, "none")
    page.evaluate(DROP, ["spends.zip", "PK\x03\x04"])
    panel(page, "failed")
    expect(page.locator("#import-now")).to_contain_text("export it as CSV")
    page.get_by_role("button", name="Choose another file").click()


def test_from_the_demo_to_ones_own_figures_on_a_phone_by_keyboard(visit: Screen) -> None:
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.on("filechooser", lambda _: None)  # from now on none opens by itself
    visit.open()
    page.get_by_role("link", name="import a file").press("Enter")
    expect(page.get_by_role("heading", name="Import", exact=True)).to_be_visible()
    field = page.get_by_label("Drop a file here, or choose one")
    for _ in range(9):
        page.keyboard.press("Tab")
        if field.evaluate("field => field === document.activeElement"):
            break
    expect(field).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(DATA)
    panel(page, "checked")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    facts = page.locator(".import__facts")
    expect(facts).to_contain_text(f"{EXPECTED['records']:,}")
    expect(facts).to_contain_text(f"${float(EXPECTED['total']):,.2f}")
    page.keyboard.press("Tab")
    yes = page.get_by_role("button", name="Replace the demo data with these 10,460 records")
    expect(yes).to_be_focused()
    page.keyboard.press("Enter")
    panel(page, "done")
    page.get_by_role("link", name="Open the dashboard").press("Enter")
    page.wait_for_url(f"{visit.address}/")
    visit.open(f"?start_date={EXPECTED_DAYS[0]}&end_date={EXPECTED_DAYS[1]}")
    assert visit.card("total-spend") == EXPECTED["total"]
    assert visit.card("runs") == str(EXPECTED["total_runs"])
    expect(page.locator("#messages")).not_to_contain_text("Demo data")


def test_a_file_that_is_too_large_is_not_even_sent(visit: Screen) -> None:
    page = visit.page
    page.goto(f"{visit.address}/import")
    again = page.get_by_role("button", name=re.compile("another file"))
    if again.count():
        again.click()
        panel(page, "none")
    page.evaluate("document.querySelector('[data-most]').dataset.most = '10'")
    page.set_input_files("#import-file", DATA)
    expect(page.get_by_role("alert")).to_contain_text("split it by days")
    panel(page, "none")


EXPECTED_DAYS = min(EXPECTED["days"]), max(EXPECTED["days"])
