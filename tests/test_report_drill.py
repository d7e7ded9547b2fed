"""A hundred reports are due, four schedulers send them, and they are killed again and again."""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from mail_server import MailServer, mail_server
from processes import process, runs, wait_for
from report_app import ReportApp, schedule
from spend_records import publish, record

from dbspend360.models.delivery import Stage
from dbspend360.services.report_history import PastReport
from dbspend360.services.report_rows import ReportRows

DUE = 100
AT_ONCE = 4
KILLS = 8


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path / "mail") as running:
        running.mailbox.receipt_seconds = 0.02  # so that a kill may come before a receipt
        yield running


@pytest.fixture
def app(tmp_path: Path, server: MailServer) -> ReportApp:
    """A hundred schedules that fell due five minutes ago."""
    folder = tmp_path / "data"
    today = datetime.now(UTC).date()
    publish(folder, *(record(str(today - timedelta(days=n)), str(n)) for n in range(1, 40)))
    app = ReportApp(folder, server, datetime.now(UTC))
    due = app.now - timedelta(minutes=5)
    for n in range(DUE):
        plan = schedule(name=f"Report {n}", every="daily", hour=due.hour, minute=due.minute)
        ReportRows(app.store).put_schedule(
            "", plan, id_=f"s{n:03}", counts_from=due - timedelta(minutes=5), seen=None
        )
    return app


class Crew:
    """Four schedulers; who is killed is replaced."""

    def __init__(self, app: ReportApp, server: MailServer, folder: Path, stack: ExitStack) -> None:
        self.app, self.server, self.folder, self.stack = app, server, folder, stack
        self.started: list[subprocess.Popen[bytes]] = []
        for _ in range(AT_ONCE):
            self.start()

    def start(self) -> None:
        log = self.folder / f"{len(self.started)}.log"
        words = ("scheduler",)
        started = process(self.app.settings.data_dir, log, *words, **self.server.environment())
        self.started.append(self.stack.enter_context(started))

    def kill_one(self, chance: random.Random) -> bool:
        """Kill somebody who has a delivery in hand, at a moment that nobody chose."""
        busy = [each for each in self.app.desk.deliveries("") if each.stage in IN_HAND]
        pids = {int(each.delivery.owner.split(":")[1]) for each in busy}
        alive = sorted(pid for pid in pids if runs(pid))
        if not alive:
            return False
        time.sleep(chance.random() * 0.05)
        os.kill(chance.choice(alive), signal.SIGKILL)
        self.start()
        return True

    def logs(self) -> str:
        return "\n".join(each.read_text() for each in self.folder.glob("*.log"))


IN_HAND = (Stage.MAKING, Stage.SENDING)
OPEN = (Stage.WAITING, Stage.MAKING, Stage.SENDING)


def are_over(found: list[PastReport]) -> bool:
    return len(found) == DUE and not any(each.stage in OPEN for each in found)


def test_of_a_hundred_reports_each_arrives_once_whoever_is_killed(
    app: ReportApp, server: MailServer, tmp_path: Path
) -> None:
    chance, killed = random.Random(), 0
    with ExitStack() as stack:
        crew = Crew(app, server, tmp_path, stack)
        end = time.monotonic() + 120
        while not are_over(found := app.desk.deliveries("")):
            assert time.monotonic() < end, (Counter(each.stage for each in found), crew.logs())
            arrived = len(server.mailbox.mails)
            if killed < KILLS and arrived >= killed * DUE // (KILLS + 1) and crew.kill_one(chance):
                killed += 1
            time.sleep(0.05)
    assert killed == KILLS
    assert "Traceback" not in crew.logs()
    once(server, "no mail comes twice")
    doubtful = [each for each in found if each.stage is Stage.HANDED_OVER]
    for each in doubtful:
        assert each.words.startswith("Handed over without a receipt")
    assert Counter(each.stage for each in found) == Counter(
        {Stage.SENT: DUE - len(doubtful), Stage.HANDED_OVER: len(doubtful)}
    )
    assert len(doubtful) <= KILLS
    for each in doubtful:  # a person looks whether it has come, as only a person can
        if message_id(each) not in received(server):
            app.desk.send_again("", each.id)
    app.later(minutes=1)
    once(server, "what was lost comes under its old Message-ID")
    assert set(received(server)) == {message_id(each) for each in found}
    assert len(server.mailbox.mails) == DUE
    for mail in server.mailbox.mails:
        assert len(list(mail.iter_attachments())) == 1


def message_id(past: PastReport) -> str:
    return f"<{past.delivery.message_id}@example.com>"


def received(server: MailServer) -> list[str]:
    return [str(mail["Message-ID"]) for mail in server.mailbox.mails]


def once(server: MailServer, why: str) -> None:
    assert [each for each, times in Counter(received(server)).items() if times > 1] == [], why


def test_killed_before_the_receipt_it_is_in_doubt_and_only_a_person_sends_it_again(
    app: ReportApp, server: MailServer, tmp_path: Path
) -> None:
    for each in app.desk.schedules("")[1:]:
        app.desk.delete("", each.id)
    server.mailbox.receipt_seconds = 60
    log = tmp_path / "log"
    with process(app.settings.data_dir, log, "scheduler", **server.environment()) as scheduler:
        wait_for(lambda: len(server.mailbox.mails) == 1)
        scheduler.kill()
    server.mailbox.receipt_seconds = 0
    app.later(days=0.5)
    doubtful = app.only
    assert doubtful.words == "Handed over without a receipt: it may or may not have arrived."
    assert len(server.mailbox.mails) == 1
    app.desk.send_again("", doubtful.id)
    app.later(minutes=1)
    assert app.only.stage is Stage.SENT
    assert received(server) == [message_id(doubtful)] * 2
