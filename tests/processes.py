"""`dbspend360` as a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def process(
    folder: Path, log: Path, *words: str, **environment: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """`dbspend360` with these words, in a group of its own as in a terminal."""
    command = [sys.executable, "-m", "dbspend360.cli", *words]
    env = os.environ | {"DBSPEND360_DATA_DIR": str(folder)} | environment
    with log.open("wb") as output:
        started = subprocess.Popen(
            command, env=env, stdout=output, stderr=output, start_new_session=True
        )
        try:
            yield started
        finally:
            if started.poll() is None:
                started.terminate()
            started.wait(20)


def wait_for(what: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def runs(pid: int) -> bool:
    """Whether it is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
