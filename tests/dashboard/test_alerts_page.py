"""The page /alerts, asked as the browser asks it: form, back-test and inbox."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from alert_driver import desk_in, rows_in
from page_driver import MakePage, Page, as_json, elements, words
from spend_records import record

from dbspend360.dashboard import ids
from dbspend360.dashboard.alert_fields import form_values, read_form
from dbspend360.dashboard.form_parts import error_id
from dbspend360.dashboard.inbox import inbox
from dbspend360.dashboard.incident_card import incident_card, view_address
from dbspend360.errors import StoreError
from dbspend360.models.alert import Alert, Rule
from dbspend360.models.alert_config import UNTIL_SAVED, AlertConfig
from dbspend360.models.delivery import Delivery, Message, Stage
from dbspend360.models.incident import Incident, State
from dbspend360.models.job_cost import Observation
from dbspend360.services import incident_steps as steps
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.alert_rows import CONFIG
from dbspend360.theme import day

NOT_A_FORM: list[Any] = [None, [], {"save": {}}, {"save": []}, {"save": 1}, {"save": {"a": 1}}]
NOW = datetime(2026, 3, 11, 6, tzinfo=UTC)
DEAR = [record(f"2026-03-{n:02}", f"r{n}") for n in range(1, 10)]
DEAR += [record("2026-03-10", "dear", ec2="100", databricks="40")]
DEFAULTS = form_values(UNTIL_SAVED)


def form(**fields: Any) -> dict[str, Any]:
    """The form as it comes, but for these fields."""
    return DEFAULTS | fields


def alert(job: str = "10", name: str = "nightly_load", run: str = "dear") -> Alert:
    when = date(2026, 3, 10)
    seen = Observation(
        workspace_id="w/1",
        job_id=job,
        job_name=name,
        run_id=run,
        first_date=when,
        last_date=when,
        runs=1,
        cost=Decimal(140),
        databricks_cost=Decimal(40),
        compared_cost=Decimal(140),
        is_complete=True,
        earlier=9,
        normal=Decimal(14),
    )
    return Alert(Rule.PERCENTAGE, seen, Decimal(100), Decimal(14), False)


def an_incident(**which: str) -> Incident:
    return steps.opened(Rule.PERCENTAGE, [alert(**which)], NOW)


@pytest.fixture
def visitor(page: MakePage) -> Page:
    return page(*DEAR).alerts()


def errors(answer: dict[str, Any]) -> dict[str, str]:
    """The sentences at the fields, by id."""
    return {
        name.removesuffix("-error"): value["children"]
        for name, value in answer.items()
        if name.endswith("-error") and value.get("children")
    }


# The form


def test_before_anything_is_saved_the_defaults_are_shown(visitor: Page) -> None:
    kept = visitor.config(save=None)[ids.CONFIG_ANSWER]["data"]
    assert kept["values"] == DEFAULTS
    assert (kept["values"]["threshold_amount"], kept["seen"]) == ("5000", None)
    assert kept["values"]["recipients"] == ""


def test_a_form_says_the_configuration_it_shows() -> None:
    config = AlertConfig(
        threshold_amount=Decimal("12.50"),
        threshold_percentage=None,
        recipients=("a@example.com", "b@example.com"),
        digest_hour=0,
        job_name="売上",
        email_notifications=False,
    )
    assert form_values(config)["threshold_amount"] == "12.5"
    assert read_form(form_values(config)) == config
    assert read_form(DEFAULTS) == UNTIL_SAVED


def test_what_is_saved_is_shown_to_whoever_comes_next(visitor: Page) -> None:
    saved = visitor.config(save=form(threshold_amount="$1,500.00", digest_hour="7"), seen=None)
    assert saved[ids.CONFIG_ANSWER]["data"]["saved"] is True
    other = Page(visitor.client.application, "/alerts/")
    kept = other.config(save=None)[ids.CONFIG_ANSWER]["data"]
    assert (kept["values"]["threshold_amount"], kept["values"]["digest_hour"]) == ("1500", "7")
    again = visitor.config(save=form(threshold_amount="7"), seen=kept["seen"])
    assert again[ids.CONFIG_ANSWER]["data"]["values"]["threshold_amount"] == "7"


def test_a_conflict_is_said_and_either_one_can_win(visitor: Page) -> None:
    visitor.config(save=form(threshold_amount="1"), seen=None)
    late = visitor.config(save=form(threshold_amount="2"), seen=None)
    assert late[ids.CONFIG_ANSWER]["data"] == {"ok": False}
    said = words(late[ids.CONFIG_MESSAGES])
    assert "Somebody else saved these settings meanwhile." in said
    assert "What you typed is still here" in said
    assert desk_in(visitor.folder).config("").config.threshold_amount == 1
    visitor.config(save=form(threshold_amount="2"), seen=None, over=True)
    assert desk_in(visitor.folder).config("").config.threshold_amount == 2


def test_an_unreadable_configuration_says_what_to_do_and_can_be_replaced(visitor: Page) -> None:
    store = rows_in(visitor.folder).store
    store.put("", CONFIG, '{"threshold_amount": "a lot"}', seen=None)
    answer = visitor.config(save=None)
    assert "cannot be read" in words(answer[ids.CONFIG_MESSAGES])
    assert "press Save" in words(answer[ids.CONFIG_MESSAGES])
    kept = answer[ids.CONFIG_ANSWER]["data"]
    assert kept["unreadable"] is True
    saved = visitor.config(save=kept["values"], seen=kept["seen"])
    assert saved[ids.CONFIG_ANSWER]["data"]["unreadable"] is False
    assert "cannot be read" not in words(saved[ids.CONFIG_MESSAGES])


def test_without_a_mail_server_the_form_says_that_no_mail_is_sent(page: MakePage) -> None:
    said = words(page(*DEAR).alerts().config(save=None)[ids.CONFIG_MESSAGES])
    assert "No mail server is set up" in said


@pytest.mark.parametrize("odd", NOT_A_FORM)
def test_what_no_form_sends_is_refused_with_a_sentence(visitor: Page, odd: Any) -> None:
    answer = visitor.answer("config-question.data", odd)
    assert answer[ids.CONFIG_ANSWER]["data"] == {"ok": False}
    assert "Reload the page" in words(answer[ids.CONFIG_MESSAGES])


def test_what_was_seen_must_be_a_moment(visitor: Page) -> None:
    for odd in ("yesterday", 7):
        answer = visitor.config(save=DEFAULTS, seen=odd)
        assert answer[ids.CONFIG_ANSWER]["data"] == {"ok": False}


# What is wrong


@pytest.mark.parametrize(
    ("name", "typed", "field", "said"),
    [
        ("threshold_amount", "-5", ids.FIELD_AMOUNT, "must be from 0.01"),
        ("threshold_amount", "NaN", ids.FIELD_AMOUNT, "is not a number"),
        ("threshold_amount", "", ids.FIELD_AMOUNT, "switch this rule off"),
        ("threshold_amount", "1e999999999", ids.FIELD_AMOUNT, "The amount must be from"),
        ("threshold_amount", "twelve", ids.FIELD_AMOUNT, "The amount is not a number."),
        ("threshold_percentage", "0", ids.FIELD_PERCENTAGE, "The increase must be from 1"),
        ("minimum_increase_usd", "-1", ids.FIELD_MINIMUM, "The minimum must be from 0"),
        ("recipients", "x" * 300, ids.FIELD_RECIPIENTS, "is not a mail address"),
        ("recipients", "a@b.c\r\nBcc: d@e.f", ids.FIELD_RECIPIENTS, "'Bcc:' is not a mail"),
        ("recipients", "ünï@example.com", ids.FIELD_RECIPIENTS, "is not a mail address"),
        ("job_name", "a\u202eb", ids.FIELD_JOB, "a character that cannot be shown"),
        ("job_name", "x" * 301, ids.FIELD_JOB, "longer than 300"),
        ("apprise_urls", "slack", ids.FIELD_APPRISE, "One is not an address"),
        ("apprise_urls", "file:///x", ids.FIELD_APPRISE, "not allowed"),
        ("digest_hour", "25", ids.FIELD_DIGEST, "hour from 0 to 23"),
    ],
)
def test_a_field_says_what_is_wrong_with_it(
    visitor: Page, name: str, typed: str, field: str, said: str
) -> None:
    answer = visitor.trial(form(**{name: typed}))
    assert list(errors(answer)) == [field]
    assert said in errors(answer)[field]
    verdict = answer[ids.TRIAL_ANSWER]["data"]
    assert (verdict["valid"], verdict["wrong"], verdict["token"]) == (False, [field], 7)
    assert ids.TRIAL_LIST not in answer  # what was tried before stays in sight


def test_five_hundred_recipients_are_too_many(visitor: Page) -> None:
    many = ", ".join(f"n{n}@example.com" for n in range(500))
    said = errors(visitor.trial(form(recipients=many)))[ids.FIELD_RECIPIENTS]
    assert said == "The recipients are 500; 50 is the most."


def test_all_that_is_wrong_is_said_at_once(visitor: Page) -> None:
    answer = visitor.trial(form(threshold_amount="", recipients="a", minimum_increase_usd="x"))
    assert set(errors(answer)) == {ids.FIELD_AMOUNT, ids.FIELD_RECIPIENTS, ids.FIELD_MINIMUM}


def test_both_rules_off_is_said_above_them(visitor: Page) -> None:
    answer = visitor.trial(form(amount_on=False, percentage_on=False))
    assert "Both rules are off" in errors(answer)["alert-rules"]
    assert answer[ids.TRIAL_ANSWER]["data"]["valid"] is False


def test_a_rule_that_is_off_may_hold_nonsense(visitor: Page) -> None:
    answer = visitor.trial(form(percentage_on=False, minimum_increase_usd="x"))
    assert errors(answer) == {}
    assert answer[ids.TRIAL_ANSWER]["data"]["valid"] is True


def test_an_error_goes_when_the_field_is_right(visitor: Page) -> None:
    answer = visitor.trial(DEFAULTS)
    assert answer[error_id(ids.FIELD_AMOUNT)]["children"] == ""


# The back-test


def test_the_trial_says_how_many_alerts_in_how_many_mails(visitor: Page) -> None:
    answer = visitor.trial(form(threshold_amount="100", percentage_on=False))
    said = words(answer[ids.TRIAL_WORDS])
    assert said.startswith("In the last 10 days this would have raised 1 alert in 1 mail.")
    figure = answer[ids.TRIAL_SOURCE]["data"]
    databricks, ec2, dots = figure["data"]
    assert len(databricks["x"]) == 10
    assert (databricks["marker"]["color"], ec2["marker"]["color"]) == (
        "var(--databricks)",
        "var(--ec2)",
    )
    assert dots["x"] == ["2026-03-10"]
    listed = words(answer[ids.TRIAL_LIST])
    assert "nightly_load" in listed
    assert "at or above $100.00" in listed


def test_the_chart_shows_the_jobs_in_the_scope(page: MakePage) -> None:
    visitor = page(*DEAR, record("2026-03-10", job="11", name="other", ec2="500")).alerts()
    figure = visitor.trial(form(job_name="night"))[ids.TRIAL_SOURCE]["data"]
    assert figure["data"][1]["y"][-1] == 100


def test_jobs_without_a_normal_are_called_learning(page: MakePage) -> None:
    visitor = page(*DEAR, record("2026-03-10", job="11", name="brand_new")).alerts()
    said = words(visitor.trial(DEFAULTS)[ids.TRIAL_LIST])
    assert "learning" in said
    assert "1 job is too new or too rare to have a normal" in said
    assert "brand_new" in said


def test_a_trial_without_data_says_so_and_the_form_stays_valid(page: MakePage) -> None:
    answer = page().alerts().trial(DEFAULTS)
    assert "There is no data yet" in words(answer[ids.TRIAL_WORDS])
    assert answer[ids.TRIAL_ANSWER]["data"]["valid"] is True
    assert answer[ids.TRIAL_SOURCE]["data"] is None


@pytest.mark.parametrize("odd", [None, [], {"form": None}, {"form": {"a": 1}}])
def test_a_trial_of_nothing_is_refused_with_a_sentence(visitor: Page, odd: Any) -> None:
    answer = visitor.answer("trial-question.data", odd)
    assert "Reload the page" in words(answer[ids.TRIAL_WORDS])


# The inbox


def test_an_empty_inbox_says_what_will_come(visitor: Page) -> None:
    answer = visitor.inbox()
    assert "No open incidents." in words(answer[ids.INBOX])
    assert words(answer[ids.BELL]) == "Alerts"


def with_incident(visitor: Page, **which: str) -> Incident:
    found = an_incident(**which)
    rows_in(visitor.folder).put("", found, seen=None)
    return found


def test_a_deed_is_done_and_stands_in_the_history(visitor: Page) -> None:
    found = with_incident(visitor)
    assert words(visitor.inbox()[ids.BELL]) == "Alerts 1"
    for what, state in (
        ("acknowledge", "Acknowledged"),
        ("expect", "Expected"),
        ("reopen", "Open"),
        ("resolve", "Resolved"),
    ):
        answer = visitor.inbox(id=found.id, what=what)
        [tag] = [
            each
            for each in elements(answer[ids.INBOX])
            if "tag " in str(each["props"].get("className"))
        ]
        assert words(tag) == state
        assert answer[ids.INBOX_MESSAGES]["children"] == []
    said = words(answer[ids.INBOX])
    assert "Somebody: Acknowledged" in said
    assert "The check: Opened with 1 alert" in said
    assert words(answer[ids.BELL]) == "Alerts"


@pytest.mark.parametrize(("until", "days"), [("1", 1), ("7", 7)])
def test_a_snooze_ends_after_so_many_days(visitor: Page, until: str, days: int) -> None:
    found = with_incident(visitor)
    before = datetime.now(UTC).replace(microsecond=0)
    visitor.inbox(id=found.id, what="snooze", until=until)
    [kept] = desk_in(visitor.folder).incidents("")
    assert kept.snoozed_until is not None
    assert (kept.snoozed_until - before).days == days
    assert kept.state is State.SNOOZED


def test_a_snooze_ends_with_a_day(visitor: Page) -> None:
    found = with_incident(visitor)
    later = datetime.now(UTC).date() + timedelta(days=100)
    answer = visitor.inbox(id=found.id, what="snooze", until=str(later))
    assert f"Snoozed until {day(later)} 00:00 UTC" in words(answer[ids.INBOX])


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ({"what": "snooze", "until": "tomorrow"}, "Choose a day such as 2026-12-01."),
        ({"what": "snooze", "until": "2020-01-01"}, "Choose a later moment"),
        ({"what": "reopen"}, "This incident is open."),
        ({"what": "acknowledge", "id": "nothere"}, "There is no such incident."),
        ({"what": "delete"}, "Reload the page."),
        ({"what": ["x"]}, "Reload the page."),
    ],
)
def test_a_deed_that_cannot_be_is_said_and_the_inbox_stays(
    visitor: Page, deed: dict[str, Any], said: str
) -> None:
    found = with_incident(visitor)
    answer = visitor.inbox(**{"id": found.id, **deed})
    assert said in words(answer[ids.INBOX_MESSAGES])
    assert "nightly_load" in words(answer[ids.INBOX])


def test_an_incident_that_is_not_there_is_said(visitor: Page) -> None:
    assert "not here" in words(visitor.inbox("gone")[ids.INBOX])


def test_the_open_ones_come_first_and_those_that_are_over_last() -> None:
    over = steps.resolved(an_incident(job="1", name="over"), "Ann", NOW)
    calm = steps.acknowledged(an_incident(job="2", name="calm"), "Ann", NOW)
    drawn = inbox([calm, over, an_incident(job="3", name="loud")])
    names = [words(each) for each in elements(drawn) if each["type"] == "H3"]
    assert names == ["loud", "calm", "over"]
    [fold] = [each["props"] for each in elements(drawn) if each["type"] == "Details" and
              "inbox__over" in str(each["props"].get("className"))]  # fmt: skip
    assert words(fold["children"]).startswith("1 incident resolved")
    assert fold["open"] is False
    chosen = inbox([over], over.id)
    assert any(each["props"].get("open") for each in elements(chosen))


def test_an_incident_says_what_why_and_how_much() -> None:
    said = words(incident_card(an_incident()))
    assert "nightly_load" in said
    assert "A run cost $140.00 on 10 Mar 2026: 10x this job's normal of $14.00." in said
    assert "$126.00 beyond what was expected" in said
    assert "Cost above the job's normal · 1 alert · since 11 Mar 2026 06:00 UTC" in said


def test_an_incident_links_to_exactly_its_view() -> None:
    address = view_address(an_incident())
    assert address == (
        "/?start_date=2026-03-10&end_date=2026-03-10&workspace_id=w%2F1&job_id=10"
        "&run=w%252F1%2F10%2Fdear"
    )


def test_late_data_is_an_incident_too() -> None:
    late = steps.late(None, "No new data for 4 days", NOW)
    assert late is not None
    said = words(incident_card(late))
    assert "The cost data" in said
    assert "No new data for 4 days" in said
    assert view_address(late) == "/"


def a_message(incident: Incident, **how: Any) -> Delivery:
    fields: dict[str, Any] = {"recipients": ("dana@example.com",), **how}
    return Delivery(
        id="n1",
        message=Message("s", "t", "h"),
        message_id="<1@x>",
        incidents=(f"{incident.id}-1",),
        created_at=NOW,
        due_at=NOW,
        **fields,
    )


def test_a_message_without_a_receipt_is_said_and_can_be_sent_again() -> None:
    found = an_incident()
    drawn = inbox([found], "", [a_message(found, stage=Stage.HANDED_OVER)])
    assert "Mail to dana@example.com: handed over without a receipt" in words(drawn)
    [button] = [
        each["props"] for each in elements(drawn) if each["props"].get("data-what") == "send_again"
    ]
    assert button["data-id"] == "n1"


def test_a_message_that_waits_shows_its_last_error_and_one_that_came_is_folded() -> None:
    found = an_incident()
    late = a_message(found, error="The server is away.", tries=2)
    assert "failed 2 times: The server is away." in words(inbox([found], "", [late]))
    sent = inbox([found], "", [a_message(found, stage=Stage.SENT, sent_at=NOW)])
    assert "incident__trouble" not in str(as_json(sent))
    assert "Messages (1)" in words(sent)


def test_sending_again_what_is_not_there_is_said(visitor: Page) -> None:
    answer = visitor.inbox(id="n1", what="send_again")
    assert "Not done." in words(answer[ids.INBOX_MESSAGES])


def test_a_secret_address_is_never_shown() -> None:
    found = an_incident()
    secret = a_message(found, recipients=(), apprise_url="slack://token@channel")
    assert "token" not in str(as_json(inbox([found], "", [secret])))


def test_a_name_with_markup_is_a_text() -> None:
    drawn = incident_card(an_incident(name="<script>alert(1)</script>"))
    assert "<script>alert(1)</script>" in words(drawn)
    assert "dangerously" not in json.dumps(list(elements(drawn)))


def test_a_store_that_is_away_is_said_with_a_way_to_try_again(
    visitor: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> Any:
        raise StoreError("The settings of users cannot be read.")

    monkeypatch.setattr(AlertDesk, "incidents", away)
    monkeypatch.setattr(AlertDesk, "config", away)
    for answer in (visitor.inbox()[ids.INBOX], visitor.config(save=None)[ids.CONFIG_MESSAGES]):
        assert "cannot be read" in words(answer)
        assert "Retry" in words(answer)
    monkeypatch.setattr(AlertDesk, "save", away)
    lost = visitor.config(save=DEFAULTS, seen=None)
    assert "Not saved." in words(lost[ids.CONFIG_MESSAGES])
    assert "What you typed is still here." in words(lost[ids.CONFIG_MESSAGES])
