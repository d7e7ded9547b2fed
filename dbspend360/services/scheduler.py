"""Calls `run-due` whenever something is due, until it is told to stop."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import FrameType

from dbspend360.errors import DBSpendError
from dbspend360.services.run_due import Done

log = logging.getLogger(__name__)

SHORTEST_WAIT = timedelta(seconds=1)
AFTER_A_FAILURE = timedelta(minutes=1)
LAST_WORDS_SECONDS = 5.0  # for a mail that is just being sent
_LOOK_SECONDS = 1.0


class Scheduler:
    """Any number of them may run at once: what is due is claimed in the store."""

    def __init__(
        self,
        run: Callable[[], Done],
        *,
        parent: int | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`parent` is the process without which this one ends, too."""
        self._run, self._parent, self._now = run, parent, now
        self._stopped = threading.Event()

    def run_until_stopped(self) -> None:
        """Work until SIGTERM, SIGINT, `stop`, or the end of the parent.

        The work is in a thread that may be left behind: whatever it had in hand is claimed, and
        another takes it over when the claim ends.
        """
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, self._on_signal)
        worker = threading.Thread(target=self._work, name="scheduler", daemon=True)
        worker.start()
        while not self._stopped.wait(_LOOK_SECONDS):
            if self._parent and os.getppid() != self._parent:
                log.info("The server has ended, and so does the scheduler")
                break
        self.stop()
        worker.join(LAST_WORDS_SECONDS)

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopped.set()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stop()

    def _work(self) -> None:
        while not self._stopped.is_set():
            self._wait_until(self._next())

    def _next(self) -> datetime:
        try:
            done = self._run()
        except DBSpendError as error:
            log.warning("What is due could not be done: %s", error)
        except Exception:  # a mistake of ours must not end the alerts of everybody
            log.exception("What is due could not be done")
        else:
            log.info(done.words)
            return done.next_at
        return self._now() + AFTER_A_FAILURE

    def _wait_until(self, moment: datetime) -> None:
        wait = max(moment - self._now(), SHORTEST_WAIT).total_seconds()
        end = time.monotonic() + wait
        # In steps: a laptop that slept, or a clock that was set, must not hold it up for long.
        while not self._stopped.wait(min(30.0, max(0.0, end - time.monotonic()))):
            if time.monotonic() >= end or self._now() >= moment:
                return
