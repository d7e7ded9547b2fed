"""Whether somebody uses the app: what nobody waits for must not wake a sleeping warehouse."""

import time
from collections.abc import Callable

INTEREST_SECONDS = 300.0  # as long as the knocking goes on after the last question


class Visits:
    """Of this process. Whoever only watches the app is no visitor."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: float | None = None

    def note(self) -> None:
        """Somebody is here."""
        self._last = self._clock()

    def forget(self) -> None:
        """Nobody was ever here."""
        self._last = None

    def are_recent(self) -> bool:
        """Whether somebody was here a moment ago."""
        return self._last is not None and self._clock() - self._last < INTEREST_SECONDS
