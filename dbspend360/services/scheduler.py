"""Calls `run-due` whenever something is due, until it is told to stop.

APScheduler keeps the time. Around it stands what it does not promise: an end within seconds
whatever is being done, and that a clock that was set, or a laptop that slept, holds nothing up.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

from apscheduler.events import EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.executors.base import BaseExecutor, run_job
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from dbspend360.errors import DBSpendError
from dbspend360.services.run_due import Done

log = logging.getLogger(__name__)

SHORTEST_WAIT = timedelta(seconds=1)
AFTER_A_FAILURE = timedelta(minutes=1)
LAST_WORDS_SECONDS = 5.0  # for a mail that is just being sent
LOOK_SECONDS = 20  # for what has fallen due meanwhile
_TURN = "run-due"
_PARENT_SECONDS = 1.0


class Scheduler:
    """Any number of them may run at once: what is due is claimed in the store."""

    def __init__(
        self,
        run: Callable[[], Done],
        *,
        is_due: Callable[[], bool] | None = None,
        parent: int | None = None,
    ) -> None:
        """`is_due` is a short look whether `run` should come earlier than it said.

        `parent` is the process without which this one ends, too.
        """
        self._run, self._is_due, self._parent = run, is_due, parent
        self._stopped = threading.Event()
        self._turn_at = time.monotonic()  # when the next turn is, whatever the clock says
        self._threads = _LeftBehind()
        self._jobs = BackgroundScheduler(
            timezone=UTC,
            executors={"default": self._threads},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        # Not by the turn itself, which would still count as running.
        self._jobs.add_listener(self._on_done, EVENT_JOB_EXECUTED)

    def run_until_stopped(self) -> None:
        """Work until SIGTERM, SIGINT, `stop`, or the end of the parent.

        The work is in a thread that may be left behind: whatever it had in hand is claimed, and
        another takes it over when the claim ends.
        """
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, self._on_signal)
        self._plan(_now())
        if self._is_due:
            self._jobs.add_job(self._look, "interval", seconds=LOOK_SECONDS)
        self._jobs.start()
        while not self._stopped.wait(_PARENT_SECONDS):
            if self._parent and os.getppid() != self._parent:
                log.info("The server has ended, and so does the scheduler")
                break
            self._keep_time()
        self.stop()
        self._end()

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopped.set()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stop()

    def _on_done(self, event: JobExecutionEvent) -> None:
        if event.job_id == _TURN and not self._stopped.is_set():
            self._plan(max(event.retval, _now() + SHORTEST_WAIT))

    def _turn(self) -> datetime:
        """Do what is due; when to do so again."""
        try:
            done = self._run()
        except DBSpendError as error:
            log.warning("What is due could not be done: %s", error)
        except Exception:  # a mistake of ours must not end the alerts of everybody
            log.exception("What is due could not be done")
        else:
            log.info(done.words)
            return done.next_at
        return _now() + AFTER_A_FAILURE

    def _plan(self, at: datetime) -> None:
        self._turn_at = time.monotonic() + (at - _now()).total_seconds()
        self._jobs.add_job(self._turn, "date", run_date=at, id=_TURN, replace_existing=True)

    def _keep_time(self) -> None:
        """Wake APScheduler after a sleep, and do not let a clock that ran back hold it up."""
        self._jobs.wakeup()
        if time.monotonic() >= self._turn_at:
            self._hurry()

    def _look(self) -> None:
        try:
            if self._is_due and self._is_due():
                self._hurry()
        except DBSpendError as error:
            log.debug("Nobody knows whether something is due: %s", error)

    def _hurry(self) -> None:
        with suppress(JobLookupError):  # it has just begun
            job = self._jobs.get_job(_TURN)
            if job and job.next_run_time > _now():
                job.modify(next_run_time=_now())

    def _end(self) -> None:
        # Not `shutdown`: it would pull the jobs from under the thread that is looking at them.
        self._jobs.pause()
        self._threads.join(LAST_WORDS_SECONDS)


class _LeftBehind(BaseExecutor):  # type: ignore[misc]
    """A thread for each job that does not keep the process from ending, as APScheduler's own do."""

    def __init__(self) -> None:
        super().__init__()
        self._threads: list[threading.Thread] = []

    def join(self, seconds: float) -> None:
        """Wait so long, together, for what is being done."""
        end = time.monotonic() + seconds
        for each in list(self._threads):
            each.join(max(0.0, end - time.monotonic()))

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:  # noqa: ANN401
        thread = threading.Thread(
            target=self._work, args=(job, run_times), name="scheduler", daemon=True
        )
        self._threads = [each for each in self._threads if each.is_alive()] + [thread]
        thread.start()

    def _work(self, job: Any, run_times: list[datetime]) -> None:  # noqa: ANN401
        store = job._jobstore_alias
        events = run_job(job, store, run_times, self._logger.name)
        self._run_job_success(job.id, events)


def _now() -> datetime:
    return datetime.now(UTC)
