"""Whether the app can do its work: each part with its state, found out without hanging."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dbspend360.errors import DBSpendError, NotYet

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 3.0
_FRESH_SECONDS = 1.0  # many who ask at once get one answer
_SILENT = "It did not answer within three seconds."

# idle: nobody uses the app, so a warehouse that may sleep was not asked.
State = Literal["ok", "idle", "off", "waking", "unavailable"]


@dataclass(frozen=True)
class Part:
    """How one part is doing, with a sentence where it is not fine."""

    state: State
    reason: str = ""


def state_of(act: Callable[[], object]) -> Part:
    """Fine when it can be done, else why not."""
    try:
        act()
    except NotYet as error:
        return Part("waking", str(error))
    except DBSpendError as error:
        return Part("unavailable", str(error))
    except Exception:  # whatever it is, whoever asks whether we are ready wants an answer
        log.exception("A part of the app could not be looked at")
        return Part("unavailable", "Something went wrong. The log says what.")
    return Part("ok")


class Probe:
    """Looks at one part, with one thread at a time: one that hangs is not joined by others."""

    def __init__(self, look: Callable[[], Part], *, seconds: float = PATIENCE_SECONDS) -> None:
        """Starts no thread before the first look."""
        self._look, self._seconds = look, seconds
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._done.set()
        self._found = Part("unavailable", _SILENT)
        self._found_at = float("-inf")

    def part(self) -> Part:
        """How it is doing now."""
        with self._lock:
            is_old = time.monotonic() - self._found_at > _FRESH_SECONDS
            if self._done.is_set() and is_old:
                self._done.clear()
                threading.Thread(target=self._run, name="probe", daemon=True).start()
        if not self._done.wait(self._seconds):
            return Part("unavailable", _SILENT)
        return self._found

    def _run(self) -> None:
        try:
            self._found = self._look()
            self._found_at = time.monotonic()
        finally:
            self._done.set()
