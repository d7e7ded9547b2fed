"""What the commands say about settings of reports that cannot be, and about those that are."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dbspend360.cli import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DBSPEND360_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*words: str) -> Result:
    result = CliRunner().invoke(main, words)
    assert "Traceback" not in result.output
    return result


@pytest.mark.parametrize("command", ["run-due", "scheduler", "serve", "worker", "beat"])
@pytest.mark.parametrize("domains", ["http://example.com", "*.example.com"])
def test_a_domain_that_is_none_is_said_at_the_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: str, domains: str
) -> None:
    monkeypatch.setenv("DBSPEND360_MAIL_DOMAINS", domains)
    monkeypatch.setenv("DBSPEND360_CELERY_URL", "redis://127.0.0.1:1/0")
    result = run(command)
    assert (result.exit_code, "Error: DBSPEND360_MAIL_DOMAINS holds" in result.stderr) == (1, True)


def test_a_redis_that_cannot_be_is_said_before_the_server_starts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBSPEND360_CELERY_URL", "amqp://user:hunter2@host")
    result = run("serve")
    assert (result.exit_code, "Error: DBSPEND360_CELERY_URL must be" in result.stderr) == (1, True)
    assert "hunter2" not in result.output


def test_check_says_who_may_mail_reports_and_where_they_are_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("demo", "--records", "20", "--days", "2")
    kept = f"kept in {folder / 'reports'} for 90 days"
    assert f"mailed by everyone to anywhere; {kept}" in run("check").stdout
    monkeypatch.setenv("DBSPEND360_MAIL_DOMAINS", "example.com")
    assert f"mailed by everyone to example.com; {kept}" in run("check").stdout
    monkeypatch.setenv("DBSPEND360_MAIL_REPORTS", "nobody")
    assert "mailed by nobody" in run("check").stdout


def test_check_says_what_is_wrong_with_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run("demo", "--records", "20", "--days", "2")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DBSPEND360_REPORTS_DIR", str(tmp_path / "file" / "reports"))
    result = run("check")
    assert (result.exit_code, "cannot be written" in result.output) == (1, True)
    monkeypatch.setenv("DBSPEND360_MAIL_DOMAINS", "a_b.example")
    assert "which is not a domain such as example.com" in run("check").output
