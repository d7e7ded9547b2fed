"""From each deployment file to the dashboard: its own settings and commands, on loopback.

Names of other containers become ports of this machine, and an address that listens to everybody
becomes this machine's own; nothing else is changed.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from databricks_side import copy_of
from loopback.server import Loopback, loopback_warehouse
from people import wait_until
from ports import free_port
from postgres_server import PostgresServer, postgres_server
from processes import process
from redis_server import redis_server
from signin_driver import PASSWORD

from dbspend360.warehouse.demo import make_demo

ROOT = Path(__file__).parent.parent
CONFIG = "/api/alerts/config"


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def is_ready(address: str) -> bool:
    try:
        return requests.get(f"{address}/readyz", timeout=10).status_code == 200
    except requests.ConnectionError:
        return False


def state_of(address: str) -> dict[str, Any]:
    return dict(requests.get(f"{address}/readyz", timeout=10).json())


# compose.yaml


class Compose:
    """Its services as processes, with what Docker would put into their environment."""

    def __init__(self, folder: Path, postgres: PostgresServer, redis: str, **chosen: str) -> None:
        self.services = read("compose.yaml")["services"]
        self.folder = folder
        self._chosen = chosen
        self._places = {
            "postgresql://dbspend360:@postgres/dbspend360": postgres.new_database(),
            "redis://redis:6379/0": redis,
            "redis://redis:6379/1": redis.removesuffix("0") + "1",
        }

    def environment(self, service: str) -> dict[str, str]:
        given = self.services[service]["environment"]
        found = {name: self._filled(str(text)) for name, text in given.items()}
        assert set(self._places) <= {*found.values()}
        return {name: self._places.get(text, text) for name, text in found.items()}

    def command(self, service: str) -> list[str]:
        return list(self.services[service].get("command") or ["serve"])

    def _filled(self, text: str) -> str:
        """`${NAME:-else}` and `${NAME:?why}`, as Docker Compose reads them."""
        return re.sub(
            r"\$\{(\w+):([-?])([^}]*)\}",
            lambda it: self._chosen.get(it[1], it[3] if it[2] == "-" else ""),
            text,
        )

    def started(self, service: str, **more: str) -> Any:
        log = self.folder.parent / f"{service}-{more.get('DBSPEND360_PORT', '')}.log"
        given = self.environment(service) | more
        return process(self.folder, log, *self.command(service), **given)


@pytest.fixture
def compose(tmp_path: Path) -> Iterator[Compose]:
    make_demo(tmp_path / "data", records=2_000, days=40)
    with postgres_server() as postgres, redis_server(tmp_path) as redis:
        yield Compose(tmp_path / "data", postgres, redis)


def test_compose_leads_to_the_dashboard(compose: Compose) -> None:
    add_somebody(compose, "dana@example.com")
    ports = [str(free_port()) for _ in range(2)]
    addresses = [f"http://127.0.0.1:{port}" for port in ports]
    with ExitStack() as running:
        for port in ports:
            own = {"DBSPEND360_HOST": "127.0.0.1", "DBSPEND360_PORT": port}
            running.enter_context(compose.started("web", **own))
        others = [running.enter_context(compose.started(each)) for each in ("worker", "scheduler")]
        for each in addresses:
            wait_until(lambda each=each: is_ready(each), 120)  # type: ignore[misc]
            assert {state_of(each)[part]["state"] for part in ("store", "cache")} == {"ok"}
        dana = signed_in(addresses[0], "dana@example.com")
        assert "<title>DBSpend360" in dana.get(f"{addresses[0]}/").text
        assert dana.get(f"{addresses[0]}/api/summary").json()["data"]["total_runs"] > 0
        # Both servers know who it is, and both have what one has kept.
        body = {"threshold_amount": 321, "updated_at": None}
        ours = {"X-CSRFToken": cookie(dana, "_csrf_token"), "Origin": addresses[0]}
        assert dana.put(addresses[0] + CONFIG, json=body, headers=ours).status_code == 200
        kept = dana.get(addresses[1] + CONFIG).json()["data"]
        assert float(kept["threshold_amount"]) == 321
        assert [each.poll() for each in others] == [None, None]
        wait_until(lambda: "Task dbspend360" in log_of(compose, "worker"), 120)


def test_compose_lets_nobody_in_who_was_not_added(compose: Compose) -> None:
    port = str(free_port())
    address = f"http://127.0.0.1:{port}"
    with compose.started("web", DBSPEND360_HOST="127.0.0.1", DBSPEND360_PORT=port):
        wait_until(lambda: is_ready(address), 120)
        assert requests.get(f"{address}/api/summary", timeout=10).status_code == 401
        assert requests.get(f"{address}/", timeout=10).url.startswith(f"{address}/login")


def log_of(compose: Compose, service: str) -> str:
    return (compose.folder.parent / f"{service}-.log").read_text(errors="replace")


def add_somebody(compose: Compose, name: str) -> None:
    command = [sys.executable, "-m", "dbspend360.cli", "user", "add", name, "--role", "admin"]
    given = compose.environment("web") | {"DBSPEND360_DATA_DIR": str(compose.folder)}
    subprocess.run(
        [*command, "--password-stdin"],
        env=os.environ | given,
        input=PASSWORD.encode(),
        check=True,
        capture_output=True,
    )


def signed_in(address: str, name: str) -> requests.Session:
    session = requests.Session()
    session.get(f"{address}/login", timeout=10)
    form = {"name": name, "password": PASSWORD, "csrf_token": cookie(session, "_csrf_token")}
    done = session.post(f"{address}/login", form, headers={"Origin": address}, timeout=10)
    assert done.url == f"{address}/"
    return session


def cookie(session: requests.Session, name: str) -> str:
    return next(each.value or "" for each in session.cookies if each.name == name)


# app.yaml


@pytest.fixture
def loopback(tmp_path: Path) -> Iterator[Loopback]:
    make_demo(tmp_path / "demo", records=2_000, days=40)
    with loopback_warehouse(tls=True) as warehouse:
        copy_of(warehouse, tmp_path / "demo")
        yield warehouse


def platform(loopback: Loopback, port: int) -> dict[str, str]:
    """What Databricks Apps adds by itself: the workspace, the principal of the app, the port."""
    return {
        "DBSPEND360_DATABRICKS_URI": loopback.uri,  # DATABRICKS_HOST has no port
        "DATABRICKS_CLIENT_ID": loopback.client_id,
        "DATABRICKS_CLIENT_SECRET": loopback.client_secret,
        "DATABRICKS_APP_PORT": str(port),
        "DBSPEND360_TLS_CA_FILE": str(loopback.ca_file),  # no public authority vouches for it
    }


def app_environment(tmp_path: Path) -> dict[str, str]:
    given = {each["name"]: each for each in read("app.yaml")["env"]}
    resources = {"sql-warehouse": "1234567890abcdef"}  # as `--var warehouse_id=...` says
    found = {
        name: each["value"] if "value" in each else resources[each["valueFrom"]]
        for name, each in given.items()
    }
    assert found["DBSPEND360_HOST"] == "0.0.0.0"
    assert found["DBSPEND360_DATA_DIR"].startswith("/tmp/")
    return found | {
        "DBSPEND360_HOST": "127.0.0.1",
        "DBSPEND360_DATA_DIR": str(tmp_path / "data"),
        "DBSPEND360_ADMINS": "dana@example.com",
    }


def comes_as(who: str) -> Mapping[str, str]:
    """What the platform's proxy says of somebody who has signed in there."""
    return {
        "X-Forwarded-Email": who,
        "X-Forwarded-User": who,
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "dbspend360-1234.aws.databricksapps.com",
    }


def test_databricks_apps_leads_to_the_dashboard(loopback: Loopback, tmp_path: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    python, *words = read("app.yaml")["command"]
    assert python == "python"
    environment = app_environment(tmp_path) | platform(loopback, port)
    initialise = [sys.executable, "-m", "dbspend360.cli", "init", "--yes"]
    done = subprocess.run(initialise, env=os.environ | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    started = process(
        tmp_path / "data", tmp_path / "app.log", *words[words.index("dbspend360.cli") + 1 :],
        **environment,
    )  # fmt: skip
    with started:
        wait_until(lambda: is_ready(address), 120)
        ask: Callable[..., requests.Response] = lambda path, who: requests.get(  # noqa: E731
            address + path, headers=comes_as(who), timeout=30
        )
        page = ask("/", "vic@example.com")
        assert "<title>DBSpend360" in page.text
        assert "max-age" in page.headers["Strict-Transport-Security"]
        assert ask("/api/summary", "vic@example.com").json()["data"]["total_runs"] > 0
        assert ask("/check", "vic@example.com").status_code == 403
        assert "dbspend360-1234" not in page.text
        check = ask("/check", "dana@example.com")
        assert check.status_code == 200
        assert "pritam_demo.dbcost360.databricks_job_spends" in check.text
        assert requests.get(f"{address}/api/summary", timeout=10).status_code == 401
    wait_until(lambda: loopback.open_sessions == 0, 20)
