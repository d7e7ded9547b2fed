"""So many large files are made at once on this machine, whatever number of processes want to."""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dbspend360.errors import TooManyExports

MOST_WAITING = 6  # each is a process that does nothing yet
_LOOK_AGAIN_SECONDS = 0.5


class ExportPlaces:
    """Places to work at, and seats to wait on; a process that dies leaves its own."""

    def __init__(self, folder: Path, count: int) -> None:
        """`folder` is private, and there."""
        self._folder, self._count = folder, count

    @contextmanager
    def place(self, waiting: Callable[[], None] | None = None) -> Iterator[Path]:
        """An empty folder to work in, gone afterwards.

        `waiting` is called again and again while all are taken; None: do not wait.

        Raises:
            TooManyExports: all are taken, and so are the seats.
        """
        place = self._taken("place", self._count)
        if place is None and waiting is not None:
            place = self._waited_for(waiting)
        if place is None:
            raise TooManyExports(
                "Other large files are being made just now: try again in a moment."
            )
        lock, number = place
        work = self._folder / f"place-{number}"
        try:
            _empty(work)  # of what a killed process left
            work.mkdir(mode=0o700)
            yield work
        finally:
            _empty(work)
            os.close(lock)

    def tidy(self) -> None:
        """Empty the folders that a killed process left."""
        for number in range(self._count):
            work = self._folder / f"place-{number}"
            if work.exists() and (lock := self._lock("place", number)) is not None:
                _empty(work)
                os.close(lock)

    def _waited_for(self, waiting: Callable[[], None]) -> tuple[int, int] | None:
        seat = self._taken("seat", MOST_WAITING)
        if seat is None:
            return None
        try:
            while True:
                waiting()
                time.sleep(_LOOK_AGAIN_SECONDS)
                if place := self._taken("place", self._count):
                    return place
        finally:
            os.close(seat[0])

    def _taken(self, kind: str, count: int) -> tuple[int, int] | None:
        """A lock of one that is free, and its number."""
        for number in range(count):
            if (lock := self._lock(kind, number)) is not None:
                return lock, number
        return None

    def _lock(self, kind: str, number: int) -> int | None:
        """Closing it lets go, and so does dying; None when somebody holds it."""
        path = self._folder / f"{kind}-{number}.lock"
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lock


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
