"""A due time is one delivery, on every edition of the store."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from mail_server import MailServer, mail_server
from report_app import ReportApp
from spend_records import publish, record

from dbspend360.errors import Conflict
from dbspend360.models.delivery import Stage
from dbspend360.models.setting import Setting
from dbspend360.services.exporting import Exporter
from dbspend360.store.base import Store
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


class Deadly:
    """Whoever writes with it is killed at the write that the test names."""

    def __init__(self, inner: Store) -> None:
        self.inner, self.left, self.when = inner, 0, ""
        self.get, self.of_user, self.with_key = inner.get, inner.of_user, inner.with_key
        self.prepare, self.delete = inner.prepare, inner.delete

    def put(self, user_id: str, key: str, value: str, *, seen: datetime | None) -> Setting:
        is_ours = threading.current_thread() is threading.main_thread()  # not who holds the claim
        self.left -= is_ours
        dies = is_ours and self.left == 0
        if dies and self.when == "before":
            raise Killed
        kept = self.inner.put(user_id, key, value, seen=seen)
        if dies and self.when == "after":
            raise Killed
        return kept


WRITES = 5  # put there, being made, claimed, about to be handed over, sent


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_write_it_arrives_once_or_is_in_doubt(
    open_store: OpenStore, folder: Path, server: MailServer, when: str
) -> None:
    deadly = Deadly(open_store())
    victim = ReportApp(folder, server, NOW, store=deadly, owner="victim")
    heir = app(open_store, folder, server, "heir")
    for n in range(1, WRITES + 1):
        victim.now = heir.now = NOW
        heir.save(f"user{n}", every="daily")
        deadly.left, deadly.when = n, when
        with pytest.raises(Killed):
            victim.at("2026-03-06T08:00")
        heir.at("2026-03-06T08:00")
        heir.later(seconds=10)
        [past] = heir.desk.deliveries(f"user{n}")
        arrived = received(server).count(past.delivery.message_id)
        marked = (n, when) in ((4, "after"), (5, "before"))
        assert past.stage is (Stage.HANDED_OVER if marked else Stage.SENT), (n, when)
        assert arrived == (0 if (n, when) == (4, "after") else 1), (n, when)
        if marked:
            heir.desk.send_again(f"user{n}", past.id)
            heir.later(seconds=1)
            assert received(server).count(past.delivery.message_id) == arrived + 1


def received(server: MailServer) -> list[str]:
    return [str(mail["Message-ID"])[1:].partition("@")[0] for mail in server.mailbox.mails]


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
