"""From records to mails: what `dbspend360 run-due` does."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from databricks_side import copy_of, settings_of
from loopback.server import loopback_warehouse
from mail_server import Mailbox, MailServer, body, mail_server
from spend_records import Record, publish, record

from dbspend360.errors import StoreError
from dbspend360.models.alert import Rule
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.delivery import Stage
from dbspend360.models.incident import Incident, State
from dbspend360.models.setting import Setting
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.alert_rows import CONFIG, INCIDENT, UNREADABLE, AlertRows
from dbspend360.services.job_costs import JobCosts
from dbspend360.services.run_due import RunDue
from dbspend360.services.telling import NOBODY
from dbspend360.services.user_settings import settings_store
from dbspend360.settings import Settings
from dbspend360.warehouse.source import make_source
from dbspend360.warehouse.spends import SpendRepository

DANA = "dana@example.com"
TOLD = {"recipients": [DANA], "threshold_amount": 100, "threshold_percentage": None}
QUIET = [record(f"2026-03-{day:02}", f"r{day}") for day in range(1, 17)]
DEAR = record("2026-03-16", "dear", ec2="300", databricks="50")
NOON = datetime(2026, 3, 17, 12, tzinfo=UTC)


class App:
    """One process of the app: what is due, and the desk, at a time that the test sets."""

    def __init__(
        self,
        folder: Path,
        server: MailServer,
        now: datetime = NOON,
        how: dict[str, Any] | None = None,
    ) -> None:
        self.now = now
        chosen = {"data_dir": folder, "cache_seconds": 0, "public_url": "https://spend.example/"}
        self.settings = Settings.model_validate((how or {}) | server.settings(**chosen))
        self.source = source = make_source(self.settings)
        self.store = settings_store(self.settings, source)
        self.due = RunDue(self.settings, source, now=lambda: self.now)
        self.desk = AlertDesk(
            JobCosts(SpendRepository(source.warehouse)),
            AlertRows(self.store),
            final_date=lambda: self.now.date() - timedelta(days=3),
            now=lambda: self.now,
        )

    def save(self, user: str = "", **fields: Any) -> None:
        config = AlertConfig.model_validate(TOLD | fields)
        self.desk.save(user, config, seen=self.desk.config(user).updated_at)

    def later(self, **wait: float) -> None:
        self.now += timedelta(**wait)
        self.due.run()

    @property
    def incident(self) -> Incident:
        [found] = self.desk.incidents("")
        return found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path / "mail") as running:
        yield running


@pytest.fixture
def mailbox(server: MailServer) -> Mailbox:
    return server.mailbox


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path / "data", *QUIET, DEAR)
    return tmp_path / "data"


@pytest.fixture
def app(folder: Path, server: MailServer) -> App:
    """Dana wants to know about runs of $100 and more; one of $350 is there."""
    app = App(folder, server)
    app.save()
    return app


def more(folder: Path, *records: Record) -> None:
    publish(folder, *QUIET, DEAR, *records)


# Once


def test_a_dear_run_is_one_incident_and_one_mail(app: App, mailbox: Mailbox) -> None:
    done = app.due.run()
    assert (done.is_checked, done.changed, done.told, done.sent) == (True, 1, 1, 1)
    assert done.words == "Checked the rules: 1 incident changed, 1 sent."
    assert len(mailbox.mails) == 1
    for _ in range(3):
        app.later(hours=2)
    assert len(mailbox.mails) == 1
    assert (app.incident.state, app.incident.alert_count) == (State.OPEN, 2)  # the run, its day
    assert [each.stage for each in app.desk.deliveries("")] == [Stage.SENT]


def test_the_mail_says_what_and_where_and_how_to_silence_it(app: App, mailbox: Mailbox) -> None:
    app.due.run()
    [mail] = mailbox.mails
    assert mail["Subject"] == "nightly_load: $364.00 on 16 Mar 2026, $264.00 above the threshold"
    text, html = body(mail, "plain"), body(mail, "html")
    for words in (text, html):
        assert "2 runs of a day cost $364.00" in words
        assert "at or above $100.00, " in words
        assert "Databricks $54.00, EC2 $310.00" in words
        assert f"https://spend.example/alerts?incident={app.incident.id}" in words
        assert "Acknowledge, snooze or call it expected" in words
        assert "https://spend.example/?start_date=2026-02-15" in words
    assert "early: the cost may still change" in text


def test_within_the_same_hour_nothing_is_checked_again(app: App) -> None:
    app.due.run()
    done = app.due.run()
    assert (done.is_checked, done.next_at) == (False, NOON + timedelta(hours=1))


def test_four_at_once_send_one_mail(folder: Path, server: MailServer, app: App) -> None:
    apps = [App(folder, server) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda each: each.due.run(), apps))
    for each in apps:
        each.due.run()
    assert sum(each.is_checked for each in done) == 1
    assert len(server.mailbox.mails) == 1


def test_more_runs_are_no_more_mails_until_it_is_half_as_bad_again(
    app: App, folder: Path, mailbox: Mailbox
) -> None:
    app.due.run()
    more(folder, record("2026-03-17", "two", ec2="300"))
    app.later(hours=2)
    assert len(mailbox.mails) == 1
    more(folder, record("2026-03-17", "two", ec2="300"), record("2026-03-17", "three", ec2="300"))
    app.later(hours=2)
    assert len(mailbox.mails) == 2
    assert mailbox.mails[0]["Message-ID"] != mailbox.mails[1]["Message-ID"]


def test_a_crash_between_the_outbox_and_the_incident_tells_once(
    app: App, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashing = App(app.settings.data_dir, server)
    store = crashing.due.rows.store
    put = store.put

    def crash_when_told(user: str, key: str, value: str, *, seen: datetime | None) -> Setting:
        if key.startswith(INCIDENT) and seen is not None:
            raise StoreError("The line to the settings broke.")
        return put(user, key, value, seen=seen)

    monkeypatch.setattr(store, "put", crash_when_told)
    assert crashing.due.run().failures == ("The line to the settings broke.",)
    assert app.incident.is_waiting
    app.later(minutes=1)
    assert not app.incident.is_waiting
    assert len(server.mailbox.mails) == 1


def test_with_spends_and_settings_on_databricks_it_is_the_same(
    folder: Path, server: MailServer, tmp_path: Path
) -> None:
    with loopback_warehouse() as loopback:
        copy_of(loopback, folder)
        app = App(tmp_path / "elsewhere", server, how=settings_of(loopback).model_dump())
        app.save()
        assert app.due.run().sent == 1
        app.later(hours=2)
        assert (app.incident.title, len(server.mailbox.mails)) == ("nightly_load", 1)
        app.source.close()


# To whom


def test_without_recipients_it_is_shown_and_not_told_later(app: App, mailbox: Mailbox) -> None:
    app.save(recipients=[])
    app.due.run()
    assert app.incident.history[-1].what == NOBODY
    app.save()
    app.later(hours=2)
    assert mailbox.mails == []


def test_nobody_is_mailed_who_does_not_want_it(app: App, mailbox: Mailbox) -> None:
    app.save(email_notifications=False)
    app.due.run()
    assert mailbox.mails == []
    assert app.incident.is_active


def test_a_digest_comes_once_a_day_at_its_hour(app: App, folder: Path, mailbox: Mailbox) -> None:
    other = record("2026-03-16", "x", job="11", name="hourly_sync", ec2="500")
    more(folder, other)
    app.save(digest_hour=15)
    app.due.run()
    assert mailbox.mails == []
    app.later(hours=3)
    [mail] = mailbox.mails
    assert mail["Subject"] == "2 alerts, first of all hourly_sync"
    assert "nightly_load" in body(mail, "plain")
    another = record("2026-03-17", "y", job="12", name="third", ec2="500")
    more(folder, other, another)
    app.later(hours=2)
    assert len(mailbox.mails) == 1
    app.later(hours=22)
    assert len(mailbox.mails) == 2
    assert mailbox.mails[1]["Subject"].startswith("third: ")


def test_before_anybody_has_saved_a_rule_the_defaults_are_checked(
    folder: Path, server: MailServer
) -> None:
    more(folder, record("2026-03-16", "dearest", ec2="5000"))
    app = App(folder, server)
    app.due.run()
    assert {each.rule for each in app.desk.incidents("")} == {Rule.AMOUNT, Rule.PERCENTAGE}
    assert server.mailbox.mails == []


def test_a_configuration_that_cannot_be_read_is_told_and_the_others_go_on(
    app: App, mailbox: Mailbox
) -> None:
    app.store.put("bob", CONFIG, '{"threshold_amount": "NaN"}', seen=None)
    assert app.due.run().failures == ()
    assert len(mailbox.mails) == 1
    told = app.desk.config("bob")
    assert told.problem == UNREADABLE
    app.desk.save("bob", AlertConfig(), seen=told.updated_at)
    assert app.desk.config("bob").problem == ""


def test_what_waits_is_told_when_the_settings_can_be_read_again(app: App, mailbox: Mailbox) -> None:
    app.save(digest_hour=15)
    app.due.run()
    good = app.store.get("", CONFIG)
    assert good
    bad = app.store.put("", CONFIG, "{", seen=good.updated_at)
    app.later(hours=3)
    assert mailbox.mails == []
    app.store.put("", CONFIG, good.value, seen=bad.updated_at)
    app.later(minutes=1)
    assert len(mailbox.mails) == 1


def test_an_incident_that_cannot_be_read_is_opened_again(app: App, mailbox: Mailbox) -> None:
    app.due.run()
    id_ = app.incident.id
    row = app.store.get("", INCIDENT + id_)
    assert row
    app.store.put("", row.key, "{", seen=row.updated_at)
    assert app.desk.incidents("") == []
    app.later(hours=2)
    assert app.incident.id == id_
    assert len(mailbox.mails) == 1  # the message is known, whatever became of the incident


# Mail servers


def test_a_dead_mail_server_is_shown_and_gets_the_mail_once_it_is_back(
    folder: Path, tmp_path: Path
) -> None:
    with mail_server(tmp_path / "mail") as server:
        app = App(folder, server)
    app.save()
    done = app.due.run()
    assert (done.sent, done.not_sent) == (0, 1)
    [waiting] = app.desk.deliveries("")
    assert waiting.words.startswith("failed 1 time: The mail server cannot be reached")
    assert done.next_at == waiting.due_at
    with mail_server(tmp_path / "mail", port=server.port) as server:
        app.later(minutes=1)
        app.later(minutes=1)
        assert len(server.mailbox.mails) == 1
    assert [each.stage for each in app.desk.deliveries("")] == [Stage.SENT]


def test_a_slow_mail_server_gets_the_mail_once(app: App, mailbox: Mailbox) -> None:
    mailbox.greeting_seconds = 2
    app.due.run()
    [waiting] = app.desk.deliveries("")
    assert "did not answer in time" in waiting.words
    mailbox.greeting_seconds = 0
    app.later(minutes=1)
    assert len(mailbox.mails) == 1


# Late data


def test_late_data_holds_the_costs_and_is_told_once(
    app: App, folder: Path, mailbox: Mailbox
) -> None:
    app.now = datetime(2026, 3, 20, 12, tzinfo=UTC)  # four days after the last record
    app.due.run()
    assert app.incident.job_id == ""
    [mail] = mailbox.mails
    assert mail["Subject"] == "Data late"
    assert "Nothing newer than 16 Mar 2026 has come for 4 days" in body(mail, "plain")
    app.later(days=1)
    assert len(mailbox.mails) == 1
    more(folder, record("2026-03-20", "late"))
    app.later(hours=1)
    states = {each.title: each.state for each in app.desk.incidents("")}
    assert states == {"The cost data": State.RESOLVED, "nightly_load": State.OPEN}
    assert len(mailbox.mails) == 2


@pytest.mark.parametrize(("now", "is_late"), [(19, False), (20, True)])
def test_data_is_late_when_a_day_that_should_be_complete_is_missing(
    app: App, now: int, is_late: bool
) -> None:
    app.now = datetime(2026, 3, now, 12, tzinfo=UTC)
    app.due.run()
    assert ([each.title for each in app.desk.incidents("")] == ["The cost data"]) is is_late


def test_free_weekends_are_not_late(folder: Path, server: MailServer) -> None:
    days = [date(2026, 2, 2) + timedelta(days=n) for n in range(40)]
    weekdays = [record(str(day), str(day)) for day in days if day.weekday() < 5]
    publish(folder, *weekdays)  # until Friday the 13th of March
    app = App(folder, server, datetime(2026, 3, 18, 12, tzinfo=UTC))
    app.due.run()
    assert app.desk.incidents("") == []


def test_a_folder_without_data_is_nothing_to_alert_about(
    tmp_path: Path, server: MailServer
) -> None:
    app = App(tmp_path / "empty", server)
    done = app.due.run()
    assert done.failures == (
        "There is no data yet: run `dbspend360 import FILE` or `dbspend360 demo`.",
    )
    assert done.next_at == NOON + timedelta(minutes=5)


# The inbox


def test_what_a_person_does_is_kept_with_who_and_when(app: App) -> None:
    app.due.run()
    id_ = app.incident.id
    app.desk.acknowledge("", id_, who="ada")
    app.desk.snooze("", id_, until=NOON + timedelta(days=2), who="ada")
    app.desk.expect("", id_, who="bob")
    app.desk.resolve("", id_, who="bob")
    app.desk.reopen("", id_, who="bob")
    assert [(each.who, each.what) for each in app.incident.history[2:]] == [
        ("ada", "Acknowledged"),
        ("ada", "Snoozed until 2026-03-19 12:00 UTC"),
        ("bob", "Called expected"),
        ("bob", "Resolved"),
        ("bob", "Opened again"),
    ]
    assert app.desk.open_count("") == 1


def test_two_who_act_at_once_are_both_heard(app: App) -> None:
    app.due.run()
    id_ = app.incident.id
    with ThreadPoolExecutor(4) as threads:
        people = [f"person{n}" for n in range(8)]
        list(threads.map(lambda who: app.desk.acknowledge("", id_, who=who), people))
    assert {each.who for each in app.incident.history} >= set(people)


def test_three_calm_days_resolve_it(app: App, folder: Path, mailbox: Mailbox) -> None:
    app.due.run()
    calm = [record(f"2026-03-{day}", f"r{day}") for day in (17, 18, 19)]
    more(folder, *calm)
    app.now = datetime(2026, 3, 21, 12, tzinfo=UTC)
    app.due.run()
    assert app.incident.is_active  # the last of the three may still change
    app.later(days=1)
    assert app.incident.state is State.RESOLVED
    assert len(mailbox.mails) == 1
