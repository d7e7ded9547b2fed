"""Locks, so that many who ask the same thing at once make one of them ask the warehouse.

Each kind gives `hold(key)`: wait for the key, then get what lets go of it, or None when the wait
grew too long. A holder that crashed never blocks the others for ever, and neither does a slow one.
"""

import fcntl
import os
import threading
import time
import zlib
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from redis import Redis
    from redis.lock import Lock

Release = Callable[[], None]

LONGEST_WAIT_SECONDS = 60.0  # then the waiter asks for itself; a cold warehouse may need minutes
_PAUSE_SECONDS = 0.01  # between two looks at a lock that cannot wake us
_STRIPES = 4096  # locks shared by all keys: nothing to tidy up, and two keys rarely meet


class Locks(Protocol):
    """One holder per key."""

    def hold(self, key: str) -> Release | None:
        """Wait for the key; None after waiting too long."""
        ...


class ThreadLocks:
    """Among the threads of one process."""

    def __init__(self) -> None:
        self._locks = [threading.Lock() for _ in range(_STRIPES)]

    def hold(self, key: str) -> Release | None:
        """See `Locks.hold`."""
        lock = self._locks[_stripe(key)]
        return lock.release if lock.acquire(timeout=LONGEST_WAIT_SECONDS) else None


class FileLocks:
    """Among threads and processes of one machine. The system lets go when a process ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def hold(self, key: str) -> Release | None:
        """See `Locks.hold`."""
        path = self._folder / f"{_stripe(key):03x}"
        with ExitStack() as opened:
            # Opened anew each time: flock belongs to the opening, so it parts threads as well.
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            opened.callback(os.close, handle)
            return opened.pop_all().close if _flocked(handle) else None


class RedisLocks:
    """Among everyone who uses one Redis. A lock whose holder crashed runs out by itself."""

    def __init__(self, client: "Redis", prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def hold(self, key: str) -> Release | None:
        """See `Locks.hold`."""
        lock = self._client.lock(
            f"{self._prefix}lock:{key}",
            timeout=LONGEST_WAIT_SECONDS,
            blocking_timeout=LONGEST_WAIT_SECONDS,
            sleep=_PAUSE_SECONDS,
        )
        return (lambda: _let_go(lock)) if lock.acquire() else None


def _flocked(handle: int) -> bool:
    give_up = time.monotonic() + LONGEST_WAIT_SECONDS
    while time.monotonic() < give_up:
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(_PAUSE_SECONDS)
    return False


def _let_go(lock: "Lock") -> None:
    from redis.exceptions import LockError  # Redis is an extra

    with suppress(LockError):  # it ran out while the warehouse was slow
        lock.release()


def _stripe(key: str) -> int:
    return zlib.crc32(key.encode()) % _STRIPES
