"""The commands of the alerts: what they say, and with which exit code they end."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from mail_server import MailServer, mail_server

from dbspend360.cli import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of the settings; nothing is in it."""
    monkeypatch.setenv("DBSPEND360_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*words: str) -> Result:
    result = CliRunner().invoke(main, words)
    assert "Traceback" not in result.output
    return result


def use(server: MailServer, monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    for name, value in server.environment(**more).items():
        monkeypatch.setenv(name, value)


def test_run_due_checks_once_however_often_it_is_called(folder: Path) -> None:
    run("demo", "--records", "3000", "--days", "60")
    first, second = run("run-due"), run("run-due")
    assert first.stdout.startswith("Checked the rules: ")
    assert second.stdout == "The rules were checked before: 0 incidents changed, 0 sent.\n"
    assert (first.exit_code, second.exit_code) == (0, 0)


def test_run_due_without_data_says_so_and_fails(folder: Path) -> None:
    result = run("run-due")
    assert result.exit_code == 1
    assert "There is no data yet" in result.stderr


@pytest.mark.parametrize("command", ["run-due", "scheduler", "serve", "mail-test"])
def test_a_wrong_mail_server_is_said_at_the_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("DBSPEND360_SMTP_URL", "smtp://user:hunter2@mail@host")
    result = run(command, *(["dana@example.com"] if command == "mail-test" else []))
    assert result.exit_code == 1
    assert "Error: DBSPEND360_" in result.stderr
    assert "hunter2" not in result.output


@pytest.mark.parametrize("command", ["run-due", "scheduler", "serve"])
def test_a_place_for_settings_that_cannot_be_is_said_at_the_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("DBSPEND360_STATE_URL", "mysql://user:hunter2@host/name")
    result = run(command)
    assert result.exit_code == 1
    assert "Error: DBSPEND360_STATE_URL must be" in result.stderr
    assert "hunter2" not in result.output


def test_mail_test_sends_one_and_says_who_took_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server(tmp_path / "mail", login=True) as server:
        use(server, monkeypatch)
        result = run("mail-test", "dana@example.com")
        assert result.stdout == f"localhost:{server.port} took a mail to dana@example.com.\n"
        [mail] = server.mailbox.mails
    assert mail["To"] == "dana@example.com"


def test_mail_test_says_why_nothing_was_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No mail server is set" in run("mail-test", "dana@example.com").stderr
    with mail_server(tmp_path / "mail") as server:
        use(server, monkeypatch)
        said = run("mail-test", "dana@example.com\r\nBcc: x@example.com")
        assert "is not a mail address" in said.stderr
        assert server.mailbox.mails == []
    said = run("mail-test", "dana@example.com")
    assert (said.exit_code, said.stdout) == (1, "")
    assert "The mail server cannot be reached" in said.stderr


@pytest.mark.parametrize("command", ["run-due", "scheduler", "mail-test"])
def test_every_help_shows_an_example(command: str) -> None:
    assert f"\n  dbspend360 {command}" in run(command, "--help").stdout


def test_check_says_where_mails_go_and_not_with_which_password(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("demo", "--records", "20", "--days", "2")
    assert "no mail server is set" in run("check").stdout
    monkeypatch.setenv("DBSPEND360_SMTP_URL", "smtps://mailer:hunter2@mail.example.com")
    assert "DBSPEND360_MAIL_FROM must be" in run("check").output
    monkeypatch.setenv("DBSPEND360_MAIL_FROM", "alerts@example.com")
    said = run("check")
    assert (said.exit_code, "mail.example.com:465" in said.stdout) == (0, True)
    assert "hunter2" not in said.output
