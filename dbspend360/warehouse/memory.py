"""Where answers are remembered, whatever the place. Made by `memory_places.make_memory`."""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

from cachelib import BaseCache

from dbspend360.errors import DBSpendError
from dbspend360.warehouse.one_at_a_time import Locks

T = TypeVar("T")

log = logging.getLogger(__name__)

_LOOK_AGAIN_SECONDS = 30.0  # an unreachable Redis costs a second to find out: not every time
_LARGEST_BYTES = 4_000_000  # one export of everything must not push a thousand answers out


class MemoryLost(DBSpendError):
    """Answers cannot be remembered now; everything else works."""

    status = 503
    code = "memory_lost"


class Epoch(Protocol):
    """A word that everybody's keys hold: once it changes, nothing older is found again."""

    def read(self) -> str:
        """The word now; empty when it was never changed."""
        ...

    def renew(self) -> str:
        """Change it for everybody."""
        ...


class Memory:
    """Bytes by key, for everybody who shares the place.

    Never raises: while the place cannot be reached there is one warning, nothing is remembered,
    and whoever asks goes to the warehouse.
    """

    def __init__(self, cache: BaseCache, locks: Locks, epoch: Epoch) -> None:
        self._cache = cache
        self._locks = locks
        self._epoch = epoch
        self._own_epoch = ""
        self._guard = threading.Lock()
        self._lost = False
        self._look_again_at = 0.0

    def epoch(self) -> str | None:
        """What keys must hold; None while the place cannot be reached."""
        shared = self._attempt(self._epoch.read)
        return None if shared is None else shared + self._own_epoch

    def get(self, key: str) -> object:
        """What was put there, or whatever else lies there; None when nothing does."""
        return self._attempt(lambda: self._cache.get(key))

    def put(self, key: str, data: bytes, *, seconds: int) -> None:
        """Remember for that long."""
        if len(data) <= _LARGEST_BYTES:
            self._attempt(lambda: self._write(key, data, seconds))

    @contextmanager
    def one_at_a_time(self, key: str) -> Iterator[None]:
        """Wait until nobody else holds the key. A lock that fails holds nobody up."""
        release = self._attempt(lambda: self._locks.hold(key))
        try:
            yield
        finally:
            if release:
                self._attempt(release, even_if_lost=True)

    def forget(self) -> None:
        """Forget everything, for everybody; only for this process when the place is lost."""
        if self._attempt(self._epoch.renew, even_if_lost=True) is None:
            self._own_epoch = uuid.uuid4().hex

    def require(self) -> None:
        """Try it.

        Raises:
            MemoryLost: the place cannot be reached or written.
        """
        if self._attempt(self._tried, even_if_lost=True) is None:
            raise MemoryLost("Answers cannot be remembered: the log says why.")

    def _tried(self) -> bool:
        word = uuid.uuid4().bytes
        self._write("tried", word, 60)
        if self._cache.get("tried") is None:
            raise OSError("an answer that was written is not there")
        return True

    def _write(self, key: str, data: bytes, seconds: int) -> None:
        if not self._cache.set(key, data, timeout=seconds):
            raise OSError("an answer could not be written")
        if self._lost:
            self._lost = False
            log.info("Answers are remembered again")

    def _attempt(self, act: Callable[[], T], *, even_if_lost: bool = False) -> T | None:
        if time.monotonic() < self._look_again_at and not even_if_lost:
            return None
        try:
            return act()
        # Whatever the place raises, the warehouse can still answer.
        except Exception as error:
            self._note_lost(error)
            return None

    def _note_lost(self, error: Exception) -> None:
        with self._guard:
            self._look_again_at = time.monotonic() + _LOOK_AGAIN_SECONDS
            if not self._lost:
                why = f"{type(error).__name__}: {error}"
                log.warning("Answers are not remembered for now: %s", why)
            self._lost = True
