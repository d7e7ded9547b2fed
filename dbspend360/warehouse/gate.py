"""A circuit breaker: while the warehouse is down, questions are told so at once.

One thread knocks until the warehouse answers again, so nobody's click has to find out. (pybreaker,
which the connector brings along, lets only one question through at a time.)
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from dbspend360.errors import NotYet, Unreachable, WarehouseError
from dbspend360.models.answer import Answer
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse

log = logging.getLogger("dbspend360.databricks")

_MOST_FAILURES = 3  # in a row, from then on the gate is shut
_SHORTEST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 3.0
_INTEREST_SECONDS = 300.0  # after the last question nobody wakes a warehouse any more


@dataclass(frozen=True)
class Outage:
    """Why and since when the warehouse does not answer."""

    reason: str
    since: datetime
    is_waking: bool

    def error(self, question: str) -> Unreachable:
        """As whoever asks is told."""
        if self.is_waking:
            return NotYet(question, self.reason, since=self.since)
        return Unreachable(question, self.reason)


class GatedWarehouse(Warehouse):
    """A warehouse in front of one that may be down. Starts no thread before it is."""

    def __init__(self, inner: Warehouse, knock: Callable[[], None]) -> None:
        """`knock()` finds out quickly whether anybody answers: it raises what `query` would."""
        self._inner = inner
        self._knock = knock
        self._lock = threading.Lock()
        self._failures = 0
        self._outage: Outage | None = None
        self._is_knocking = False
        self._last_asked = 0.0

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        """See `Warehouse.query`."""
        with self._watched(question):
            return self._inner.query(question, values)

    def stream(self, question: Question, values: Mapping[str, Value]) -> Iterator[Rows]:
        """See `Warehouse.stream`."""
        with self._watched(question):
            yield from self._inner.stream(question, values)

    @contextmanager
    def _watched(self, question: Question) -> Iterator[None]:
        self._last_asked = time.monotonic()
        outage = self._outage
        if outage:
            self._keep_knocking()
            raise outage.error(question.name)
        try:
            yield
        except Unreachable as error:
            self._note_failure(error)
            raise
        except WarehouseError:
            self._failures = 0  # it answered, with a no
            raise
        self._failures = 0

    def _note_failure(self, error: Unreachable) -> None:
        is_waking = isinstance(error, NotYet)
        with self._lock:
            self._failures += 1
            if self._outage is None and (is_waking or self._failures >= _MOST_FAILURES):
                self._outage = Outage(str(error), datetime.now(UTC), is_waking)
                log.warning("The warehouse does not answer: %s", error)
        if self._outage:
            self._keep_knocking()

    def _keep_knocking(self) -> None:
        with self._lock:
            if self._is_knocking:
                return
            self._is_knocking = True
        threading.Thread(target=self._knock_until_it_opens, name="knock", daemon=True).start()

    def _knock_until_it_opens(self) -> None:
        pause = _SHORTEST_PAUSE_SECONDS
        try:
            while time.monotonic() - self._last_asked < _INTEREST_SECONDS:
                time.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - workers take turns
                if self._is_open_again():
                    return
                pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
        finally:
            with self._lock:
                self._is_knocking = False

    def _is_open_again(self) -> bool:
        try:
            self._knock()
        except Unreachable as error:
            self._note_reason(error)
            return False
        except WarehouseError:
            log.info("The warehouse answers again, with a refusal")
        else:
            log.info("The warehouse answers again")
        with self._lock:
            self._outage, self._failures = None, 0
        return True

    def _note_reason(self, error: Unreachable) -> None:
        with self._lock:
            if self._outage:
                is_waking = isinstance(error, NotYet)
                self._outage = Outage(str(error), self._outage.since, is_waking)
