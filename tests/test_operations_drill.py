"""The machine misbehaves while people use the app: no error but an honest 503, nothing lost."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from databricks_side import copy_of, environment_of
from loopback.server import Loopback, loopback_warehouse
from people import BACK_SECONDS, People, Site, all_is_well, site, wait_until
from ports import free_port
from postgres_server import postgres_server
from redis_server import redis_server
from wall_clock import WallClock

from dbspend360.warehouse.demo import make_demo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_demo(tmp_path / "data", records=2_000, days=40)
    return tmp_path / "data"


# Stopping


@pytest.fixture
def loopback(shared_folder: Path) -> Iterator[Loopback]:
    with loopback_warehouse() as warehouse:
        copy_of(warehouse, shared_folder)
        yield warehouse


def test_what_is_under_way_is_answered_before_the_server_stops(
    loopback: Loopback, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    # One process, which the first answer has made ready: Databricks' connector is loaded with it.
    one = environment_of(loopback) | {"DBSPEND360_WEB_WORKERS": "1"}
    with site(tmp_path / "data", **one) as found:
        assert found.get("/api/summary?preset=last_7_days").status == 200
        loopback.service.slow_seconds = 1.5
        days = [f"2026-11-{number:02}" for number in range(1, 5)]

        def asked(day: str) -> bool:
            return any(day in each.values for each in loopback.service.statements)

        with ThreadPoolExecutor(4) as visitors:
            replies = visitors.map(
                lambda day: found.get(f"/api/summary?start_date={day}&end_date=2026-11-20"), days
            )
            wait_until(lambda: all(map(asked, days)), 30)
            found.process.send_signal(signal.SIGTERM)
            assert found.process.wait(30) == 0
            assert [each.status for each in replies] == [200] * 4
        assert found.get("/healthz").status == 0
    assert loopback.open_sessions == 0


# The folder of remembered answers


def delete(cache: Path) -> None:
    shutil.rmtree(cache)


def fill_with_garbage(cache: Path) -> None:
    for each in [*cache.rglob("*")]:
        if each.is_file():
            each.write_bytes(random.randbytes(500))
    for number in range(200):
        (cache / "answers").mkdir(exist_ok=True)
        (cache / "answers" / f"{number:032x}").write_bytes(random.randbytes(100))


def stand_in_its_way(cache: Path) -> None:
    shutil.rmtree(cache)
    cache.write_text("a file where the folder was")


@pytest.mark.parametrize("harm", [delete, fill_with_garbage, stand_in_its_way])
def test_the_cache_folder_is_harmed(folder: Path, harm: Callable[[Path], None]) -> None:
    with site(folder) as found, People(found) as people:
        for _ in range(3):
            if (folder / "cache").is_dir():
                harm(folder / "cache")
            time.sleep(0.5)
        all_is_well(people)


# The store


def test_the_file_of_settings_is_locked_by_somebody_else(folder: Path) -> None:
    with site(folder) as found, People(found) as people:
        other = sqlite3.connect(folder / "state.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        time.sleep(4)
        other.execute("ROLLBACK")
        other.close()
        all_is_well(people)


def test_the_file_of_settings_is_locked_for_longer_than_anybody_waits(folder: Path) -> None:
    with site(folder) as found, People(found) as people:
        other = sqlite3.connect(folder / "state.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        wait_until(lambda: people.seen[503] > 0, 30)
        other.execute("ROLLBACK")
        other.close()
        all_is_well(people)


def test_postgresql_is_restarted(folder: Path) -> None:
    with (
        postgres_server() as postgres,
        site(folder, DBSPEND360_STATE_URL=postgres.new_database()) as found,
        People(found) as people,
    ):
        postgres.stop()
        time.sleep(2)
        assert found.get("/readyz").status == 503
        postgres.start()
        all_is_well(people)


# Redis


def test_redis_is_gone_and_comes_back(folder: Path) -> None:
    port = free_port()
    address = f"redis://127.0.0.1:{port}/0"

    def remembers(found: Site) -> bool:
        return bool(found.get("/readyz").json["cache"]["state"] == "ok")

    with site(folder, DBSPEND360_CACHE_URL=address) as found:
        with redis_server(folder.parent, port):
            people = People(found).__enter__()
            wait_until(lambda: remembers(found), BACK_SECONDS)
        time.sleep(2)
        assert not remembers(found)
        assert found.is_ready()
        with redis_server(folder.parent, port):
            wait_until(lambda: remembers(found), BACK_SECONDS)
            all_is_well(people)


# The clock


def date_of(found: Site) -> datetime:
    with urllib.request.urlopen(f"{found.address}/healthz") as answer:
        return parsedate_to_datetime(answer.headers["Date"])


@pytest.mark.parametrize("seconds", [-3600, 7 * 86_400], ids=["back", "ahead and back"])
def test_the_clock_is_set(folder: Path, seconds: int) -> None:
    clock = WallClock(folder.parent)
    with site(folder, **clock.environment) as found, People(found) as people:
        clock.set(seconds)
        off = (date_of(found) - datetime.now(UTC)).total_seconds()
        assert abs(off - seconds) < 60
        before = people.saved
        wait_until(lambda: people.saved > before + 2, BACK_SECONDS)
        clock.set(0)
        all_is_well(people)


# Processes


def test_a_web_process_is_killed_under_load(folder: Path) -> None:
    with site(folder) as found, People(found) as people:
        for _ in range(3):
            os.kill(found.workers()[0], signal.SIGKILL)
            time.sleep(1)
        wait_until(lambda: len(found.workers()) == 2, BACK_SECONDS)
        all_is_well(people, cut=3 * 4)  # of four people, whom the killed process was answering


def test_data_is_imported_under_load(folder: Path, tmp_path: Path) -> None:
    day = "2026-11-20"
    rows = "".join(f"c-{n},1.5,{n % 50},{n},{day},2.5\n" for n in range(20_000))
    head = "cluster_id,ec2_cost,job_id,run_id,usage_date,databricks_cost\n"
    (tmp_path / "new.csv").write_text(head + rows)
    command = [sys.executable, "-m", "dbspend360.cli", "import", str(tmp_path / "new.csv")]
    env = os.environ | {"DBSPEND360_DATA_DIR": str(folder)}
    with site(folder) as found, People(found) as people:
        for _ in range(3):
            subprocess.run(command, env=env, check=True, capture_output=True)
        all_is_well(people)
        summary = found.get(f"/api/summary?start_date={day}&end_date={day}").json["data"]
        assert summary["total_runs"] == 20_000
