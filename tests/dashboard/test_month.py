"""The line of the current month below the total, and the budget."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from page_driver import Page, app_of, elements, words
from spend_records import publish, record

from dbspend360.models.person import Person, Role
from dbspend360.services.audit_reading import Wanted, entries
from dbspend360.signin.gate import Identify

Json = Any
TODAY = date(2026, 3, 20)
LAST = date(2026, 3, 17)
DAYS = [LAST - timedelta(days=number) for number in range(40)]


def records() -> list[Any]:
    return [
        record(str(day), f"{job}{number}", job=job, name=name, ec2=None, databricks=cost)
        for number, day in enumerate(DAYS)
        for job, name, cost in (("1", "nightly", "10"), ("2", "train", "5"))
    ]


MakeSite = Callable[..., Flask]


@pytest.fixture
def site(tmp_path: Path) -> MakeSite:
    def made(ways: list[Identify] | None = None, today: date = TODAY) -> Flask:
        if not (tmp_path / "data").exists():
            publish(tmp_path / "data", *records())
        found: Flask = app_of(tmp_path / "data", today=today, ways=ways)
        return found

    return made


def month(page: Page, query: str = "") -> Json:
    cards = page.overview(query)["cards"]["children"]
    [total] = [each for each in cards if each["props"]["id"] == "card-total-spend"]
    return total


def dialog(page: Page, query: str = "", **asked: Json) -> dict[str, Json]:
    given = {"query": query, "deed": None, "amount": "", "seen": "", "number": 1} | asked
    return page.answer("budget-question.data", given)


def saved(page: Page, amount: str, query: str = "") -> dict[str, Json]:
    seen = dialog(page, query)["budget-answer"]["data"]["seen"]
    return dialog(page, query, deed="save", amount=amount, seen=seen)


# Days that just do, and just do not, hold what a forecast looks at; and others.
NEAR = [
    f"?start_date={LAST - timedelta(days=age)}&end_date={end}"
    for age in (*range(26, 32), 60)
    for end in (LAST, LAST - timedelta(days=1), date(2026, 2, 25))
    if LAST - timedelta(days=age) <= end
]


def test_the_month_is_foreseen_whatever_days_are_shown(site: MakeSite) -> None:
    page = Page(site())
    days = ("", "?preset=last_7_days", "?preset=last_90_days", *NEAR)
    for query in days:
        said = words(month(page, query))
        assert "March: on track for $465" in said
        assert "(between $" in said
    assert "on track for $310" in words(month(page, "?job_name=nightly"))


def test_what_cannot_be_foreseen_is_said(site: MakeSite) -> None:
    page = Page(site(today=date(2026, 5, 2)))
    assert "May: $0.00 so far. A forecast needs newer data." in words(month(page))
    early = Page(site(today=DAYS[-1] + timedelta(days=10)))
    assert "needs two whole weeks" in words(month(early))


def test_a_budget_is_set_shown_changed_and_removed(site: MakeSite) -> None:
    page = Page(site())
    assert "Set a budget" in words(month(page))
    assert saved(page, "$1,000")["budget-answer"]["data"]["done"] == "Budget saved"
    said = words(month(page))
    assert "26 % of $1,000; on this course it lasts for the month" in said
    assert "Change the budget" in said
    saved(page, "400.50")
    assert "64 % of $401; on this course it is passed on 27 Mar" in words(month(page))
    saved(page, "100")
    assert "255 % of $100: passed on 7 Mar" in words(month(page))
    fills = [each for each in elements(month(page)) if each["props"].get("style")]
    assert fills[0]["props"]["style"]["width"] == "100.0%"
    shown = dialog(page)["budget-answer"]["data"]
    assert shown["amount"] == "100"
    done = dialog(page, deed="remove", seen=shown["seen"])
    assert done["budget-answer"]["data"]["done"] == "Budget removed"
    assert "Set a budget" in words(month(page))


def test_each_choice_of_jobs_has_its_own(site: MakeSite) -> None:
    page = Page(site())
    saved(page, "1000")
    saved(page, "50", "?job_name=Nightly&preset=last_7_days")
    assert "of $1,000" in words(month(page))
    assert "of $50" in words(month(page, "?job_name=nightly"))
    assert "Set a budget" in words(month(page, "?job_name=train"))
    assert words(dialog(page, "?job_name=nightly")["budget-line"]["children"]) == "For job nightly"
    assert words(dialog(page)["budget-line"]["children"]) == "For all jobs"


@pytest.mark.parametrize(
    "amount",
    [
        *(
            "",
            "0",
            "0.00",
            "-5",
            "−5",
            "1e309",
            "1e3",
            "NaN",
            "inf",
            "abc",
            "1.234",
            "5 000",
            "1,00",
        ),
        *("1,00", "1000000000.01", "9" * 40, "<script>", "٥", "0x10", "€5", "5 USD"),
        *(None, 5, [], {"a": 1}),
    ],
)
def test_what_is_no_amount_is_said_at_the_field(site: MakeSite, amount: Json) -> None:
    page = Page(site())
    answer = saved(page, amount)
    assert answer["budget-answer"]["data"]["done"] == ""
    assert "$" in words(answer["budget-amount-error"]["children"]) or "dollars" in words(
        answer["budget-amount-error"]["children"]
    )
    assert "Set a budget" in words(month(page))


def test_two_tabs_do_not_write_over_each_other(site: MakeSite) -> None:
    page = Page(site())
    saved(page, "700")
    first = dialog(page)["budget-answer"]["data"]["seen"]
    assert dialog(page, deed="save", amount="800", seen=first)["budget-answer"]["data"]["done"]
    for deed in ("save", "remove"):
        late = dialog(page, deed=deed, amount="900", seen=first)
        assert "changed in another window" in words(late["budget-result"]["children"])
        assert late["budget-answer"]["data"]["amount"] == "800"
    assert "of $800" in words(month(page))


@pytest.mark.parametrize(
    "asked",
    [None, [], "x", {}, {"query": 5}, {"query": "?x", "deed": ["save"], "seen": {}, "amount": "5"}],
)
def test_an_odd_question_gets_a_sentence(site: MakeSite, asked: Json) -> None:
    answer = Page(site()).answer("budget-question.data", asked)
    assert answer["budget-answer"]["data"]["done"] == ""


def whoever_says() -> Person | None:
    name, role = request.headers.get("X-Who", ""), request.headers.get("X-Role", "")
    return Person(name, Role(role)) if name else None


def test_a_viewer_has_a_budget_and_nobody_reaches_that_of_another(
    site: MakeSite, tmp_path: Path
) -> None:
    server = site(ways=[whoever_says])

    def visitor(who: str) -> Page:
        page = Page.__new__(Page)
        page.client, page.root, page.folder = server.test_client(), "/", tmp_path
        said = {"X-Who": who, "X-Role": "viewer"}
        for name, value in said.items():
            page.client.environ_base[f"HTTP_{name.upper().replace('-', '_')}"] = value
        page.callbacks = page.client.get("/_dash-dependencies").get_json()
        page.client.get("/")
        return page

    ann, bob = visitor("ann"), visitor("bob")
    saved(ann, "700")
    assert "of $700" in words(month(ann))
    assert "Set a budget" in words(month(bob))
    assert dialog(bob)["budget-answer"]["data"] == {"done": "", "amount": "", "seen": ""}
    seen = dialog(ann)["budget-answer"]["data"]["seen"]
    dialog(bob, deed="remove", seen=seen)
    assert "of $700" in words(month(ann))
    noted = list(entries(tmp_path / "data" / "audit", Wanted(what="budget.save")))
    assert [(each["who"], each["outcome"]) for each in noted] == [("ann", "done")]
