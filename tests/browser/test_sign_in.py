"""Signing in and out as a person does."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from playwright.sync_api import BrowserContext, expect

from browser.screen import Screen, opened, serving
from dbspend360.models.person import Role
from dbspend360.services.people import People

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def guarded(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("guarded") / "data"
    copytree(data_folder, folder)
    people = People(folder / "users.json")
    people.add("dana@example.com", Role.ADMIN, PASSWORD)
    people.add("vic", Role.VIEWER, PASSWORD)
    with serving(folder, DBSPEND360_AUTH="basic") as address:
        yield address


@pytest.fixture
def stranger(guarded: str, context: BrowserContext) -> Iterator[Screen]:
    with opened(context, guarded) as screen:
        yield screen
        # The browser and Dash say each refusal in the console: it was asked for.
        expected = (
            "Failed to load resource: the server responded with a status of 401",
            "{message: ",
        )
        screen.watch.wrong = [each for each in screen.watch.wrong if not each.startswith(expected)]


def sign_in(screen: Screen, name: str, password: str = PASSWORD) -> None:
    screen.page.get_by_label("Name").fill(name)
    screen.page.get_by_label("Password").fill(password)
    screen.page.keyboard.press("Enter")


def test_a_deep_link_is_reached_by_way_of_the_login(stranger: Screen) -> None:
    page = stranger.page
    page.goto(f"{stranger.address}/?group_by=job&preset=last_90_days")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_label("Name")).to_be_focused()
    sign_in(stranger, "vic", "wrong wrong wrong")
    expect(page.get_by_role("alert")).to_contain_text("do not go together")
    expect(page.get_by_label("Name")).to_have_value("vic")
    expect(page.get_by_label("Password")).to_be_focused()
    sign_in(stranger, "vic")
    stranger.settled()
    assert stranger.search() == "?group_by=job&preset=last_90_days"
    expect(page.locator("#spend-grid-title")).to_contain_text("Jobs")


def test_the_menu_says_who_it_is_and_lets_them_go(stranger: Screen) -> None:
    page = stranger.page
    page.goto(stranger.address)
    sign_in(stranger, "Dana@example.com")
    stranger.settled()
    page.get_by_label("dana@example.com, Admin").press("Enter")
    expect(page.get_by_text("What is configured, and does it work?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    page.locator(".account summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.goto(f"{stranger.address}/reports")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_viewer_is_offered_nothing_that_is_the_admins(stranger: Screen) -> None:
    page = stranger.page
    page.goto(f"{stranger.address}/alerts")
    sign_in(stranger, "vic")
    page.get_by_label("vic, Viewer").click()
    expect(page.get_by_text("For scripts that ask the API")).to_be_visible()
    assert page.locator(".account a[href='/check']").count() == 0
    assert page.goto(f"{stranger.address}/check").status == 403  # type: ignore[union-attr]
    expect(page.get_by_text("As viewer you may not")).to_be_visible()
    stranger.watch.wrong = [each for each in stranger.watch.wrong if "403" not in each]


def test_whoever_is_signed_out_meanwhile_comes_back_to_the_same_view(stranger: Screen) -> None:
    page = stranger.page
    page.goto(stranger.address)
    sign_in(stranger, "vic")
    stranger.settled()
    page.context.clear_cookies()
    page.get_by_text("Last 7 days", exact=True).click()
    line = page.locator("#connection")
    expect(line).to_contain_text("You are signed out.")
    line.get_by_role("link", name="Sign in again").click()
    sign_in(stranger, "vic")
    stranger.settled()
    assert stranger.search() == "?preset=last_7_days"
