"""Workers and beat as real processes, on a real Redis."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from mail_server import MailServer, mail_server
from ports import free_port
from processes import process, wait_for
from redis import Redis
from redis_server import redis_server
from report_app import DANA, ReportApp, schedule
from spend_records import publish, record

from dbspend360.celery_app import DELIVER, RUN_DUE, celery_begin, look_now, make_celery
from dbspend360.cli import main
from dbspend360.errors import BadSettings
from dbspend360.models.delivery import Stage
from dbspend360.models.report import FileFormat
from dbspend360.services.report_rows import ReportRows
from dbspend360.settings import Settings

SCHEDULES = 3


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    with redis_server(tmp_path) as address:
        yield address


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path / "mail") as running:
        yield running


@pytest.fixture
def app(tmp_path: Path, server: MailServer, redis: str) -> ReportApp:
    """Three schedules that fell due five minutes ago."""
    folder = tmp_path / "data"
    publish(folder, record(str(datetime.now(UTC).date() - timedelta(days=1))))
    app = ReportApp(folder, server, datetime.now(UTC), celery_url=redis)
    due = app.now - timedelta(minutes=5)
    for n in range(SCHEDULES):
        plan = schedule(name=f"Report {n}", every="daily", hour=due.hour, minute=due.minute)
        ReportRows(app.store).put_schedule(
            "", plan, id_=f"s{n}", counts_from=due - timedelta(minutes=5), seen=None
        )
    return app


def test_killed_workers_lose_and_repeat_nothing(
    app: ReportApp, server: MailServer, redis: str, tmp_path: Path
) -> None:
    environment = server.environment(celery_url=redis)
    folder, logs = app.settings.data_dir, [tmp_path / f"{n}.log" for n in range(3)]
    server.mailbox.greeting_seconds = 60  # whoever sends first waits for the mail server
    worker = ("worker", "--processes", "1")
    with (
        process(folder, logs[0], *worker, **environment) as victim,
        process(folder, logs[1], "beat", "--seconds", "1", **environment) as beat,
    ):
        assert server.mailbox.greeted.wait(60), logs[0].read_text()
        os.killpg(victim.pid, signal.SIGKILL)
        server.mailbox.greeting_seconds = 0
        assert server.mailbox.mails == []
        with process(folder, logs[2], *worker, **environment) as heir:
            wait_for(lambda: len(app.history) == SCHEDULES and are_sent(app))
            sent = app.desk.mail("", "preset=yesterday", FileFormat.CSV, DANA, who="ada")
            celery_begin(app.settings)("", sent.id)
            wait_for(lambda: app.desk.delivery("", sent.id).stage is Stage.SENT)
            time.sleep(2)  # for those who might send a second one
            for each in (heir, beat):
                each.send_signal(signal.SIGTERM)
            assert [each.wait(30) for each in (heir, beat)] == [0, 0]
    subjects = sorted(str(mail["Subject"]).split(":")[0] for mail in server.mailbox.mails)
    assert subjects == ["Databricks job spend", *(f"Report {n}" for n in range(SCHEDULES))]
    assert not list(Path.cwd().glob("celerybeat*"))
    said = "".join(each.read_text() for each in logs)
    assert "Traceback" not in said
    assert "DuplicateTaskName" not in said


def are_sent(app: ReportApp) -> bool:
    return {stage for _, stage in app.history} == {Stage.SENT}


def test_what_redis_holds_is_json_and_names_the_task(redis: str) -> None:
    settings = Settings.model_validate({"celery_url": redis})
    app = make_celery(settings)
    celery_begin(settings)("ada", "one")
    look_now(app)
    assert app.conf.accept_content == ["json"]
    with Redis.from_url(redis) as client:
        found = [each.decode() for each in client.lrange("celery", 0, -1)]
    assert sorted(name for name in (RUN_DUE, DELIVER) for each in found if name in each) == [
        DELIVER,
        RUN_DUE,
    ]
    assert all('"content-type": "application/json"' in each for each in found)


def test_two_apps_in_one_process_have_tasks_of_their_own(redis: str) -> None:
    one, two = (make_celery(Settings.model_validate({"celery_url": redis})) for _ in range(2))
    for app in (one, two):
        app.finalize()
    assert one.tasks[RUN_DUE].app is one
    assert two.tasks[RUN_DUE].app is two


def test_without_redis_what_is_sent_by_hand_waits_for_the_next_look(
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = f"redis://:s3cret@127.0.0.1:{free_port()}/0"
    celery_begin(Settings.model_validate({"celery_url": url}))("", "one")
    assert "waits for the next look" in caplog.text
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize("url", ["", "amqp://host", "filesystem://"])
def test_only_redis_will_do(url: str) -> None:
    with pytest.raises(BadSettings, match="DBSPEND360_CELERY_URL must be such as redis://"):
        make_celery(Settings.model_validate({"celery_url": url}))


@pytest.mark.parametrize("command", ["worker", "beat"])
def test_without_a_redis_in_the_settings_the_commands_say_so(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBSPEND360_DATA_DIR", str(tmp_path))
    result = CliRunner().invoke(main, [command])
    assert (result.exit_code, "Error: DBSPEND360_CELERY_URL must be" in result.stderr) == (1, True)
    assert f"\n  dbspend360 {command}" in CliRunner().invoke(main, [command, "--help"]).stdout
