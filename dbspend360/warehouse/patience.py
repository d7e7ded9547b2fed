"""Waits for a slow warehouse only so long: the question goes on, the person is told so.

A question that takes minutes must not hold one of the few threads of a web worker. It runs in a
thread of its own; whoever asks the same again while it runs waits for the same answer.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from datetime import UTC, datetime

from dbspend360.errors import NotYet
from dbspend360.models.answer import Answer
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse

_LATE_SECONDS = 120.0  # an answer that came too late waits so long for whoever asks again
_THREADS = 16

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


def allow(seconds: float | None) -> None:
    """All questions of this context share these seconds from now; None: each has its own again."""
    _deadline.set(None if seconds is None else time.monotonic() + seconds)


@dataclass
class _UnderWay:
    future: Future[Answer[Rows]]
    since: datetime
    asked_again_by: float = 0.0  # until when its answer is kept for somebody who gave up waiting


class PatientWarehouse(Warehouse):
    """A warehouse in front of a slow one. Opens no thread before the first question."""

    def __init__(self, inner: Warehouse, *, seconds: float) -> None:
        self._inner = inner
        self._seconds = seconds
        self._lock = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._under_way: dict[object, _UnderWay] = {}

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        """See `Warehouse.query`.

        Raises:
            NotYet: it is still at work; ask again in a moment.
        """
        key = (question, tuple(sorted(values.items())))
        asked = self._begun(key, question, values)
        try:
            answer = asked.future.result(timeout=self._left())
        except TimeoutError:
            if asked.future.done():  # the warehouse's own
                raise
            asked.asked_again_by = time.monotonic() + _LATE_SECONDS
            reason = "The SQL warehouse is still working on this."
            raise NotYet(question.name, reason, since=asked.since) from None
        finally:
            self._let_go(key, asked)
        return answer

    def stream(self, question: Question, values: Mapping[str, Value]) -> Iterator[Rows]:
        """See `Warehouse.stream`. Who wants everything waits as long as it takes."""
        return self._inner.stream(question, values)

    def _left(self) -> float:
        deadline = _deadline.get()
        return self._seconds if deadline is None else max(0.0, deadline - time.monotonic())

    def _begun(self, key: object, question: Question, values: Mapping[str, Value]) -> _UnderWay:
        with self._lock:
            self._drop_unclaimed()
            if key not in self._under_way:
                self._threads = self._threads or ThreadPoolExecutor(_THREADS, "question")
                ask = copy_context().run  # the question keeps the id of who asked it first
                future = self._threads.submit(ask, self._inner.query, question, values)
                self._under_way[key] = _UnderWay(future, datetime.now(UTC))
            return self._under_way[key]

    def _let_go(self, key: object, asked: _UnderWay) -> None:
        with self._lock:
            if asked.future.done() and self._under_way.get(key) is asked:
                del self._under_way[key]

    def _drop_unclaimed(self) -> None:
        now = time.monotonic()
        self._under_way = {
            key: each
            for key, each in self._under_way.items()
            if not each.future.done() or now < each.asked_again_by
        }
