"""Reports as a person meets them: from a view to a schedule, to a mail, to the kept file."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mail_server import Mailbox, MailServer, mail_server
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from report_page_driver import report_rows_in, schedule

from browser.screen import OURS, Screen, opened, serving
from dbspend360.models.saved_view import SavedView

SLY = "<img src=x onerror=alert(1)>"
LONG = 20_000  # milliseconds for what a scheduler does


class Reports:
    """The page /reports."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.page = screen, screen.page

    def open(self, query: str = "") -> "Reports":
        self.page.goto(f"{self.screen.address}/reports{query}")
        return self.settled()

    def settled(self) -> "Reports":
        """Wait until every part has its answer."""
        self.page.wait_for_function(
            """() => !document.querySelector('[data-dash-is-loading], .skeleton')
                && document.getElementById('schedule-next')?.textContent
                && document.getElementById('schedule-name')?.getAttribute('aria-describedby')"""
        )
        self.page.wait_for_timeout(450)
        return self

    def card(self, name: str) -> Locator:
        return self.page.locator(".report", has_text=name)

    def row(self, name: str) -> Locator:
        """Its newest delivery."""
        return self.page.locator(".log__row", has_text=name).first

    def save(self) -> None:
        expect(self.page.locator("#schedule-save")).to_be_enabled()
        self.page.locator("#schedule-save").click()
        expect(self.page.locator("#toast")).to_have_text("Schedule saved")
        self.settled()


@contextmanager
def scheduling(folder: Path, **settings: str) -> Iterator[None]:
    """`dbspend360 scheduler`, as a person starts it."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    env |= {"DBSPEND360_DATA_DIR": str(folder), **settings}
    with (folder / "scheduler.log").open("wb") as log:
        command = [sys.executable, "-m", "dbspend360.cli", "scheduler"]
        scheduler = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            yield
        finally:
            scheduler.terminate()
            scheduler.wait(20)


@pytest.fixture(scope="module")
def post(tmp_path_factory: Any) -> Iterator[MailServer]:
    with mail_server(tmp_path_factory.mktemp("post"), tls=False) as found:
        yield found


@pytest.fixture(scope="module")
def folder(data_folder: Path, tmp_path_factory: Any) -> Path:
    found: Path = tmp_path_factory.mktemp("reporting") / "data"
    shutil.copytree(data_folder, found, ignore=shutil.ignore_patterns("cache", "*.log"))
    rows = report_rows_in(found)
    rows.put_view("", SavedView(name=f"By job {SLY}", query="group_by=job"), id_="v1", seen=None)
    return found


@pytest.fixture(scope="module")
def mailing(folder: Path, post: MailServer) -> Iterator[str]:
    """A site with a mail server and a scheduler."""
    environment = post.environment(mail_seconds="5")
    with serving(folder, **environment) as address, scheduling(folder, **environment):
        yield address


@pytest.fixture
def mailbox(post: MailServer) -> Mailbox:
    post.mailbox.mails.clear()
    post.mailbox.recipients.clear()
    return post.mailbox


@pytest.fixture
def person(warm_context: BrowserContext, mailing: str) -> Iterator[Reports]:
    with opened(warm_context, mailing) as screen:
        yield Reports(screen)
        screen.page.evaluate("localStorage.clear()")
        screen.page.close()


def share(page: Page, item: str) -> None:
    page.locator("#export-menu summary").click()
    page.get_by_role("button", name=item).click()


def test_from_a_view_to_a_schedule_to_a_mail_to_the_kept_file(
    person: Reports, mailbox: Mailbox
) -> None:
    person.screen.open("?preset=last_90_days&group_by=job")
    page = person.page
    share(page, "Schedule this view")
    page.wait_for_url("**/reports?new=*")
    person.settled()
    assert page.locator("#schedule-link").input_value() == "/?preset=last_90_days&group_by=job"
    expect(page.locator("#schedule-changes")).to_have_text("Still needed: who gets it")
    page.locator("#schedule-name").fill(f"Quarter {SLY}")
    page.locator("#schedule-recipients").fill("dana@example.com, bo@example.com")
    page.locator("label", has_text="CSV").click()
    page.locator("#schedule-zone").fill("Europe/Berlin")
    person.settled()
    expect(page.locator("#schedule-next")).to_contain_text("08:00 Europe/Berlin, then Mon")
    person.save()
    card = person.card("Quarter")
    expect(card).to_contain_text("Every Monday at 08:00 Europe/Berlin · CSV to dana@example.com")
    expect(card).to_contain_text("Next: Mon")
    page.wait_for_function("() => document.activeElement.dataset.schedule")  # one sees where
    assert page.locator(".report img").count() == 0

    card.get_by_role("button", name="Send now").click()
    expect(person.row("Quarter").locator(".tag")).to_have_text("Sent", timeout=LONG)
    expect(person.row("Quarter")).to_contain_text("to 2 people.")
    assert mailbox.recipients[-1] == ["dana@example.com", "bo@example.com"]
    [attached] = [each.get_filename() for each in mailbox.mails[-1].iter_attachments()]
    link = person.row("Quarter").locator(".log__file a")
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == attached
    assert download.value.path().read_bytes().decode("utf-8-sig").startswith("job_")
    expect(card).to_contain_text("Last: sent")
    with page.expect_navigation():
        card.get_by_role("link").click()
    assert person.screen.search() == "?preset=last_90_days&group_by=job"


def test_a_schedule_is_paused_changed_resumed_and_deleted(person: Reports, folder: Path) -> None:
    person.open()
    page = person.page
    page.locator("#schedule-name").fill("Daily")
    page.locator("#schedule-recipients").fill("dana@example.com")
    page.locator("#schedule-every").select_option("daily")
    page.locator("#schedule-saved-view").select_option(label=f"By job {SLY}")
    person.settled()
    assert page.locator("#schedule-link").input_value() == "/?group_by=job"
    assert page.locator("#schedule-weekday").is_hidden()
    person.save()
    card = person.card("Daily")
    card.get_by_role("button", name="Pause").click()
    expect(card.locator(".tag")).to_have_text("Paused")
    page.wait_for_function("() => document.activeElement.dataset.schedule")
    card.get_by_role("button", name="Edit").click()
    expect(page.locator("#schedule-title")).to_have_text("Edit: Daily")
    person.settled()
    page.locator("#schedule-time").fill("23:45")
    person.settled()
    # A click on something else does not throw away what was typed.
    page.get_by_role("button", name="New schedule").click()
    expect(page.locator("#schedule-unsaved")).to_contain_text("What you typed is not saved.")
    page.get_by_role("button", name="Keep it").click()
    person.save()
    expect(card).to_contain_text("Every day at 23:45")
    card.get_by_role("button", name="Resume").click()
    expect(card.locator(".tag")).to_have_count(0)
    card.get_by_text("Delete", exact=True).click()
    page.keyboard.press("Escape")
    expect(card.locator(".menu__box")).to_be_hidden()
    card.get_by_text("Delete", exact=True).click()
    card.get_by_role("button", name="Delete this schedule").click()
    expect(card).to_have_count(0)
    assert "Daily" not in [each.name for each in report_rows_in(folder).schedules("")]


def test_the_dialog_shows_the_mail_sends_it_and_says_so(person: Reports, mailbox: Mailbox) -> None:
    page = person.screen.open("?preset=last_90_days").page
    share(page, "Mail this report")
    expect(page.locator("#mail-recipients")).to_be_focused()
    expect(page.locator("#mail-changes")).to_have_text("Still needed: who gets it")
    paper = page.frame_locator("#mail-preview")
    expect(paper.locator("h1")).to_have_text("Databricks job spend")
    page.locator("#mail-message").fill(f"Look at June.\n{SLY}")
    expect(paper.locator("body")).to_contain_text("Look at June.")
    assert paper.locator("img").count() == 0
    expect(page.locator("#mail-subject")).to_contain_text("$")
    page.locator("#mail-recipients").fill("dana")
    expect(page.locator("#mail-recipients-error")).to_contain_text("'dana' is not a mail address")
    expect(page.locator("#mail-send")).to_be_disabled()
    page.locator("#mail-recipients").fill("dana@example.com")
    page.locator("#mail-dialog label", has_text="CSV").click()
    expect(page.locator("#mail-send")).to_be_enabled()
    page.locator("#mail-send").click()
    expect(page.locator("#mail-result")).to_contain_text(
        "Sent to dana@example.com at", timeout=LONG
    )
    expect(page.locator("#mail-send")).to_be_disabled()  # not twice by a slip
    assert mailbox.recipients == [["dana@example.com"]]
    page.keyboard.press("Escape")
    expect(page.locator("#mail-dialog")).to_have_count(0)


def test_a_mail_that_is_refused_says_why_and_is_sent_again(
    person: Reports, mailbox: Mailbox
) -> None:
    page = person.screen.open().page
    share(page, "Mail this report")
    page.locator("#mail-recipients").fill("eve@example.com")
    page.locator("#mail-dialog label", has_text="CSV").click()
    expect(page.locator("#mail-send")).to_be_enabled()
    mailbox.refuses_mail = "451 the disk is full"
    page.locator("#mail-send").click()
    expect(page.locator("#mail-result")).to_contain_text("Not sent. Failed 1 time", timeout=LONG)
    page.get_by_role("link", name="See the history").click()
    row = person.settled().page.locator(".log__row", has_text="eve@example.com")
    expect(row.locator(".tag")).to_have_text("Not sent yet")
    mailbox.refuses_mail = ""
    row.get_by_role("button", name="Send again").click()
    expect(row.locator(".tag")).to_have_text("Sent", timeout=LONG)


def test_a_view_is_saved_by_keys_alone_and_scheduled_from_there(person: Reports) -> None:
    page = person.screen.open("?preset=last_90_days&group_by=day").page
    page.locator("#export-menu summary").focus()
    page.keyboard.press("Enter")
    for _ in range(7):  # four files, then what is mailed, scheduled, saved
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#view-name")).to_have_value("Last 90 days by day")
    page.locator("#view-name").press_sequentially("Every day")
    page.keyboard.press("Enter")
    expect(page.locator("#toast")).to_contain_text("Saved as")
    expect(page.locator("#view-dialog")).to_have_count(0)
    person.open()
    view = page.locator(".views__view", has_text="Every day")
    view.get_by_role("button", name="Schedule").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#schedule-name")).to_be_focused()
    person.settled()
    assert page.locator("#schedule-link").input_value() == "/?preset=last_90_days&group_by=day"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "schedule-saved-view"


def test_two_people_change_one_schedule_and_neither_loses_what_was_typed(
    browser: Browser, mailing: str, folder: Path
) -> None:
    rows = report_rows_in(folder)
    both = schedule(name="Shared one")
    rows.put_schedule("", both, id_="shared", counts_from=datetime.now(UTC), seen=None)
    with (
        browser.new_context() as one,
        browser.new_context() as two,
        opened(one, mailing) as left,
        opened(two, mailing) as right,
    ):
        ann, bob = Reports(left).open(), Reports(right).open()
        for who, name in ((ann, "Ann's one"), (bob, "Bob's one")):
            who.card("Shared one").get_by_role("button", name="Edit").click()
            expect(who.page.locator("#schedule-title")).to_have_text("Edit: Shared one")
            who.settled().page.locator("#schedule-name").fill(name)
            who.settled()
        ann.save()
        bob.page.locator("#schedule-save").click()
        expect(bob.page.locator("#schedule-messages")).to_contain_text("Somebody else changed")
        assert bob.page.locator("#schedule-name").input_value() == "Bob's one"
        bob.page.get_by_role("button", name="Save mine over it").click()
        expect(bob.card("Bob's one")).to_have_count(1)
    assert rows.schedule("", "shared").name == "Bob's one"


def test_reports_never_scroll_sideways_in_any_theme(person: Reports) -> None:
    page = person.open().page
    for width in (390, 768, 1440):
        page.set_viewport_size({"width": width, "height": 1000})
        for theme in ("#theme-dark", "#theme-light"):
            page.locator(theme).click()
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def quiet(page: Page, action: Callable[[], object]) -> list[str]:
    """What is asked while nobody does anything."""
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url) if "_dash-update" in each.url else None)
    action()
    return asked


def test_the_page_asks_nothing_while_nothing_is_under_way(person: Reports) -> None:
    page = person.open().page
    assert quiet(page, lambda: page.wait_for_timeout(2_600)) == []
