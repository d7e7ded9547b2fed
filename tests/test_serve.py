"""The server as `make run` starts it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from ports import free_port

from dbspend360.warehouse.demo import make_demo

STARTS = 20
VISITORS = 8


@contextmanager
def started(folder: Path, log: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """A server from its first accepted connection on: nobody has asked it anything yet."""
    port = free_port()
    env = os.environ | {"DBSPEND360_DATA_DIR": str(folder), "DBSPEND360_PORT": str(port)}
    command = [sys.executable, "-m", "dbspend360.cli", "serve"]
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=env, stdout=output, stderr=output)
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 0.2).close()
                    break
                except OSError:
                    assert server.poll() is None, log.read_text()
                    assert time.monotonic() < deadline, log.read_text()
                    time.sleep(0.02)
            yield f"http://127.0.0.1:{port}", server
        finally:
            server.terminate()
            server.wait(20)


def fetched(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, ""


def visit(address: str) -> list[int]:
    """What a browser fetches on a first visit; the status of each."""
    status, page = fetched(f"{address}/")
    scripts = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    others = ["/_dash-layout", "/_dash-dependencies", "/healthz"]
    return [status, *(fetched(address + each)[0] for each in [*scripts, *others])]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    make_demo(folder, records=2000, days=40)
    return folder


def test_twenty_cold_starts_serve_eight_visitors_at_once_without_an_error(
    folder: Path, tmp_path: Path
) -> None:
    for start in range(STARTS):
        with (
            started(folder, tmp_path / f"{start}.log") as (address, _server),
            ThreadPoolExecutor(VISITORS) as visitors,
        ):
            visits = list(visitors.map(visit, [address] * VISITORS))
        assert {status for each in visits for status in each} == {200}
        assert min(map(len, visits)) > 12


def test_the_first_start_makes_demo_data_and_says_where_the_page_is(tmp_path: Path) -> None:
    log = tmp_path / "serve.log"
    with started(tmp_path / "new", log) as (address, _server):
        assert f"DBSpend360 is at {address}" in log.read_text()
        assert "making demo data" in log.read_text()
        assert '"warehouse":"ok"' in fetched(f"{address}/healthz")[1]


def test_two_servers_may_start_on_the_same_empty_folder(tmp_path: Path) -> None:
    with (
        ThreadPoolExecutor(2) as starters,
        ExitStack() as running,
    ):
        begun = [started(tmp_path / "new", tmp_path / f"{n}.log") for n in range(2)]
        found = list(starters.map(running.enter_context, begun))
        for address, _server in found:
            deadline = time.monotonic() + 30
            while '"warehouse":"ok"' not in fetched(f"{address}/healthz")[1]:
                assert time.monotonic() < deadline
                time.sleep(0.2)


def test_stopping_lets_go_within_ten_seconds(folder: Path, tmp_path: Path) -> None:
    with started(folder, tmp_path / "stop.log") as (address, server):
        fetched(f"{address}/healthz")
        began = time.monotonic()
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
        assert time.monotonic() - began < 10


def test_every_question_is_one_line_in_the_log(folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "questions.log"
    with started(folder, log) as (address, _server):
        fetched(f"{address}/export/job-spends.csv?group_by=job")
    line = r"question=spend_by_job\.all rows=\d+ ms=\d+\.\d cached=(yes|no)"
    assert re.search(line, log.read_text())


def test_what_the_web_server_refuses_by_itself_is_json_too(folder: Path, tmp_path: Path) -> None:
    with started(folder, tmp_path / "log") as (address, _server):
        for length in (10_000, 2_000_000):
            with pytest.raises(urllib.error.HTTPError) as error:
                urllib.request.urlopen(f"{address}/api/summary?job_name={'x' * length}", timeout=30)
            assert error.value.code == 414
            assert json.load(error.value)["error"]["code"] == "uri_too_long"
        assert fetched(f"{address}/?{'&'.join(['where=total_cost.greaterThan.1'] * 200)}")[0] == 200


def test_all_processes_of_the_server_count_together(folder: Path, tmp_path: Path) -> None:
    with started(folder, tmp_path / "log") as (address, server):
        with ThreadPoolExecutor(VISITORS) as visitors:
            list(visitors.map(fetched, [f"{address}/api/filters/presets"] * 40))
        labels = r'method="GET",route="/api/filters/presets",status="200"'
        counts = [fetched(f"{address}/metrics")[1] for _ in range(6)]
        found = [re.search(rf"requests_total{{{labels}}} (\S+)", each) for each in counts]
        assert [each and each.group(1) for each in found] == ["40.0"] * 6
        [shared] = Path("/dev/shm").glob(f"dbspend360-counts-{server.pid}-*")
        assert shared.stat().st_mode & 0o077 == 0
    assert not shared.exists()
