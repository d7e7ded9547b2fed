"""Reports inside of `run-due`: when to come again, and how long a claim holds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from mail_server import MailServer, mail_server
from processes import wait_for
from report_app import ReportApp, schedule
from spend_records import publish, record

from dbspend360.models.delivery import Stage
from dbspend360.services.exporting import Exporter
from dbspend360.services.run_due import RunDue

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path / "mail") as running:
        yield running


@pytest.fixture
def app(tmp_path: Path, server: MailServer) -> ReportApp:
    publish(tmp_path / "data", *(record(f"2026-03-0{n}", str(n)) for n in range(1, 5)))
    return ReportApp(tmp_path / "data", server, NOON)


@pytest.fixture
def due(app: ReportApp) -> RunDue:
    return RunDue(app.settings, app.source, now=lambda: app.now)


def test_run_due_sends_reports_and_says_so(due: RunDue, app: ReportApp) -> None:
    app.save(every="daily")
    assert "report" not in due.run().words
    app.now = datetime(2026, 3, 6, 8, tzinfo=UTC)
    done = due.run()
    assert (done.reports_sent, done.words.endswith("sent. 1 report sent.")) == (1, True)


def test_a_report_that_failed_is_said_too(due: RunDue, app: ReportApp, server: MailServer) -> None:
    app.save(every="daily")
    server.mailbox.refuses_mail = "451 later"
    app.now = datetime(2026, 3, 6, 8, tzinfo=UTC)
    done = due.run()
    assert done.words.endswith("0 reports sent, 1 not yet.")
    assert done.next_at == app.now + timedelta(minutes=1)


def test_it_comes_again_for_the_next_due_time(due: RunDue, app: ReportApp) -> None:
    assert due.run().next_at == NOON + timedelta(hours=1)
    app.save(every="daily", hour=12, minute=7)
    assert due.run().next_at == NOON + timedelta(minutes=7)


def test_a_schedule_that_is_new_is_noticed_when_it_falls_due(due: RunDue, app: ReportApp) -> None:
    due.run()
    app.save(every="daily", hour=12, minute=7)
    assert not due.is_due()
    app.now += timedelta(minutes=7)
    assert due.is_due()
    due.run()
    assert not due.is_due()
    assert app.only.stage is Stage.SENT


def test_what_falls_due_while_others_are_sent_is_not_forgotten(
    due: RunDue, app: ReportApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.save(every="daily", hour=12, minute=1)
    app.save(every="daily", hour=12, minute=2)
    report = Exporter.report

    def slow(*words: Any, **more: Any) -> Any:
        app.now += timedelta(minutes=3)
        return report(*words, **more)

    monkeypatch.setattr(Exporter, "report", slow)
    app.now += timedelta(minutes=1)
    assert due.run().next_at == NOON + timedelta(minutes=2)
    due.run()
    assert [stage for _, stage in app.history] == [Stage.SENT, Stage.SENT]


def test_a_file_that_takes_long_keeps_its_claim(
    app: ReportApp, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    how: dict[str, Any] = {"store": app.store, "mail_seconds": 0.5}
    slow = ReportApp(app.settings.data_dir, server, NOON, owner="slow", **how)
    other = ReportApp(app.settings.data_dir, server, NOON, owner="other", **how)
    slow.save(every="daily")
    write = Exporter.write_report

    def long(*words: Any) -> Any:
        monkeypatch.undo()
        ends = slow.only.delivery.due_at
        slow.now += timedelta(seconds=2)
        wait_for(lambda: slow.only.delivery.due_at > ends)
        assert other.at(ends.isoformat()[:19]) == [], "it is held"
        return write(*words)

    monkeypatch.setattr(Exporter, "write_report", long)
    assert [each.stage for each in slow.at("2026-03-06T08:00")] == [Stage.SENT]
    assert len(server.mailbox.mails) == 1


def test_a_report_as_of_its_due_day_though_it_is_late(app: ReportApp, server: MailServer) -> None:
    app.desk.save("", schedule(every="weekly", weekday="friday", query="preset=yesterday"))
    app.at("2026-03-09T15:00")
    [mail] = server.mailbox.mails
    assert str(mail["Subject"]) == "Monthly costs: no spend, 5 Mar 2026"
