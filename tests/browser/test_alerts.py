"""Alerts as a person meets them: the form, the back-test, the marks on the dashboard, the inbox."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alert_driver import desk_in, rows_in
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.screen import Screen, opened, serving
from browser.test_walks import OVERVIEW, ROWS, asked
from dbspend360.models.alert_config import AlertConfig
from dbspend360.services import incident_steps as steps
from dbspend360.theme import day

RULES = {"threshold_amount": 300, "threshold_percentage": 500}
SLY = "<img src=x onerror=alert(1)>"


class Alerts:
    """The page /alerts."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.page = screen, screen.page

    def open(self, query: str = "") -> "Alerts":
        self.page.goto(f"{self.screen.address}/alerts{query}")
        return self.settled()

    def settled(self) -> "Alerts":
        """Wait until every part has its answer."""
        self.page.wait_for_function(
            """() => !document.querySelector('[data-dash-is-loading], .skeleton')
                && document.getElementById('trial-words')?.textContent
                && document.getElementById('alert-amount')?.getAttribute('aria-describedby')"""
        )
        self.page.wait_for_timeout(150)
        return self

    def do(self, action: Callable[[], object]) -> list[str]:
        """The server callbacks that an action caused, once the page is quiet again."""
        self.screen.watch.questions.clear()
        action()
        self.page.wait_for_timeout(600)
        self.settled()
        return list(self.screen.watch.questions)

    def raised(self) -> str:
        """What the rules in the form would have raised."""
        return self.page.locator("#trial-words strong").inner_text()

    def save(self) -> None:
        expect(self.page.locator("#config-save")).to_be_enabled()
        self.do(self.page.locator("#config-save").click)


@pytest.fixture(scope="module")
def alerting(data_folder: Path, tmp_path_factory: Any) -> Iterator[str]:
    """A site whose person has rules, and an incident for what crossed them."""
    folder = tmp_path_factory.mktemp("alerting") / "data"
    shutil.copytree(data_folder, folder, ignore=shutil.ignore_patterns("cache", "*.log"))
    desk = desk_in(folder)
    config = AlertConfig.model_validate(RULES)
    desk.save("", config, seen=None)
    past = desk.backtest(config).value.incidents
    for n, each in enumerate(past[:3]):
        found = steps.opened(each.rule, each.alerts, datetime(2026, 11, 20, 6, n, tzinfo=UTC))
        named = found if n else replace(found, job_name=SLY)
        rows_in(folder).put("", named, seen=None)
    assert len(past) >= 3
    with serving(folder) as address:
        yield address


@pytest.fixture
def person(warm_context: BrowserContext, alerting: str) -> Iterator[Alerts]:
    with opened(warm_context, alerting) as screen:
        yield Alerts(screen)
        screen.page.close()


# The form and the back-test, from a file and through the Databricks connector


def test_the_numbers_are_tried_while_they_move(screen: Screen) -> None:
    alerts = Alerts(screen).open()
    before = alerts.raised()
    assert before.startswith("In the last 90 days this would have raised ")
    amount = screen.page.locator("#alert-amount")
    amount.select_text()
    questions = alerts.do(lambda: amount.press_sequentially("300", delay=40))
    assert len(questions) == 1  # not one for each key
    assert alerts.raised() != before
    expect(screen.page.locator("#trial-list li").first).to_contain_text("at or above $300.00")
    dots = "document.querySelector('#trial-chart .js-plotly-plot').data.at(-1)"
    assert screen.page.evaluate(f"{dots}.name") == "alerts"
    expect(screen.page.locator("#config-changes")).to_have_text("Not saved yet")
    expect(screen.page.locator("#config-save")).to_be_enabled()
    amount.fill("5000")
    expect(screen.page.locator("#config-save")).to_be_disabled()  # as it was


def test_a_field_says_what_is_wrong_and_keeps_what_was_typed(screen: Screen) -> None:
    alerts = Alerts(screen).open()
    many = ", ".join(f"n{n}@example.com" for n in range(500))
    typed = {
        "#alert-amount": "-5",
        "#alert-percentage": "NaN",
        "#alert-minimum": "",
        "#alert-recipients": many,
        "#alert-job": "\u202e売上",
    }
    for field, text in typed.items():
        screen.page.locator(field).fill(text)
    alerts.settled()
    expect(screen.page.locator("#alert-recipients-error")).to_have_text(
        "The recipients are 500; 50 is the most."
    )
    for field, text in typed.items():
        control = screen.page.locator(field)
        assert control.input_value() == text
        expect(control).to_have_attribute("aria-invalid", "true")
        [error] = (control.get_attribute("aria-describedby") or "").split()[-1:]
        expect(screen.page.locator(f"#{error}")).to_be_visible()
        assert screen.page.locator(f"label[for={field[1:]}]").count() == 1
    expect(screen.page.locator("#config-save")).to_be_disabled()
    screen.page.locator("#alert-amount").fill("5")
    expect(screen.page.locator("#alert-amount")).to_have_attribute("aria-invalid", "false")
    expect(screen.page.locator("#alert-amount-error")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_the_page_with_the_alerts_never_scrolls_sideways(person: Alerts, width: int) -> None:
    person.page.set_viewport_size({"width": width, "height": 900})
    person.open()
    assert person.page.evaluate("document.documentElement.scrollWidth") <= width
    person.page.set_viewport_size({"width": 1440, "height": 1000})


def test_loading_asks_for_the_inbox_the_settings_and_one_trial(person: Alerts) -> None:
    questions = person.do(lambda: person.page.goto(f"{person.screen.address}/alerts"))
    parts = ("inbox.children", "config-answer", "trial-answer")
    assert sorted(next(part for part in parts if part in each) for each in questions) == sorted(
        parts
    )


# Saving


def test_two_people_never_see_each_others_unsaved_form_and_none_loses_by_saving(
    browser: Browser, alerting: str
) -> None:
    with (
        browser.new_context() as one,
        browser.new_context() as two,
        opened(one, alerting) as left,
        opened(two, alerting) as right,
    ):
        ann, bob = Alerts(left).open(), Alerts(right).open()
        for n in range(3):
            ann.page.locator("#alert-job").fill(f"ann{n}")
            bob.page.locator("#alert-job").fill(f"bob{n}")
            ann.settled()
            bob.settled()
            assert ann.page.locator("#alert-job").input_value() == f"ann{n}"
            assert bob.page.locator("#alert-job").input_value() == f"bob{n}"
        ann.save()
        expect(ann.page.locator("#toast")).to_have_text("Alert settings saved")
        expect(ann.page.locator("#config-save")).to_be_disabled()
        bob.save()
        message = bob.page.locator("#config-messages")
        expect(message).to_contain_text("Somebody else saved these settings meanwhile.")
        assert bob.page.locator("#alert-job").input_value() == "bob2"
        bob.do(message.get_by_role("button", name="Save mine over it").click)
        expect(message).not_to_contain_text("Somebody else")
        ann.open()
        assert ann.page.locator("#alert-job").input_value() == "bob2"
        ann.page.locator("#alert-job").fill("")
        ann.settled()
        ann.save()


def test_when_the_server_goes_away_nothing_typed_is_lost(person: Alerts) -> None:
    person.open()
    block = "**/_dash-update-component*"
    person.page.route(block, lambda route: route.abort())
    person.page.locator("#alert-job").fill("typed meanwhile")
    message = person.page.locator("#connection")
    expect(message).to_contain_text("The server did not answer")
    person.page.unroute(block)
    person.do(message.get_by_role("button", name="Retry").click)
    expect(message).to_be_empty()
    assert person.page.locator("#alert-job").input_value() == "typed meanwhile"
    expect(person.page.locator("#config-save")).to_be_enabled()
    person.screen.watch.wrong = [each for each in person.screen.watch.wrong if "foreign" in each]


# On the dashboard


def test_alerts_are_marked_on_the_dashboard_and_the_breakdown_says_why(person: Alerts) -> None:
    screen, page = person.screen, person.page
    questions = screen.do(lambda: page.goto(f"{screen.address}/?preset=last_90_days"))
    assert asked(questions) == [OVERVIEW, ROWS]
    dear = page.locator("#spend-grid .ag-row.row--alert")
    expect(dear.first.locator(".tag--alert")).to_have_text("5.2x normal")
    expect(page.locator("#bell .header__count")).to_have_text("3")
    chart = "document.querySelector('#chart-trend .js-plotly-plot').data"
    assert page.evaluate(f"{chart}.find(each => each.name === 'alerts').x.length") > 0
    assert page.locator("#chart-top-jobs .top-jobs__name--alert").count() > 0
    dear.first.locator(".ag-cell[col-id=total_cost]").click()
    screen.settled()
    expect(page.locator("#breakdown-reason .reason--dear").first).to_contain_text(
        "At or above $300.00"
    )
    page.keyboard.press("Escape")


def test_alerts_only_narrows_the_table_by_link(person: Alerts) -> None:
    screen, page = person.screen, person.page
    screen.open("?preset=last_90_days")
    total = screen.card("total-spend")
    button = page.get_by_role("button", name="Alerts only")
    assert asked(screen.do(button.click)) == [ROWS]
    assert screen.search() == "?preset=last_90_days&alerts=only"
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#messages")).to_contain_text("Cards and charts still show everything.")
    assert screen.card("total-spend") == total
    number = int(page.locator("#spend-grid-title .panel__count").inner_text())
    assert 0 < number < 50
    assert page.locator("#spend-grid .ag-center-cols-container .ag-row").count() == number
    assert page.locator("#spend-grid .ag-center-cols-container .tag--alert").count() == number
    costs = [Decimal(each.strip("$").replace(",", "")) for each in screen.column("total_cost", 99)]
    shown = Decimal(screen.total_row()["total_cost"].strip("$").replace(",", ""))
    assert abs(shown - sum(costs)) < Decimal("0.05")  # each row is rounded by itself
    href = page.locator("#export-csv").get_attribute("href") or ""
    assert len(page.request.get(screen.address + href).text().splitlines()) == number + 1
    assert asked(screen.do(page.locator("#messages").get_by_text("Show all rows").click)) == [ROWS]
    expect(button).to_have_attribute("aria-pressed", "false")


def test_marks_are_off_when_the_person_says_so(person: Alerts) -> None:
    person.open()
    person.do(person.page.locator("#alert-highlights").click)
    person.save()
    person.screen.open("?preset=last_90_days")
    assert person.page.locator(".tag--alert, .top-jobs__name--alert, .header__count").count() == 0
    person.open()
    person.do(person.page.locator("#alert-highlights").click)
    person.save()


# The inbox


def first_open(page: Page) -> Any:
    return page.locator(".incident--open").first


def test_what_was_done_stands_in_the_inbox_with_who_and_when(person: Alerts) -> None:
    page = person.open().page
    bell = page.locator("#bell .header__count")
    before = int(bell.inner_text())
    card = first_open(page)
    id_ = card.get_attribute("data-incident")
    questions = person.do(card.get_by_role("button", name="Acknowledge").click)
    assert len(questions) == 1
    card = page.locator(f"[data-incident='{id_}']")
    expect(card.locator(".tag")).to_have_text("Acknowledged")
    assert page.evaluate("document.activeElement.dataset.incident") == id_
    card.get_by_text("Who did what").click()
    expect(card.locator(".incident__log li").first).to_contain_text("Somebody: Acknowledged")
    assert before == 1 or int(bell.inner_text()) == before - 1
    card.locator(".snooze summary").click()
    page.keyboard.press("Escape")
    expect(card.locator(".snooze__menu")).to_be_hidden()
    card.locator(".snooze summary").click()
    later = datetime.now(UTC).date() + timedelta(days=100)
    card.locator(".snooze input").fill(str(later))
    person.do(card.get_by_role("button", name="Until then").click)
    expect(card.locator(".tag")).to_have_text(f"Snoozed until {day(later)} 00:00 UTC")
    person.do(card.get_by_role("button", name="Open again").click)
    expect(card.locator(".tag")).to_have_text("Open")


def test_a_link_to_an_incident_shows_it_and_leads_to_its_view(person: Alerts) -> None:
    page = person.open().page
    id_ = first_open(page).get_attribute("data-incident")
    person.open(f"?incident={id_}")
    chosen = page.locator(".incident--chosen")
    expect(chosen).to_be_in_viewport()
    assert chosen.get_attribute("data-incident") == id_
    chosen.get_by_role("link", name="Show its runs").click()
    person.screen.settled()
    assert "job_id=" in person.screen.search()
    assert page.locator("#spend-grid .row--alert").count() > 0


def test_a_name_with_markup_stays_a_text_in_the_inbox(person: Alerts) -> None:
    page = person.open().page
    expect(page.locator(".incident__job", has_text="<img").first).to_have_text(SLY)
    assert page.locator(".incident img").count() == 0


def test_an_incident_of_somebody_else_is_not_there(context: BrowserContext, alerting: str) -> None:
    with opened(context, alerting) as screen:
        Alerts(screen).open("?incident=abc")
        expect(screen.page.locator("#inbox")).to_contain_text("is not here")
