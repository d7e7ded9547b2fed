"""Where it is counted how often somebody asks: for all servers in one place, or in each process."""

import logging
from collections.abc import Callable
from time import monotonic, time

from limits import RateLimitItem
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter, RateLimiter

log = logging.getLogger(__name__)

_PREFIX = "dbspend360"
_PATIENCE = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
_LOOK_AGAIN_SECONDS = 30.0  # a place that does not answer costs each request half a second


class Counting:
    """Counts in the shared place; while that does not answer, in this process."""

    def __init__(self, address: str, clock: Callable[[], float] = monotonic) -> None:
        """Connects to nothing yet; without an address there is no shared place."""
        self._clock = clock
        self._own = FixedWindowRateLimiter(_memory())
        self._shared = _shared(address) if address else None
        self._look_again_at: float | None = None

    def wait(self, limit: RateLimitItem, *key: str) -> int:
        """Count one more; the seconds to wait where that is one too many, else 0."""
        if self._shared and self._is_time_to_look():
            try:
                found = _counted(self._shared, limit, key)
            # Whatever the place raises: what counts must not be what fails.
            except Exception as error:
                self._note_lost(error)
            else:
                self._look_again_at = None
                return found
        return _counted(self._own, limit, key)

    def _is_time_to_look(self) -> bool:
        again_at, now = self._look_again_at, self._clock()
        if again_at is None:
            return True
        if now < again_at:
            return False
        self._look_again_at = now + _LOOK_AGAIN_SECONDS  # one looks, and the others go on
        return True

    def _note_lost(self, error: Exception) -> None:
        self._look_again_at = self._clock() + _LOOK_AGAIN_SECONDS
        why = type(error).__name__  # its text holds the address, which may hold a password
        log.warning("Each process counts requests for itself for now: %s", why)


def _counted(counter: RateLimiter, limit: RateLimitItem, key: tuple[str, ...]) -> int:
    if counter.hit(limit, _PREFIX, *key):
        return 0
    reset = counter.get_window_stats(limit, _PREFIX, *key).reset_time
    return min(max(int(reset - time()) + 1, 1), 60)


def _shared(address: str) -> RateLimiter:
    return FixedWindowRateLimiter(storage_from_string(address, **_PATIENCE))


def _memory() -> MemoryStorage:
    """It starts a thread when it is made; gunicorn forks after this."""
    memory = MemoryStorage()
    memory.timer.join()
    return memory
