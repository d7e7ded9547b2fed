"""The page /reports, asked as the browser asks it: schedules, views, history, and the form."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from page_driver import MakePage, Page, as_json, elements, words
from report_page_driver import (
    DUE,
    a_delivery,
    a_file,
    kept,
    past,
    put_delivery,
    report_rows_in,
    schedule,
)
from spend_records import record

from dbspend360.dashboard import ids
from dbspend360.dashboard.deliveries import deliveries
from dbspend360.dashboard.moments import local_moment, until
from dbspend360.dashboard.report_progress import progress
from dbspend360.dashboard.reports_board import again_in, schedules
from dbspend360.dashboard.schedule_card import schedule_card
from dbspend360.dashboard.schedule_fields import form_values, new_values, query_of, read_form
from dbspend360.dashboard.schedule_trial import next_words
from dbspend360.dashboard.view_line import suggested_name, view_line
from dbspend360.models.delivery import Stage
from dbspend360.models.saved_view import SavedView
from dbspend360.models.schedule import Every, Schedule

NOW = DUE + timedelta(minutes=1)
SLY = "<img src=x onerror=alert(1)>"
FORM = new_values("preset=last_month", "Monthly") | {
    "recipients": "dana@example.com",
    "zone": "Europe/Berlin",
}
NOT_A_FORM: list[Any] = [None, [], 7, {"save": {}}, {"save": 1}, {"save": {"a": 1}}, {"id": 7}]


def form(**fields: Any) -> dict[str, Any]:
    """The form as it comes, but for these fields."""
    return FORM | fields


class Reports:
    """One visitor of /reports."""

    def __init__(self, page: Page) -> None:
        self.page = Page(page.client.application, "/reports/")
        self.folder = page.folder

    def lists(self, **deed: Any) -> dict[str, Any]:
        return self.page.answer("reports-question.data", {"deed": deed or None})

    def ask(self, **asked: Any) -> dict[str, Any]:
        return self.page.answer("schedule-question.data", {"id": "", **asked})

    def save(self, values: dict[str, Any], **more: Any) -> dict[str, Any]:
        """What the form is told after Save."""
        found: dict[str, Any] = self.ask(save=values, **more)[ids.SCHEDULE_ANSWER]["data"]
        return found

    def trial(self, values: Any) -> dict[str, Any]:
        return self.page.answer("schedule-trial.data", {"form": values, "token": 7})

    def verdict(self, values: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.trial(values)[ids.SCHEDULE_VERDICT]["data"]
        return found


@pytest.fixture
def visitor(page: MakePage) -> Reports:
    return Reports(page(record()))


def errors(answer: dict[str, Any]) -> dict[str, str]:
    """The sentences at the fields, by id."""
    return {
        name.removesuffix("-error"): value["children"]
        for name, value in answer.items()
        if name.endswith("-error") and value.get("children")
    }


def links(drawn: Any) -> list[str]:
    return [e["props"]["href"] for e in elements(drawn) if e["type"] == "A"]


def buttons(drawn: Any) -> list[str]:
    return [words(each) for each in elements(drawn) if each["type"] == "Button"]


# Nothing yet


def test_empty_lists_say_how_to_fill_them(visitor: Reports) -> None:
    answer = visitor.lists()
    assert "No schedules yet. A schedule mails a view" in words(answer[ids.SCHEDULES])
    assert "No saved views yet. On the dashboard" in words(answer[ids.SAVED_VIEWS])
    assert "Nothing was mailed yet." in words(answer[ids.DELIVERIES])
    assert "90 days" in words(answer[ids.DELIVERIES])
    assert answer[ids.REPORTS_STATE]["data"]["again_in"] is None


def test_without_a_mail_server_the_page_says_what_to_set_and_what_works(visitor: Reports) -> None:
    said = words(visitor.lists()[ids.REPORTS_REMARKS])
    assert "DBSPEND360_SMTP_URL" in said
    assert "can be saved" in said


def test_where_mail_is_forbidden_the_page_says_which_setting_it_is(page: MakePage) -> None:
    said = words(Reports(page(record(), mail_reports="nobody")).lists()[ids.REPORTS_REMARKS])
    assert "DBSPEND360_MAIL_REPORTS is nobody" in said


# A schedule's card


def test_a_card_says_what_goes_to_whom_and_when_in_its_own_zone() -> None:
    weekly = schedule(
        every="weekly",
        zone="Europe/Berlin",
        query="preset=last_month&group_by=job",
        recipients="a@example.com, b@example.com, c@example.com",
    )
    card = schedule_card(kept(weekly), None, NOW)
    said = words(card)
    assert "Every Monday at 08:00 Europe/Berlin · PDF to a@example.com, b@example.com" in said
    assert "and 1 more" in said
    assert "Next: Mon 30 Nov 2026 08:00 Europe/Berlin, in 6 days" in said
    assert "Last month · by job" in said
    assert links(card) == ["/?preset=last_month&group_by=job"]
    assert buttons(card) == ["Send now", "Pause", "Edit", "Delete this schedule"]


def test_a_paused_card_says_so_and_can_be_resumed() -> None:
    card = schedule_card(kept(schedule(is_paused=True)), past(), NOW)
    assert "Paused" in words(card)
    assert "Nothing is sent until you resume it." in words(card)
    assert "Last: sent 23 Nov 2026 07:00 UTC to dana@example.com." in words(card)
    assert "Resume" in buttons(card)


def test_a_card_says_what_went_wrong_with_the_last_one() -> None:
    failed = past(Stage.WAITING, error="451 later.", tries=3, due_at=NOW + timedelta(minutes=4))
    said = words(schedule_card(kept(schedule()), failed, NOW))
    assert "Not sent yet" in said
    assert "Last: failed 3 times: 451 later. Next try 23 Nov 2026 07:05 UTC." in said


def test_a_schedule_that_cannot_be_read_says_what_to_do(visitor: Reports) -> None:
    rows = report_rows_in(visitor.folder)
    rows.store.put("", "reports/schedule/odd", '{"schedule": {}}', seen=None)
    answer = visitor.lists()
    assert "save it again, or delete it" in words(answer[ids.SCHEDULES])
    assert buttons(answer[ids.SCHEDULES]) == ["Edit", "Delete this schedule"]
    asked = visitor.ask(id="odd")
    assert "cannot be read" in words(asked[ids.SCHEDULE_MESSAGES])
    seen = asked[ids.SCHEDULE_ANSWER]["data"]["seen"]
    assert visitor.save(FORM, id="odd", seen=seen)["saved"] is True


def test_the_last_of_its_deliveries_stands_on_the_card() -> None:
    drawn = schedules([kept(schedule())], [past(Stage.MISSED), past()], NOW)
    assert "Missed" in words(drawn)
    assert "Sent 23" not in words(drawn)


# The history


def test_a_sent_report_says_to_whom_when_and_where_its_file_is() -> None:
    row = deliveries([past(file=a_file())], {"s1": "Europe/Berlin"}, NOW, 90)
    said = words(row)
    assert "Due Mon 23 Nov 2026 08:00 Europe/Berlin · PDF to dana@example.com" in said
    assert "Sent 23 Nov 2026 07:00 UTC to dana@example.com." in said
    assert "job-spends_2026-11.pdf 48 KB · kept until 21 Feb 2027" in said
    assert "/reports/files/d1" in links(row)


def test_a_file_that_is_gone_has_no_link() -> None:
    row = deliveries([past(file=a_file(), is_kept=False)], {}, NOW, 90)
    assert "is not kept any more" in words(row)
    assert links(row) == ["/?"]


def test_what_failed_or_was_missed_can_be_sent_again() -> None:
    for stage in (Stage.GIVEN_UP, Stage.MISSED, Stage.HANDED_OVER):
        row = deliveries([past(stage, error="no such person")], {}, NOW + timedelta(days=1), 90)
        assert buttons(row) == ["Send again"], stage


def test_many_old_ones_are_folded_away() -> None:
    drawn = deliveries([past() for _ in range(130)], {}, NOW, 90)
    assert "110 older" in words(drawn)
    assert "and 30 older ones" in words(drawn)


@pytest.mark.parametrize(
    ("stage", "seconds", "said"),
    [
        (Stage.WAITING, 1, "Waiting to be sent…"),
        (Stage.WAITING, 60, "Waiting for a scheduler"),
        (Stage.MAKING, 1, "Making the PDF file…"),
        (Stage.SENDING, 1, "Sending…"),
    ],
)
def test_what_is_under_way_says_how_far_it_got(stage: Stage, seconds: int, said: str) -> None:
    now = DUE + timedelta(seconds=seconds)
    found = progress(past(stage), now)
    assert found.kind == "going"
    assert found.words.startswith(said)


def test_a_mail_whose_receipt_is_awaited_is_not_called_lost_yet() -> None:
    owed = past(Stage.HANDED_OVER, due_at=NOW + timedelta(seconds=20))
    assert progress(owed, NOW).kind == "going"
    assert progress(owed, NOW + timedelta(minutes=1)).tag == "No receipt"


# When to look again


def test_the_page_looks_again_soon_only_while_something_is_under_way() -> None:
    assert again_in([], [past(Stage.MAKING)], NOW) == 2
    assert again_in([], [past(), past(Stage.GIVEN_UP)], NOW) is None
    retried = past(Stage.WAITING, error="later", tries=1, due_at=NOW + timedelta(minutes=4))
    assert again_in([], [retried], NOW) == 243
    due = again_in([kept(schedule(every=Every.DAILY, hour=8))], [], NOW)
    assert due == 59 * 60 + 3
    assert again_in([kept(schedule(is_paused=True))], [], NOW) is None


def test_a_list_that_did_not_change_is_not_drawn_again(visitor: Reports) -> None:
    before = visitor.lists()
    there = before[ids.REPORTS_STATE]["data"]["drawn"]
    asked = {"deed": None, "quiet": True, "drawn": there}
    again = visitor.page.answer("reports-question.data", asked)
    assert ids.SCHEDULES not in again
    assert ids.REPORTS_MESSAGES not in again
    visitor.save(FORM)
    after = visitor.page.answer("reports-question.data", asked)
    assert "Monthly" in words(after[ids.SCHEDULES])
    assert ids.DELIVERIES not in after


# The form


def test_a_form_says_the_schedule_it_shows() -> None:
    made = schedule(
        name="売上",
        query="preset=last_month&job_name=%E5%A3%B2",
        kind="xlsx",
        recipients="a@example.com b@example.com",
        message="Hello\nall",
        every="monthly",
        month_day=31,
        hour=23,
        minute=5,
        zone="America/New_York",
    )
    assert read_form(form_values(made)) == made
    assert form_values(made)["time"] == "23:05"
    assert read_form(form_values(made), is_paused=True) == made.model_copy(
        update={"is_paused": True}
    )


def test_the_form_begins_with_the_view_one_came_from(visitor: Reports) -> None:
    answer = visitor.ask(new="?preset=last_month&group_by=job")[ids.SCHEDULE_ANSWER]["data"]
    assert answer["values"]["link"] == "/?preset=last_month&group_by=job"
    assert answer["values"]["name"] == "Last month by job"
    assert visitor.ask()[ids.SCHEDULE_ANSWER]["data"]["values"] == new_values()


def test_a_new_form_says_what_is_missing_and_marks_no_mistake(visitor: Reports) -> None:
    answer = visitor.trial(new_values() | {"zone": "Europe/Berlin"})
    verdict = answer[ids.SCHEDULE_VERDICT]["data"]
    assert (verdict["valid"], verdict["wrong"]) == (False, [])
    assert verdict["missing"] == "a name and who gets it"
    assert errors(answer) == {}
    assert "Next: Mon" in words(answer[ids.SCHEDULE_NEXT])
    assert "Last 30 days · by run" in words(answer[ids.SCHEDULE_VIEW])


@pytest.mark.parametrize(
    ("name", "typed", "field", "said"),
    [
        ("name", "a\u202eb", ids.FIELD_NAME, "The name holds a character that cannot be shown."),
        ("name", "x" * 101, ids.FIELD_NAME, "The name is longer than 100 characters."),
        ("link", "https://x.example/alerts", ids.FIELD_LINK, "not one of the dashboard"),
        ("link", "javascript:alert(1)", ids.FIELD_LINK, "not one of the dashboard"),
        ("link", "/?preset=someday", ids.FIELD_LINK, "someday"),
        ("link", "/?colour=red", ids.FIELD_LINK, "is not something a link can say"),
        ("link", "/?job_name=%ff", ids.FIELD_LINK, "not readable"),
        ("recipients", "dana", ids.FIELD_REPORT_RECIPIENTS, "is not a mail address"),
        ("recipients", "a@b.c\r\nBcc: d@e.f", ids.FIELD_REPORT_RECIPIENTS, "'Bcc:' is not a mail"),
        ("message", "a\0b", ids.FIELD_MESSAGE, "The message holds a character"),
        ("message", "x" * 2001, ids.FIELD_MESSAGE, "longer than 2,000 characters"),
        ("time", "25:00", ids.FIELD_TIME, "The time must be one such as 08:00."),
        ("time", "", ids.FIELD_TIME, "The time must be one such as 08:00."),
        ("zone", "Europe/Atlantis", ids.FIELD_ZONE, "is not a time zone such as"),
        ("zone", "../../etc/passwd", ids.FIELD_ZONE, "is not a time zone such as"),
        ("month_day", "32", ids.FIELD_MONTH_DAY, "must be a day from 1 to 31"),
        ("weekday", "funday", ids.FIELD_WEEKDAY, "must be one of monday"),
        ("every", "hourly", ids.FIELD_EVERY, "must be daily, weekly or monthly"),
        ("kind", "exe", ids.FIELD_KIND, "must be one of pdf, xlsx, csv"),
    ],
)
def test_a_field_says_what_is_wrong_with_it(
    visitor: Reports, name: str, typed: str, field: str, said: str
) -> None:
    answer = visitor.trial(form(**{name: typed}))
    assert list(errors(answer)) == [field]
    assert said in errors(answer)[field]
    verdict = answer[ids.SCHEDULE_VERDICT]["data"]
    assert (verdict["valid"], verdict["wrong"], verdict["token"]) == (False, [field], 7)


def test_five_hundred_recipients_are_too_many(visitor: Reports) -> None:
    many = ", ".join(f"n{n}@example.com" for n in range(500))
    said = errors(visitor.trial(form(recipients=many)))[ids.FIELD_REPORT_RECIPIENTS]
    assert said == "The recipients are 500; 50 is the most."


def test_a_forbidden_domain_is_said_at_the_field_and_not_saved(page: MakePage) -> None:
    visitor = Reports(page(record(), mail_domains="example.org"))
    answer = visitor.trial(FORM)
    assert errors(answer) == {
        ids.FIELD_REPORT_RECIPIENTS: (
            "Reports may not be mailed to dana@example.com, only to example.org."
        )
    }
    assert answer[ids.SCHEDULE_VERDICT]["data"]["valid"] is False
    assert visitor.save(FORM) == {"ok": False}


def test_fixed_days_are_pointed_out(visitor: Reports) -> None:
    fixed = visitor.trial(form(link="/?start_date=2026-11-01&end_date=2026-11-20"))
    assert "These days stay the same in every report." in words(fixed[ids.SCHEDULE_VIEW])
    moving = visitor.trial(FORM)
    assert "stay the same" not in words(moving[ids.SCHEDULE_VIEW])


def test_the_next_three_times_are_those_of_the_zone_also_when_its_clocks_change() -> None:
    daily = schedule(every="daily", hour=8, zone="Europe/Berlin")
    said = words(next_words(daily, datetime(2026, 10, 24, 12, tzinfo=UTC))).replace("\u00a0", " ")
    assert said == "Next: Sun 25 Oct 2026 08:00 Europe/Berlin, then Mon 26 Oct and Tue 27 Oct."
    newyear = words(next_words(daily, datetime(2026, 12, 30, 12, tzinfo=UTC)))
    assert "then Fri 1 Jan 2027 and" in newyear


@pytest.mark.parametrize("odd", NOT_A_FORM)
def test_what_no_form_sends_is_refused_with_a_sentence(visitor: Reports, odd: Any) -> None:
    answer = visitor.page.answer("schedule-question.data", odd)
    assert answer[ids.SCHEDULE_ANSWER]["data"] == {"ok": False}
    assert "Reload the page" in words(answer[ids.SCHEDULE_MESSAGES])
    tried = visitor.page.answer("schedule-trial.data", odd)
    assert "Reload the page" in words(tried[ids.SCHEDULE_NEXT])


@pytest.mark.parametrize(
    ("pasted", "query"),
    [
        ("", ""),
        ("/", ""),
        (" https://spend.example.com/?preset=today ", "preset=today"),
        ("https://x.example/apps/spend/?preset=today#a", "preset=today"),
        ("?preset=today", "preset=today"),
        ("preset=today&group_by=job", "preset=today&group_by=job"),
    ],
)
def test_a_link_may_be_pasted_in_any_shape(pasted: str, query: str) -> None:
    assert query_of(pasted) == query


def test_a_view_is_said_in_a_line() -> None:
    query = "preset=last_week&job_name=nightly&where=total_cost.greaterThan.5&alerts=only"
    assert view_line(query) == "Last week · by run · job nightly · 1 condition · alerts only"
    assert view_line("start_date=2026-11-01&end_date=2026-11-20") == "1 Nov – 20 Nov 2026 · by run"
    assert suggested_name("") == "Last 30 days by run"


def test_moments_are_said_as_people_say_them() -> None:
    assert local_moment(DUE, "Asia/Tokyo") == "Mon 23 Nov 2026 16:00 Asia/Tokyo"
    steps = {90: "in 1 minute", 59: "in less than a minute", 7_300: "in 2 hours", 0: "now"}
    for seconds, said in {**steps, 200_000: "in 2 days", 90_000: "in 25 hours"}.items():
        assert until(NOW + timedelta(seconds=seconds), NOW) == said


# Saving, and two people at once


def test_a_saved_schedule_is_there_for_whoever_comes_next(visitor: Reports) -> None:
    answer = visitor.save(FORM)
    assert (answer["ok"], answer["saved"]) == (True, True)
    drawn = visitor.lists()[ids.SCHEDULES]
    assert "Every Monday at 08:00 Europe/Berlin · PDF to dana@example.com" in words(drawn)
    again = visitor.ask(id=answer["id"])[ids.SCHEDULE_ANSWER]["data"]
    assert again["values"] == FORM


def test_a_conflict_is_said_and_either_one_can_win(visitor: Reports) -> None:
    made = visitor.save(FORM)
    visitor.save(form(name="Ann's"), id=made["id"], seen=made["seen"])
    late = visitor.ask(save=form(name="Bob's"), id=made["id"], seen=made["seen"])
    assert late[ids.SCHEDULE_ANSWER]["data"] == {"ok": False}
    said = words(late[ids.SCHEDULE_MESSAGES])
    assert "Somebody else changed this schedule meanwhile." in said
    assert "What you typed is still here" in said
    assert "Ann's" in words(visitor.lists()[ids.SCHEDULES])
    won = visitor.save(form(name="Bob's"), id=made["id"], seen=made["seen"], over=True)
    assert won["saved"] is True
    assert "Bob's" in words(visitor.lists()[ids.SCHEDULES])


def test_what_was_deleted_meanwhile_can_be_saved_as_a_new_one(visitor: Reports) -> None:
    made = visitor.save(FORM)
    visitor.lists(what="delete", id=made["id"], seen=made["seen"])
    late = visitor.ask(save=form(name="Bob's"), id=made["id"], seen=made["seen"])
    assert "Save it as a new one" in words(late[ids.SCHEDULE_MESSAGES])
    assert visitor.save(form(name="Bob's"))["saved"] is True


def test_saving_a_paused_schedule_does_not_wake_it(visitor: Reports) -> None:
    made = visitor.save(FORM)
    visitor.lists(what="pause", id=made["id"])
    seen = visitor.ask(id=made["id"])[ids.SCHEDULE_ANSWER]["data"]["seen"]
    visitor.save(form(name="Other"), id=made["id"], seen=seen)
    assert "Paused" in words(visitor.lists()[ids.SCHEDULES])


def test_a_schedule_that_changed_since_it_was_seen_is_not_deleted(visitor: Reports) -> None:
    made = visitor.save(FORM)
    visitor.save(form(name="Ann's"), id=made["id"], seen=made["seen"])
    answer = visitor.lists(what="delete", id=made["id"], seen=made["seen"])
    assert "Not done." in words(answer[ids.REPORTS_MESSAGES])
    assert "Ann's" in words(answer[ids.SCHEDULES])


# Deeds


def test_a_schedule_can_be_paused_resumed_and_deleted(visitor: Reports) -> None:
    made = visitor.save(FORM)
    assert "Paused" in words(visitor.lists(what="pause", id=made["id"])[ids.SCHEDULES])
    resumed = visitor.lists(what="resume", id=made["id"])
    assert "Paused" not in words(resumed[ids.SCHEDULES])
    [seen] = [
        each["props"]["data-seen"]
        for each in elements(resumed[ids.SCHEDULES])
        if "data-seen" in each["props"]
    ]
    gone = visitor.lists(what="delete", id=made["id"], seen=seen)
    assert "No schedules yet." in words(gone[ids.SCHEDULES])


@pytest.mark.parametrize(
    "deed",
    [
        {"what": "pause", "id": "nobody"},
        {"what": "explode", "id": "a"},
        {"what": "delete", "id": "a", "seen": "yesterday"},
        {"what": "send_again", "id": "../../etc/passwd"},
        {"what": "delete_view", "id": "\0"},
        {"what": ["pause"], "id": {"a": 1}},
    ],
)
def test_a_deed_that_makes_no_sense_is_refused_with_a_sentence(
    visitor: Reports, deed: dict[str, Any]
) -> None:
    answer = visitor.lists(**deed)
    assert words(answer[ids.REPORTS_MESSAGES]).startswith("Not done. ")
    assert "No schedules yet." in words(answer[ids.SCHEDULES])


# Saved views


def test_saved_views_are_listed_and_offered_in_the_form(visitor: Reports) -> None:
    rows = report_rows_in(visitor.folder)
    for id_, query in (("v1", "preset=last_month&group_by=job"), ("v2", "")):
        rows.put_view("", SavedView(name=f"{SLY} {id_}", query=query), id_=id_, seen=None)
    answer = visitor.lists()
    assert SLY in words(answer[ids.SAVED_VIEWS])
    assert links(answer[ids.SAVED_VIEWS]) == ["/?preset=last_month&group_by=job", "/?"]
    values = [each["value"] for each in answer[ids.FIELD_SAVED_VIEW]["options"]]
    assert values == ["other", "v1?preset=last_month&group_by=job", "v2?"]
    left = visitor.lists(what="delete_view", id="v1")
    assert links(left[ids.SAVED_VIEWS]) == ["/?"]


# Hostile names


def test_markup_in_names_and_messages_stays_a_text(visitor: Reports) -> None:
    visitor.save(form(name=SLY, message=SLY))
    answer = visitor.lists()
    assert SLY in words(answer[ids.SCHEDULES])
    texts = as_json(answer[ids.SCHEDULES])
    assert "dangerously_allow_html" not in str(texts)
    assert not any(each["type"] in ("Markdown", "Img") for each in elements(texts))


# The kept files


def test_a_kept_file_is_a_private_download(visitor: Reports) -> None:
    put_delivery(visitor.folder, a_delivery(file=a_file("job spends é.pdf")), b"%PDF-1.4 x")
    assert "/reports/files/d1" in links(visitor.lists()[ids.DELIVERIES])
    with visitor.page.client.get("/reports/files/d1") as answer:
        assert answer.status_code == 200
        assert answer.get_data() == b"%PDF-1.4 x"
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "private" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("odd", ["d2", "..%5c..%5cetc", "%00", "x" * 500])
def test_a_file_that_is_not_there_is_a_sentence(visitor: Reports, odd: str) -> None:
    answer = visitor.page.client.get(f"/reports/files/{odd}")
    assert answer.status_code == 404
    assert "<script" not in answer.text


def test_a_saved_schedule_reads_back_as_one(visitor: Reports) -> None:
    visitor.save(FORM)
    [found] = report_rows_in(visitor.folder).schedules("")
    assert isinstance(found.schedule, Schedule)
    assert found.schedule.query == "preset=last_month"
