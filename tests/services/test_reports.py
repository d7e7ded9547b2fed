"""From a schedule to a mail with a file, and what is left when something goes wrong."""

import csv
import errno
import io
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from mail_server import Mailbox, MailServer, body, mail_server
from report_app import BASE, DANA, ReportApp, schedule
from spend_records import publish, record

from dbspend360.errors import BadView, Conflict, NotAllowed, NotFound
from dbspend360.models.delivery import Stage
from dbspend360.models.report import FileFormat
from dbspend360.models.saved_view import SavedView
from dbspend360.services.exporting import Exporter
from dbspend360.services.outbox import NO_SERVER
from dbspend360.services.report_maker import DELETED
from dbspend360.services.report_rows import OUTBOX, SCHEDULE

MARCH = datetime(2026, 3, 5, 12, tzinfo=UTC)  # when schedules are made, unless said
RECORDS = [
    record("2026-02-27", "early", ec2="1", databricks="1"),
    *(record(f"2026-03-{day:02}", f"r{day}", name="nightly") for day in range(1, 32)),
    record("2026-03-31", "dear", job="11", name="train", ec2="100", databricks="50"),
    record("2026-04-02", "late", ec2="7", databricks="0"),
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path / "mail") as running:
        yield running


@pytest.fixture
def mailbox(server: MailServer) -> Mailbox:
    return server.mailbox


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path / "data", *RECORDS)
    return tmp_path / "data"


@pytest.fixture
def app(folder: Path, server: MailServer) -> ReportApp:
    return ReportApp(folder, server, MARCH)


def attached(mailbox: Mailbox) -> list[tuple[str, str]]:
    """Names and contents of what the last mail brings."""
    found = mailbox.mails[-1].iter_attachments()
    return [(str(each.get_filename()), str(each.get_content())) for each in found]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


# Sent


def test_last_month_is_the_calendar_month_before_the_due_day(
    app: ReportApp, mailbox: Mailbox
) -> None:
    app.save()
    assert app.at("2026-04-01T07:59") == []
    assert [each.stage for each in app.at("2026-04-01T08:00")] == [Stage.SENT]
    [mail] = mailbox.mails
    assert mail["Subject"] == "Monthly costs: $584.00, 1 Mar – 31 Mar 2026"
    assert mail["To"] == DANA
    [(name, content)] = attached(mailbox)
    assert name == "job-spends_2026-03-01_2026-03-31_by-job.csv"
    assert [(each["job_name"], each["total_cost"]) for each in rows(content)] == [
        ("nightly", "434.000000"),
        ("train", "150.000000"),
    ]


def test_the_mail_says_how_much_where_it_went_and_how_to_stop_it(
    app: ReportApp, mailbox: Mailbox
) -> None:
    app.save(message="Dear all,\n<look>")
    app.at("2026-04-01T08:00")
    [mail] = mailbox.mails
    link = f"{BASE}/?start_date=2026-03-01&end_date=2026-03-31&group_by=job"
    text = body(mail, "plain")
    for said in (
        "Monthly costs",
        "1 Mar – 31 Mar 2026 (UTC), 31 days",
        "Dear all,\n<look>",
        "Total: $584.00, the 31 days before are not all in the data",
        "EC2: $410.00 (70.2 %)",
        "Databricks: $174.00 (29.8 %)",
        "$434.00  nightly",
        "job-spends_2026-03-01_2026-03-31_by-job.csv (1 KB) is attached.",
        "After 29 Mar 2026: Databricks bills within a day",
        link,
        f"{BASE}/reports",
    ):
        assert said in text, said
    html = body(mail, "html")
    assert "Dear all,<br>&lt;look&gt;" in html
    assert link.replace("&", "&amp;") in html
    assert "width:30%;height:8px;padding:0;background:#3f51cf" in html


def test_a_view_without_rows_is_a_report_that_says_so(app: ReportApp, mailbox: Mailbox) -> None:
    app.save(query="preset=last_month&job_name=no+such+job&group_by=job")
    app.at("2026-04-01T08:00")
    [mail] = mailbox.mails
    assert mail["Subject"] == "Monthly costs: no spend, 1 Mar – 31 Mar 2026"
    assert "Nothing ran from 1 Mar 2026 to 31 Mar 2026." in body(mail, "plain")
    assert "job name contains “no such job”" in body(mail, "html")
    [(_, content)] = attached(mailbox)
    assert len(content.splitlines()) == 1


def test_a_deleted_job_is_no_error(app: ReportApp, mailbox: Mailbox) -> None:
    app.save(query="preset=last_month&workspace_id=1&job_id=gone")
    assert [each.stage for each in app.at("2026-04-01T08:00")] == [Stage.SENT]


def test_the_day_is_the_one_in_the_zone(app: ReportApp, mailbox: Mailbox) -> None:
    app.save(query="preset=yesterday&group_by=job", every="daily", hour=1, zone="Asia/Kathmandu")
    app.at("2026-03-31T19:15")  # the first of April in Kathmandu
    assert "31 Mar 2026" in str(mailbox.mails[0]["Subject"])


def test_the_file_is_kept_for_nobody_else(app: ReportApp) -> None:
    app.save()
    app.at("2026-04-01T08:00")
    past = app.only
    file = app.desk.file("", past.id)
    assert (file.name, file.media) == ("job-spends_2026-03-01_2026-03-31_by-job.csv", "text/csv")
    assert file.path.read_bytes().startswith(b"job_name")
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert past.words == f"Sent 2026-04-01 08:00 UTC to {DANA}."
    with pytest.raises(NotFound):
        app.desk.file("somebody", past.id)


@pytest.mark.parametrize("kind", [FileFormat.CSV, FileFormat.PDF])
def test_every_kind_of_file_goes_with_the_mail(
    app: ReportApp, mailbox: Mailbox, kind: FileFormat
) -> None:
    app.save(kind=kind)
    assert [each.stage for each in app.at("2026-04-01T08:00")] == [Stage.SENT]
    [part] = mailbox.mails[0].iter_attachments()
    assert part.get_content_type() == kind.media
    assert str(part.get_filename()).endswith(f".{kind}")
    whole = part.get_payload(decode=True)
    assert whole == app.desk.file("", app.only.id).path.read_bytes()


def test_a_file_too_large_to_attach_is_behind_a_link(
    folder: Path, server: MailServer, mailbox: Mailbox
) -> None:
    app = ReportApp(folder, server, MARCH, mail_megabytes=0)
    app.save()
    app.at("2026-04-01T08:00")
    assert attached(mailbox) == []
    for kind in ("plain", "html"):
        assert f"{BASE}/reports/files/{app.only.id}" in body(mailbox.mails[0], kind)
        assert "is too large to attach" in body(mailbox.mails[0], kind)


def test_everybody_has_schedules_of_their_own(app: ReportApp, mailbox: Mailbox) -> None:
    app.save("ada", recipients=["ada@example.com"])
    app.save("bob", recipients=["bob@example.com"])
    app.at("2026-04-01T08:00")
    assert sorted(mailbox.recipients) == [["ada@example.com"], ["bob@example.com"]]
    assert [len(app.desk.deliveries(each)) for each in ("ada", "bob", "")] == [1, 1, 0]


# Once


def test_it_is_sent_once_however_often_somebody_looks(app: ReportApp, mailbox: Mailbox) -> None:
    app.save()
    app.at("2026-04-01T08:00")
    for _ in range(3):
        app.later(minutes=1)
    assert len(mailbox.mails) == 1


def test_after_a_late_start_the_newest_is_sent_and_the_others_are_missed(
    app: ReportApp, mailbox: Mailbox
) -> None:
    app.save(every="daily", query="preset=yesterday")
    app.at("2026-03-06T08:00")
    app.at("2026-03-10T09:30")
    assert app.history == [
        ("2026-03-06 08:00", Stage.SENT),
        ("2026-03-07 08:00", Stage.MISSED),
        ("2026-03-08 08:00", Stage.MISSED),
        ("2026-03-09 08:00", Stage.MISSED),
        ("2026-03-10 08:00", Stage.SENT),
    ]
    assert [str(each["Subject"]).split(", ")[1] for each in mailbox.mails] == [
        "5 Mar 2026",
        "9 Mar 2026",
    ]
    missed = app.desk.deliveries("")[1]
    assert missed.words == "Missed: nothing was running when it was due."


def test_what_was_missed_may_be_sent_by_a_person(app: ReportApp, mailbox: Mailbox) -> None:
    app.save(every="daily", query="preset=yesterday")
    app.at("2026-03-08T09:00")
    missed = app.desk.deliveries("")[-1]
    assert missed.can_send_again
    app.desk.send_again("", missed.id)
    assert app.begun == [missed.id]
    app.later(minutes=1)
    assert str(mailbox.mails[-1]["Subject"]).endswith("5 Mar 2026")


def test_a_year_without_a_scheduler_lists_only_what_would_be_kept(app: ReportApp) -> None:
    app.save(every="daily")
    app.at("2027-03-05T09:00")
    assert len(app.history) == 90
    assert app.history[-1] == ("2027-03-05 08:00", Stage.SENT)


def test_a_clock_that_was_set_back_sends_nothing_twice(app: ReportApp, mailbox: Mailbox) -> None:
    app.save(every="daily")
    app.at("2026-03-08T08:00")
    before = app.history
    for text in ("2026-03-06T08:00", "2026-03-07T12:00", "2026-03-08T08:01"):
        app.at(text)
    assert app.history == before
    assert len(mailbox.mails) == 1


def test_a_pause_is_not_missed(app: ReportApp, mailbox: Mailbox) -> None:
    id_ = app.save(every="daily").id
    app.desk.pause("", id_)
    assert app.desk.schedule("", id_).next_at(app.now) is None
    assert app.at("2026-03-10T09:00") == []
    app.desk.resume("", id_)
    assert app.at("2026-03-10T09:01") == []
    app.at("2026-03-11T08:00")
    assert app.history == [("2026-03-11 08:00", Stage.SENT)]


def test_another_time_counts_from_now_on(app: ReportApp, mailbox: Mailbox) -> None:
    id_ = app.save(every="daily", hour=23).id
    app.save(id_=id_, every="daily", hour=8)
    assert app.at("2026-03-05T13:00") == []
    app.at("2026-03-06T08:00")
    assert app.history == [("2026-03-06 08:00", Stage.SENT)]


def test_other_words_lose_no_due_time(app: ReportApp) -> None:
    id_ = app.save(every="daily").id
    app.now = datetime(2026, 3, 6, 9, tzinfo=UTC)  # nothing ran at eight
    app.save(id_=id_, every="daily", message="Hello")
    app.later(minutes=1)
    assert app.history == [("2026-03-06 08:00", Stage.SENT)]


def test_whoever_changes_it_second_is_told(app: ReportApp) -> None:
    kept = app.save()
    app.desk.save("", schedule(hour=9), kept.id, seen=kept.updated_at)
    with pytest.raises(Conflict):
        app.desk.save("", schedule(hour=10), kept.id, seen=kept.updated_at)
    with pytest.raises(Conflict):
        app.desk.delete("", kept.id, seen=kept.updated_at)
    found = app.desk.schedule("", kept.id).schedule
    assert found
    assert found.hour == 9


def test_a_schedule_deleted_before_the_hand_over_sends_nothing(
    app: ReportApp, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = app.save().id
    report = Exporter.report

    def meanwhile(*words: Any, **more: Any) -> Any:
        app.desk.delete("", id_)
        return report(*words, **more)

    monkeypatch.setattr(Exporter, "report", meanwhile)
    assert [each.stage for each in app.at("2026-04-01T08:00")] == [Stage.GIVEN_UP]
    assert mailbox.mails == []
    assert DELETED in app.only.words
    assert app.later(days=1) == []
    assert app.at("2026-05-01T08:00") == []


# By hand


def test_send_now_is_beside_the_due_times(app: ReportApp, mailbox: Mailbox) -> None:
    id_ = app.save().id
    sent = app.desk.send_now("", id_, who="ada")
    assert (sent.stage, sent.order.is_by_hand, sent.order.who) == (Stage.WAITING, True, "ada")
    with pytest.raises(Conflict, match="is being sent already"):
        app.desk.send_now("", id_)
    app.later(minutes=1)
    assert app.desk.delivery("", sent.id).stage is Stage.SENT
    app.at("2026-04-01T08:00")
    assert [str(mail["Subject"]).split(", ")[1] for mail in mailbox.mails] == [
        "1 Feb – 28 Feb 2026",
        "1 Mar – 31 Mar 2026",
    ]


def test_a_view_may_be_mailed_once(app: ReportApp, mailbox: Mailbox) -> None:
    sent = app.desk.mail(
        "",
        "?start_date=2026-03-01&end_date=2026-03-31",
        FileFormat.CSV,
        f"{DANA}, ed@example.com",
        "See below.",
        who="ada",
    )
    assert app.begun == [sent.id]
    app.reports.send("", sent.id)
    found = app.desk.delivery("", sent.id)
    assert (found.stage, found.schedule_id) == (Stage.SENT, "")
    assert found.words == "Sent 2026-03-05 12:00 UTC to 2 people."
    assert mailbox.recipients == [[DANA, "ed@example.com"]]
    assert "See below." in body(mailbox.mails[0], "plain")


def test_a_mail_that_makes_no_sense_is_refused_whole(app: ReportApp) -> None:
    with pytest.raises(BadView) as refused:
        app.desk.mail("", "group_by=x", FileFormat.CSV, "dana", "", who="")
    assert [each.field for each in refused.value.problems] == ["query", "recipients"]
    assert app.desk.deliveries("") == []


def test_a_preview_is_the_mail_without_the_file(app: ReportApp) -> None:
    found = app.desk.preview("", "preset=this_month&group_by=job", FileFormat.CSV, "Hello")
    assert found.subject == "Databricks job spend: $70.00, 1 Mar – 5 Mar 2026"
    assert "Hello" in found.text
    assert "attached" not in found.html
    assert app.files == []


def test_saved_views_have_names(app: ReportApp) -> None:
    app.desk.save_view("", SavedView(name="Zoo", query="group_by=job"))
    mine = app.desk.save_view("", SavedView(name="mine", query="group_by=job"))
    again = app.desk.save_view("", SavedView(name="Mine", query="group_by=day"))
    assert again.id == mine.id
    assert [each.view.name for each in app.desk.saved_views("")] == ["Mine", "Zoo"]
    app.desk.delete_view("", mine.id)
    with pytest.raises(NotFound):
        app.desk.delete_view("", mine.id)


# Who may


def test_nobody_may_when_the_settings_say_so(folder: Path, server: MailServer) -> None:
    app = ReportApp(folder, server, MARCH, mail_reports="nobody")
    assert "DBSPEND360_MAIL_REPORTS" in app.desk.policy.problem
    with pytest.raises(NotAllowed, match="DBSPEND360_MAIL_REPORTS is nobody"):
        app.save()
    with pytest.raises(NotAllowed):
        app.desk.mail("", "", FileFormat.CSV, DANA, who="")


def test_a_recipient_elsewhere_is_refused_by_name(folder: Path, server: MailServer) -> None:
    app = ReportApp(folder, server, MARCH, mail_domains="example.com, Example.ORG")
    app.save(recipients=[DANA, "ed@EXAMPLE.org"])
    with pytest.raises(NotAllowed, match=r"eve@example.com.evil.net, only to example.com, example"):
        app.save(recipients=[DANA, "eve@example.com.evil.net"])


def test_what_is_forbidden_since_is_not_sent(
    app: ReportApp, folder: Path, server: MailServer, mailbox: Mailbox
) -> None:
    app.save()
    strict = ReportApp(folder, server, MARCH, mail_domains="example.org")
    strict.at("2026-04-01T08:00")
    assert strict.only.has_failed
    assert f"Reports may not be mailed to {DANA}" in strict.only.words
    assert mailbox.mails == []
    app.at("2026-04-01T08:05")
    assert len(mailbox.mails) == 1


# What goes wrong


def test_a_mailbox_that_refuses_is_said_and_tried_again(app: ReportApp, mailbox: Mailbox) -> None:
    app.save(recipients=[DANA, "gone@example.com"])
    mailbox.refuses = {"gone@example.com", DANA}
    app.at("2026-04-01T08:00")
    assert "refused every recipient (550 no such person)" in app.only.words
    assert app.only.has_failed
    mailbox.refuses = {"gone@example.com"}
    app.later(minutes=1)
    assert app.only.words.endswith("Refused for gone@example.com.")
    assert len(app.files) == 1, "the file of before was good"


def test_a_full_disk_is_said_and_nothing_is_lost(
    app: ReportApp, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.save()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    app.at("2026-04-01T08:00")
    assert "The disk of the reports is full" in app.only.words
    assert app.files == []
    monkeypatch.undo()
    app.later(minutes=1)
    assert app.only.stage is Stage.SENT
    assert len(mailbox.mails) == 1


def test_a_folder_that_cannot_be_written_is_said(folder: Path, server: MailServer) -> None:
    (folder / "file").write_text("")
    app = ReportApp(folder, server, MARCH, reports_dir=folder / "file" / "reports")
    app.save()
    app.at("2026-04-01T08:00")
    assert "could not be written to the folder of the reports (Not a directory)" in app.only.words


def test_a_file_that_was_lost_is_made_anew_under_the_same_message_id(
    app: ReportApp, mailbox: Mailbox
) -> None:
    app.save()
    mailbox.refuses_mail = "451 later"
    app.at("2026-04-01T08:00")
    before = app.only
    [name] = app.files
    (app.settings.data_dir / "reports" / name).unlink()
    mailbox.refuses_mail = ""
    app.later(minutes=1)
    assert app.only.stage is Stage.SENT
    assert mailbox.mails[0]["Message-ID"] == f"<{before.delivery.message_id}@example.com>"
    assert attached(mailbox)


def test_without_a_mail_server_it_waits(folder: Path) -> None:
    app = ReportApp(folder, None, MARCH)
    assert app.desk.policy.problem == NO_SERVER
    app.save()
    app.at("2026-04-01T08:00")
    assert NO_SERVER in app.only.words


def test_without_data_it_waits(tmp_path: Path, server: MailServer) -> None:
    app = ReportApp(tmp_path / "empty", server, MARCH)
    app.save()
    app.at("2026-04-01T08:00")
    assert "There is no data yet" in app.only.words


def test_a_mistake_of_ours_holds_up_nobody(
    app: ReportApp, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.save(query="preset=yesterday")
    app.save()
    write = Exporter.write_report

    def fails(self: Exporter, report: Any, kind: FileFormat, file: BinaryIO) -> Any:
        if report.view.preset == "yesterday":
            raise ZeroDivisionError
        return write(self, report, kind, file)

    monkeypatch.setattr(Exporter, "write_report", fails)
    app.at("2026-04-01T08:00")
    assert len(mailbox.mails) == 1
    assert any("A mistake of ours" in each.words for each in app.desk.deliveries(""))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "This schedule cannot be read. Nothing is sent by it"),
        (
            '{"schedule": {"name": "x", "recipients": ["a@b.c"], "zone": "Mars/Phobos"},'
            ' "counts_from": "2026-03-01T00:00:00Z"}',
            "This schedule cannot be read: zone 'Mars/Phobos' is not a time zone",
        ),
    ],
)
def test_a_schedule_that_cannot_be_read_is_shown_and_holds_up_nobody(
    app: ReportApp, mailbox: Mailbox, text: str, words: str
) -> None:
    app.save()
    app.store.put("", f"{SCHEDULE}odd", text, seen=None)
    app.store.put("", f"{OUTBOX}odd", "{", seen=None)
    app.at("2026-04-01T08:00")
    assert len(mailbox.mails) == 1
    [problem] = [each.problem for each in app.desk.schedules("") if each.problem]
    assert problem.startswith(words)
    with pytest.raises(Conflict):
        app.desk.send_now("", "odd")
    app.save(id_="odd")
    assert not any(each.problem for each in app.desk.schedules(""))


# Retention


def test_files_and_history_go_after_their_time(app: ReportApp, folder: Path) -> None:
    app.save(every="daily")
    app.at("2026-03-06T08:00")
    app.at("2026-03-07T08:00")
    assert len(app.files) == 2
    app.at("2026-06-05T07:00")  # ninety days after the first
    assert app.history[0] == ("2026-03-07 08:00", Stage.SENT)
    assert len(app.files) == 2  # the second, and that of today


def test_the_newest_of_a_schedule_stays_as_a_mark(folder: Path, server: MailServer) -> None:
    app = ReportApp(folder, server, MARCH, reports_kept_days=3)
    app.save()
    app.at("2026-04-01T08:00")
    app.at("2026-04-20T08:00")
    assert app.history == [("2026-04-01 08:00", Stage.SENT)]
    assert app.files == []
    with pytest.raises(NotFound, match="reports are kept for 3 days"):
        app.desk.file("", app.only.id)
    app.at("2026-05-01T08:00")
    app.later(minutes=1)
    assert app.history == [("2026-05-01 08:00", Stage.SENT)]


def test_of_a_deleted_schedule_nothing_stays(folder: Path, server: MailServer) -> None:
    app = ReportApp(folder, server, MARCH, reports_kept_days=3)
    id_ = app.save().id
    app.at("2026-04-01T08:00")
    app.desk.delete("", id_)
    assert len(app.history) == 1
    app.at("2026-04-20T08:00")
    assert (app.history, app.files) == ([], [])


def test_what_a_killed_maker_left_behind_is_removed_after_a_day(app: ReportApp) -> None:
    app.save()
    app.at("2026-04-01T08:00")
    folder = app.settings.data_dir / "reports"
    for name, age in (("old.csv.part", 90_000), ("new.csv.part", 60)):
        (folder / name).write_text("half")
        then = datetime.now(UTC).timestamp() - age
        os.utime(folder / name, (then, then))
    for each in folder.glob("*.csv"):
        os.utime(each, (1, 1))  # named by a delivery, so its age is no matter
    app.later(hours=1)
    assert [name for name in app.files if name.endswith(".part")] == ["new.csv.part"]
    assert len(app.files) == 2


# Next


def test_the_next_due_time_is_told(app: ReportApp) -> None:
    assert app.reports.next_at(app.now) is None
    app.save(every="daily")
    app.save()
    assert app.reports.next_at(app.now) == datetime(2026, 3, 6, 8, tzinfo=UTC)
    assert app.reports.next_try() is None
    app.at("2026-03-06T08:00")
    assert app.reports.next_at(app.now) == app.now + timedelta(days=1)
