"""Schedulers as real processes, a real mail server over TLS, and a kill at the worst moment."""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from mail_server import MailServer, mail_server
from ports import free_port
from processes import process, runs, wait_for
from spend_records import publish, record

from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.delivery import Delivery, Stage
from dbspend360.services.alert_rows import AlertRows
from dbspend360.services.outbox import Outbox
from dbspend360.store.places import make_store

JOBS = ("10", "11", "12")
AT_ONCE = 4


def day(ago: int) -> str:
    return str(datetime.now(UTC).date() - timedelta(days=ago))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three jobs that each had a run of $514; Dana wants to know about more than $100."""
    folder = tmp_path / "data"
    runs = [record(day(1), f"r{job}", job=job, name=f"job {job}", ec2="510") for job in JOBS]
    publish(folder, *runs)
    return folder


@pytest.fixture
def rows(folder: Path) -> AlertRows:
    rows = AlertRows(make_store("", folder))
    chosen = {"recipients": ["dana@example.com"], "threshold_amount": 100}
    rows.save("", AlertConfig.model_validate(chosen), seen=None)
    return rows


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path / "mail") as running:
        yield running


def test_four_schedulers_and_a_killed_one_send_each_incident_once(
    folder: Path, tmp_path: Path, rows: AlertRows, server: MailServer
) -> None:
    outbox = Outbox(rows)
    server.mailbox.greeting_seconds = 60  # whoever sends first waits for the mail server
    with ExitStack() as all_of_them:
        schedulers = [
            all_of_them.enter_context(
                process(folder, tmp_path / f"{n}.log", "scheduler", **server.environment())
            )
            for n in range(AT_ONCE)
        ]
        assert server.mailbox.greeted.wait(60)
        [victim] = {int(each.owner.split(":")[1]) for each in sending(outbox)}
        os.kill(victim, signal.SIGKILL)
        server.mailbox.greeting_seconds = 0
        assert server.mailbox.mails == []
        wait_for(lambda: all(each.stage is Stage.SENT for each in outbox.of_user("")))
        time.sleep(2)  # for those who might send a second one
        alive = [each for each in schedulers if each.poll() is None]
        assert len(alive) == AT_ONCE - 1
        for each in alive:
            each.send_signal(signal.SIGTERM)
        assert [each.wait(20) for each in alive] == [0] * (AT_ONCE - 1)
    told = sorted(str(mail["Subject"]).split(":")[0] for mail in server.mailbox.mails)
    assert told == [f"job {job}" for job in JOBS]
    assert set(server.mailbox.was_tls) == {True}
    assert {each.incident.told_at is None for each in rows.incidents("").values()} == {False}


def sending(outbox: Outbox) -> list[Delivery]:
    return [each for each in outbox.of_user("") if each.stage is Stage.SENDING]


@pytest.mark.parametrize("way", ["SIGTERM to the server", "Ctrl-C"])
def test_the_scheduler_beside_the_server_ends_with_it(
    folder: Path, tmp_path: Path, way: str
) -> None:
    log = tmp_path / "serve.log"
    port = free_port()
    words = ("serve", "--with-scheduler", "--port", str(port))
    with process(folder, log, *words) as server:
        wait_for(lambda: b"Checked the rules" in log.read_bytes())
        wait_for(lambda: b"Listening at" in log.read_bytes())
        found = re.search(r"\(process (\d+)\)", log.read_text())
        assert found
        scheduler = int(found[1])
        assert runs(scheduler)
        if way == "Ctrl-C":
            os.killpg(server.pid, signal.SIGINT)
        else:
            server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
        wait_for(lambda: not runs(scheduler), 10)
    assert "Traceback" not in log.read_text()
