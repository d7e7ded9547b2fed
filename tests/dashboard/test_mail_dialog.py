"""The dialogs of the dashboard that mail and save its view, asked as the browser asks them."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from mail_server import MailServer, body, mail_server
from page_driver import MakePage, Page, elements, words
from report_page_driver import DUE, past, report_rows_in
from spend_records import record

from dbspend360.dashboard import ids
from dbspend360.dashboard.mail_dialog import result
from dbspend360.models.delivery import Stage

SLY = "<script>alert(1)</script>"
FORM = {
    "recipients": "dana@example.com, bo@example.com",
    "kind": "csv",
    "message": "",
    "query": "preset=last_month",
}
NOT_A_FORM: list[Any] = [None, [], 7, {"form": None}, {"form": {"a": 1}}]
NOT_A_FORM += [{"form": {**FORM, "more": 1}}, {"form": {**FORM, "query": 7}}]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with mail_server(tmp_path_factory.mktemp("mail"), tls=False) as found:
        yield found


@pytest.fixture
def visitor(page: MakePage, server: MailServer) -> Page:
    server.mailbox.mails.clear()
    server.mailbox.refuses_mail = ""
    return page(record(), **server.settings(mail_seconds=5))


def tried(visitor: Page, **fields: Any) -> dict[str, Any]:
    return visitor.answer("mail-trial.data", {"form": FORM | fields, "token": 7})


def errors(answer: dict[str, Any]) -> dict[str, str]:
    return {
        name.removesuffix("-error"): value["children"]
        for name, value in answer.items()
        if name.endswith("-error") and value.get("children")
    }


def finished(visitor: Page, order: dict[str, Any]) -> tuple[list[str], str]:
    """The stages that a person sees, and the last sentence."""
    answer = visitor.answer("mail-order.data", order)
    seen = [words(answer[ids.MAIL_RESULT])]
    for _ in range(200):
        state = answer[ids.MAIL_STATE]["data"]
        if state["again_in"] is None:
            break
        time.sleep(0.05)
        answer = visitor.answer("mail-order.data", {"watch": state["id"]})
        seen.append(words(answer[ids.MAIL_RESULT]))
    return seen, seen[-1]


# The preview


def test_the_preview_is_the_mail_with_the_figures_of_the_view(visitor: Page) -> None:
    answer = tried(visitor, query="start_date=2026-03-01&end_date=2026-03-01", message="Look!")
    assert answer[ids.MAIL_SUBJECT]["children"] == "Databricks job spend: $14.00, 1 Mar 2026"
    paper = answer[ids.MAIL_PREVIEW]["srcDoc"]
    assert "$14.00" in paper
    assert "Look!" in paper
    assert words(answer[ids.MAIL_VIEW]) == "1 Mar 2026 · by run"
    verdict = answer[ids.MAIL_VERDICT]["data"]
    assert (verdict["valid"], verdict["missing"], verdict["token"]) == (True, "", 7)


def test_the_preview_can_do_nothing_whatever_a_message_holds(visitor: Page) -> None:
    layout = visitor.client.get("/_dash-layout").get_json()
    [frame] = [each for each in elements(layout) if each["type"] == "Iframe"]
    assert frame["props"]["sandbox"] == ""
    paper = tried(visitor, message=SLY)[ids.MAIL_PREVIEW]["srcDoc"]
    assert SLY not in paper
    assert "&lt;script&gt;" in paper
    assert '<base target="_blank">' in paper


def test_that_nobody_is_named_yet_is_no_mistake(visitor: Page) -> None:
    answer = tried(visitor, recipients=" ")
    assert errors(answer) == {}
    verdict = answer[ids.MAIL_VERDICT]["data"]
    assert (verdict["valid"], verdict["missing"]) == (False, "who gets it")
    assert answer[ids.MAIL_PREVIEW]["srcDoc"]


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"recipients": "dana"}, ids.MAIL_RECIPIENTS, "'dana' is not a mail address"),
        ({"recipients": "a@b.c\r\nBcc: d@e.f"}, ids.MAIL_RECIPIENTS, "'Bcc:' is not a mail"),
        ({"message": "x" * 2001}, ids.MAIL_MESSAGE, "The message is longer than 2,000"),
        ({"message": "a\u202eb"}, ids.MAIL_MESSAGE, "a character that cannot be shown"),
        (
            {"recipients": " ".join(f"n{n}@example.com" for n in range(500))},
            ids.MAIL_RECIPIENTS,
            "The recipients are 500; 50 is the most.",
        ),
    ],
)
def test_a_field_says_what_is_wrong_with_it(
    visitor: Page, fields: dict[str, Any], field: str, said: str
) -> None:
    answer = tried(visitor, **fields)
    assert list(errors(answer)) == [field]
    assert said in errors(answer)[field]
    assert answer[ids.MAIL_VERDICT]["data"]["wrong"] == [field]
    sent = visitor.answer("mail-order.data", {"send": FORM | fields})
    assert words(sent[ids.MAIL_RESULT]).startswith("Not sent. ")


def test_a_link_that_makes_no_sense_is_said_above_the_form(visitor: Page) -> None:
    answer = tried(visitor, query="colour=red&preset=someday")
    said = words(answer[ids.MAIL_REMARKS])
    assert said.startswith("This view cannot be mailed. Colour: is not something a link can say;")
    assert answer[ids.MAIL_VERDICT]["data"]["valid"] is False


def test_without_a_mail_server_the_dialog_says_what_to_set(page: MakePage) -> None:
    visitor = page(record())
    answer = tried(visitor)
    assert "DBSPEND360_SMTP_URL" in words(answer[ids.MAIL_REMARKS])
    assert answer[ids.MAIL_VERDICT]["data"]["valid"] is False
    assert answer[ids.MAIL_PREVIEW]["srcDoc"]
    sent = visitor.answer("mail-order.data", {"send": FORM})
    assert words(sent[ids.MAIL_RESULT]).startswith("Not sent. No mail server is set")


def test_a_forbidden_domain_is_said_at_the_field(page: MakePage, server: MailServer) -> None:
    visitor = page(record(), mail_domains="example.org", **server.settings())
    said = errors(tried(visitor))[ids.MAIL_RECIPIENTS]
    assert said.endswith("only to example.org.")
    sent = visitor.answer("mail-order.data", {"send": FORM})
    assert "only to example.org" in words(sent[ids.MAIL_RESULT])


@pytest.mark.parametrize("odd", NOT_A_FORM)
def test_what_no_dialog_sends_is_refused_with_a_sentence(visitor: Page, odd: Any) -> None:
    answer = visitor.answer("mail-trial.data", odd)
    assert "Reload the page" in words(answer[ids.MAIL_PREVIEW_STATE])
    sent = visitor.answer("mail-order.data", odd)
    assert "Reload the page" in words(sent[ids.MAIL_RESULT])


# Sending


def test_a_report_is_sent_without_holding_up_the_page(visitor: Page, server: MailServer) -> None:
    seen, last = finished(visitor, {"send": FORM | {"message": "Look at March."}})
    assert not seen[0].startswith("Sent")
    assert last.startswith("Sent to 2 people at ")
    [mail] = server.mailbox.mails
    assert "Look at March." in body(mail, "plain")
    assert server.mailbox.recipients[-1] == ["dana@example.com", "bo@example.com"]


def test_a_server_that_refuses_is_said_with_its_reason(visitor: Page, server: MailServer) -> None:
    server.mailbox.refuses_mail = "451 full"
    _, last = finished(visitor, {"send": FORM})
    assert last.startswith("Not sent. Failed 1 time: ")
    assert "Next try" in last
    assert "See the history" in last


def test_a_mail_that_is_not_there_is_a_sentence(visitor: Page) -> None:
    for odd in ("mail-none", "../x", "\0"):
        answer = visitor.answer("mail-order.data", {"watch": odd})
        assert "There is no such delivery." in words(answer[ids.MAIL_RESULT])


def test_without_a_scheduler_it_is_said_what_it_waits_for() -> None:
    waiting = past(Stage.WAITING)
    assert words(result(waiting, DUE + timedelta(seconds=1))) == "Waiting to be sent…"
    late = words(result(waiting, DUE + timedelta(minutes=1)))
    assert "Waiting for a scheduler" in late
    assert "dbspend360 scheduler" in late


# Saving the view


def keep(visitor: Page, **asked: Any) -> dict[str, Any]:
    return visitor.answer(
        "view-question.data", {"query": "preset=last_month", "save": None} | asked
    )


def test_a_view_gets_a_name_to_begin_with(visitor: Page) -> None:
    answer = keep(visitor, query="preset=last_month&group_by=job")
    assert answer[ids.VIEW_ANSWER]["data"]["suggested"] == "Last month by job"
    assert words(answer[ids.VIEW_LINE]) == "Last month · by job"


def test_a_view_is_saved_under_its_name(visitor: Page) -> None:
    assert keep(visitor, save=f" {SLY} ")[ids.VIEW_ANSWER]["data"] == {"saved": SLY}
    [found] = report_rows_in(visitor.folder).views("")
    assert (found.view.name, found.view.query) == (SLY, "preset=last_month")


def test_another_view_of_that_name_is_not_lost_without_asking(visitor: Page) -> None:
    keep(visitor, save="Mine")
    late = keep(visitor, save="mine", query="preset=today")
    assert late[ids.VIEW_ANSWER]["data"] == {"saved": ""}
    assert "There is another view of that name." in words(late[ids.VIEW_RESULT])
    assert keep(visitor, save="mine", query="preset=today", over=True)[ids.VIEW_ANSWER]["data"][
        "saved"
    ]
    [found] = report_rows_in(visitor.folder).views("")
    assert found.view.query == "preset=today"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Give the view a name."),
        ("x" * 101, "The name is longer than 100 characters."),
        ("a\u202eb", "The name holds a character that cannot be shown."),
        (7, "The name is not a text."),
    ],
)
def test_a_name_that_makes_no_sense_is_said_below_it(visitor: Page, name: Any, said: str) -> None:
    answer = keep(visitor, save=name)
    assert errors(answer) == {ids.VIEW_NAME: said}


@pytest.mark.parametrize("odd", [None, [], {"query": 7}, {"save": "x"}])
def test_what_the_dialog_never_sends_saves_nothing(visitor: Page, odd: Any) -> None:
    answer = visitor.answer("view-question.data", odd)
    assert "Reload the page" in words(answer[ids.VIEW_RESULT])


def test_the_folder_of_reports_holds_what_was_sent(visitor: Page, server: MailServer) -> None:
    finished(visitor, {"send": FORM})
    [path] = Path(visitor.folder / "reports").iterdir()
    assert path.suffix == ".csv"
