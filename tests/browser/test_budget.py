"""The budget of the month, by keyboard, on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from browser.screen import opened, serving
from dbspend360.warehouse.demo import make_demo


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("budget") / "data"
    make_demo(folder, records=2_000, days=60)
    with serving(folder) as found:
        yield found


def test_a_budget_is_set_and_removed_by_keyboard(address: str, context: BrowserContext) -> None:
    with opened(context, address) as visit:
        page = visit.page
        page.set_viewport_size({"width": 390, "height": 844})
        visit.open()
        card = page.locator("#card-total-spend")
        expect(card).to_contain_text("on track for $")
        page.get_by_role("button", name="Set a budget").press("Enter")
        field = page.get_by_label("Budget", exact=True)
        expect(field).to_be_focused()
        expect(page.get_by_role("button", name="Remove")).to_be_hidden()
        page.keyboard.type("-5")
        page.keyboard.press("Enter")
        expect(page.locator("#budget-amount-error")).to_contain_text("Write the amount in dollars")
        field.fill("1,000,000")
        page.keyboard.press("Enter")
        expect(card).to_contain_text("of $1,000,000; on this course it lasts for the month")
        change = page.get_by_role("button", name="Change the budget")
        expect(change).to_be_focused()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.keyboard.press("Enter")
        expect(field).to_have_value("1,000,000")
        page.get_by_role("button", name="Remove").press("Enter")
        expect(page.get_by_role("button", name="Set a budget")).to_be_visible()
