import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from page_driver import app_of
from ports import free_port
from spend_records import publish, record

from dbspend360.cli import gunicorn_config, main
from dbspend360.errors import BadSettings
from dbspend360.settings import Settings
from dbspend360.signin.safe_start import require_safe
from dbspend360.signin.secret import secret_key

ELSEWHERE = ["0.0.0.0", "", "::", "[::]", "192.0.2.7", "spend.example.com", "localhost.example.com"]
HERE = ["127.0.0.1", "127.0.0.53", "::1", "[::1]", "localhost", "LOCALHOST"]


@pytest.mark.parametrize("host", ELSEWHERE)
def test_nobody_else_is_let_in_without_a_sign_in(host: str) -> None:
    with pytest.raises(BadSettings, match="Set DBSPEND360_AUTH to basic, oidc or proxy"):
        require_safe(Settings(host=host))
    with pytest.raises(BadSettings):
        require_safe(Settings(host=host, open_to_all=True))
    with pytest.raises(BadSettings):
        require_safe(Settings(host=host, auth="none"))


@pytest.mark.parametrize("host", ELSEWHERE)
def test_said_twice_or_with_a_sign_in_it_is(host: str) -> None:
    require_safe(Settings(host=host, auth="none", open_to_all=True))
    require_safe(Settings(host=host, auth="basic"))


@pytest.mark.parametrize("host", HERE)
def test_this_machine_is_let_in(host: str) -> None:
    require_safe(Settings(host=host))


def test_neither_the_command_nor_the_web_server_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBSPEND360_DATA_DIR", str(tmp_path))
    said = CliRunner().invoke(main, ["serve", "--host", "0.0.0.0"])
    del os.environ["DBSPEND360_HOST"]  # `serve` hands it on
    assert said.exit_code == 1
    assert "DBSPEND360_OPEN_TO_ALL" in said.output
    with pytest.raises(BadSettings):
        app_of(tmp_path, host="0.0.0.0")


def test_without_a_sign_in_the_server_has_no_foreign_name(tmp_path: Path) -> None:
    publish(tmp_path, record())
    client = app_of(tmp_path, public_url="http://spend.local:8050").test_client()
    for host in ("localhost:8050", "127.0.0.1", "[::1]:8050", "spend.local", "SPEND.local:1"):
        assert client.get("/api/summary", headers={"Host": host}).status_code == 200, host
    for host in ("evil.example", "127.0.0.1.evil.example:8050", "localhost.evil.example"):
        answer = client.get("/api/summary", headers={"Host": host})
        assert answer.status_code == 400
        assert answer.get_json()["error"]["code"] == "foreign_host"


def test_with_a_sign_in_it_may_have_any(tmp_path: Path) -> None:
    publish(tmp_path, record())
    client = app_of(tmp_path, auth="basic").test_client()
    assert client.get("/healthz", headers={"Host": "anything.example"}).status_code == 200


def test_the_key_is_made_once_private_and_the_same_for_all(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    keys = {secret_key(settings) for _ in range(3)}
    assert len(keys) == 1
    assert len(keys.pop()) == 64
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / "secret.key"]


def test_a_key_that_is_short_or_lost_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="DBSPEND360_SECRET_KEY is too short"):
        secret_key(Settings(data_dir=tmp_path, secret_key="short"))
    (tmp_path / "secret.key").write_text("")
    with pytest.raises(BadSettings, match="holds no key"):
        secret_key(Settings(data_dir=tmp_path))
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSettings, match="set DBSPEND360_SECRET_KEY"):
        secret_key(Settings(data_dir=tmp_path / "file"))


def test_many_servers_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    for _ in range(40):
        with ThreadPoolExecutor(8) as threads:
            keys = set(threads.map(lambda _: secret_key(settings), range(8)))
        assert len(keys) == 1
        assert [each.name for each in tmp_path.iterdir()] == ["secret.key"]
        (tmp_path / "secret.key").unlink()


def test_gunicorn_is_not_talked_into_another_address(tmp_path: Path) -> None:
    config = str(gunicorn_config())
    env = {**os.environ, "DBSPEND360_DATA_DIR": str(tmp_path)}
    found = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", config, "--bind", f"0.0.0.0:{free_port()}"],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert found.returncode != 0
    assert "does not listen on 0.0.0.0" in found.stderr
