"""A due time is one delivery, on every edition of the store."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from mail_server import MailServer, mail_server
from report_driver import ReportApp
from spend_records import publish, record

from dbspend360.errors import Conflict
from dbspend360.models.delivery import Stage
from dbspend360.services.exporting import Exporter
from store.conftest import OpenStore

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
LATER = timedelta(seconds=10)  # than any lease of these tests


class Killed(BaseException):
    """The process is gone: nothing of ours is done after it."""


@pytest.fixture
def server(tmp_path: Path) -> Any:
    with mail_server(tmp_path / "mail") as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path / "spends", record("2026-03-04"))
    return tmp_path / "spends"


def app(open_store: OpenStore, folder: Path, server: MailServer, name: str = "one") -> ReportApp:
    return ReportApp(folder, server, NOW, store=open_store(), owner=name)


def test_four_at_once_send_each_once(
    open_store: OpenStore, folder: Path, server: MailServer
) -> None:
    apps = [app(open_store, folder, server, str(n)) for n in range(4)]
    for n in range(3):
        apps[0].save(every="daily", name=f"Report {n}")
    for each in apps:
        each.now = datetime(2026, 3, 8, 9, tzinfo=UTC)
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda each: each.reports.run(), apps))
    for each in apps:
        each.reports.run()
    assert sum(map(len, done)) == 3
    assert len({str(mail["Message-ID"]) for mail in server.mailbox.mails}) == 3
    assert len(server.mailbox.mails) == 3
    stages = [stage for _, stage in apps[0].history]
    assert (stages.count(Stage.SENT), stages.count(Stage.MISSED)) == (3, 6)


def test_killed_while_making_another_makes_and_sends_it(
    open_store: OpenStore, folder: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, heir = (app(open_store, folder, server, name) for name in ("dead", "heir"))
    dead.save(every="daily")

    def killed(*_: Any) -> None:
        raise Killed

    monkeypatch.setattr(Exporter, "write_report", killed)
    with pytest.raises(Killed):
        dead.at("2026-03-06T08:00")
    monkeypatch.undo()
    assert heir.at("2026-03-06T08:00") == []
    assert heir.only.words == "The file is being made."
    heir.now += LATER
    assert [each.stage for each in heir.reports.run()] == [Stage.SENT]
    assert len(server.mailbox.mails) == 1
    assert heir.files == [heir.only.file and heir.only.file.path], "nothing half made is left"


def test_who_lost_the_claim_while_making_does_not_send(
    open_store: OpenStore, folder: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, heir = (app(open_store, folder, server, name) for name in ("slow", "heir"))
    slow.save(every="daily")
    write = Exporter.write_report

    def overtaken(*words: Any) -> Any:
        monkeypatch.undo()
        heir.now = slow.now + LATER  # as if the slow one had been asleep
        heir.reports.run()
        return write(*words)

    monkeypatch.setattr(Exporter, "write_report", overtaken)
    assert slow.at("2026-03-06T08:00") == []
    assert len(server.mailbox.mails) == 1
    assert slow.only.delivery.owner == "heir"


def test_two_who_change_one_schedule_are_not_both_heard(
    open_store: OpenStore, folder: Path, server: MailServer
) -> None:
    one, two = (app(open_store, folder, server, name) for name in ("one", "two"))
    kept = one.save()
    plan = kept.schedule
    assert plan
    changes = [plan.model_copy(update={"hour": hour}) for hour in (9, 10)]

    def change(n: int) -> bool:
        try:
            (one, two)[n].desk.save("", changes[n], kept.id, seen=kept.updated_at)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sum(threads.map(change, range(2))) == 1
