"""The processes that make large files, as an administrator sees them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

MODULE = "dbspend360.services.export_process"


def processes(parent: int | None = None) -> list[psutil.Process]:
    """Those below this process, or below another one."""
    found = []
    for each in psutil.Process(parent).children(recursive=True):
        try:
            if MODULE in each.cmdline():
                found.append(each)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            pass
    return found


def begun(parent: int | None = None) -> psutil.Process:
    """The process, once there is one."""
    deadline = time.monotonic() + 30
    while not (found := processes(parent)):
        assert time.monotonic() < deadline, "nobody makes a file"
        time.sleep(0.01)
    return found[0]


@contextmanager
def asked_meanwhile(ask: Callable[[], Any]) -> Iterator[Callable[[], Any]]:
    """Ask in a thread; what is given waits for the answer."""
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(ask()), daemon=True)
    thread.start()

    def answer() -> Any:
        thread.join(60)
        [found] = answers
        return found

    yield answer
    thread.join(60)


def left_behind(data: Path) -> list[str]:
    """Every file in the folder of exports but the locks, and every folder to work in."""
    folder = data / "cache" / "exports"
    found = [each for each in folder.rglob("*") if each.is_file() or "place" in each.name]
    return sorted(each.name for each in found if each.suffix != ".lock")
