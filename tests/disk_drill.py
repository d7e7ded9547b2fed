"""A disk that is full or read-only, while people use the app. For root on Linux: `make drill`."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from people import BACK_SECONDS, People, all_is_well, site, wait_until

from dbspend360.warehouse.demo import make_demo


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small one of its own, with the data on it."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], check=True)
    try:
        make_demo(place / "data", records=2_000, days=40)
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def fill(disk: Path) -> Path:
    ballast = disk / "ballast"
    number = os.open(ballast, os.O_CREAT | os.O_WRONLY)
    with suppress(OSError):
        while True:
            os.write(number, b"x" * 4_096)
    os.close(number)
    return ballast


def remounted(disk: Path, how: str) -> bool:
    command = ["mount", "-o", f"remount,{how}", str(disk)]
    return subprocess.run(command, capture_output=True).returncode == 0


def test_the_disk_is_full(disk: Path) -> None:
    with site(disk / "data", disk.parent) as found, People(found) as people:
        ballast = fill(disk)
        time.sleep(5)
        assert found.get("/healthz").status == 200
        assert found.get("/api/summary").status == 200
        ballast.unlink()
        all_is_well(people)


def test_the_disk_is_read_only_for_a_while(disk: Path) -> None:
    with site(disk / "data", disk.parent) as found, People(found) as people:
        wait_until(lambda: remounted(disk, "ro"), BACK_SECONDS)  # between two writes
        time.sleep(5)
        assert found.get("/api/summary").status == 200
        assert remounted(disk, "rw")
        all_is_well(people)


def test_a_server_that_starts_on_a_read_only_disk_shows_the_data(disk: Path) -> None:
    assert remounted(disk, "ro")
    with site(disk / "data", disk.parent) as found:
        assert found.get("/api/summary").status == 200
        assert found.get("/").status == 200
        assert found.get("/api/alerts/config").is_honest
        assert remounted(disk, "rw")
        with People(found) as people:
            wait_until(lambda: people.saved > 2, BACK_SECONDS)
            all_is_well(people)
