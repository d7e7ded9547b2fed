"""A warehouse in front of a warehouse: it asks once and remembers the answer for a while."""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from dbspend360.errors import DBSpendError
from dbspend360.models.answer import Answer
from dbspend360.warehouse.answers_json import dumped
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse
from dbspend360.warehouse.decoded import Decoded
from dbspend360.warehouse.memory import Memory
from dbspend360.warehouse.noting import note_answer

_LAST_GOOD = "last good"  # in place of the epoch: Refresh must not forget these


class CachedWarehouse(Warehouse):
    """Answers from memory when it can. Same one method, so nobody above can tell.

    Of many who ask the same thing at once, one asks the warehouse and the others wait for its
    answer. An error is never remembered: those who waited ask again, in turn.
    """

    def __init__(
        self,
        inner: Warehouse,
        memory: Memory,
        *,
        seconds: int,
        version: Callable[[], str],
        stale_hours: int = 0,
    ) -> None:
        """Remember for `seconds`, and only while `version()` stays the same.

        For `stale_hours` the last answer is kept beside, for `last_good`.
        """
        self._inner = inner
        self._memory = memory
        self._seconds = seconds
        self._version = version
        self._stale_hours = stale_hours
        self._decoded = Decoded()

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        """See `Warehouse.query`."""
        began = time.perf_counter()
        if not question.is_remembered:
            return self._inner.query(question, values)
        epoch = self._memory.epoch() if self._seconds else None
        if epoch is None:
            return self._asked(question, values)
        key = self._key(question, values, epoch)
        answer = self._recalled(key) or self._asked_once(key, question, values)
        if answer.cached:
            note_answer(question.name, len(answer.value), began, cached=True)
        return answer

    def stream(self, question: Question, values: Mapping[str, Value]) -> Iterator[Rows]:
        """See `Warehouse.stream`: what may be too large to hold is too large to remember."""
        return self._inner.stream(question, values)

    def state(self) -> str | None:
        """Changes with the data and with each `forget`; None while nothing is remembered."""
        try:
            epoch = self._memory.epoch() if self._seconds else None
            return None if epoch is None else f"{epoch} {self._version()}"
        except DBSpendError:  # there is no data: whoever asks is told
            return None

    def forget(self) -> None:
        """Forget every answer, in every worker and process that shares the memory."""
        self._memory.forget()

    def holds(self, question: Question, values: Mapping[str, Value]) -> bool:
        """Whether `query` would answer from memory."""
        epoch = self._memory.epoch() if self._seconds else None
        return epoch is not None and bool(self._recalled(self._key(question, values, epoch)))

    def keeper(
        self, question: Question, values: Mapping[str, Value]
    ) -> Callable[[Answer[Rows]], None]:
        """What remembers an answer that is asked for from now on, as if `query` had asked."""
        epoch = self._memory.epoch() if self._seconds else None

        def keep(answer: Answer[Rows]) -> None:
            self._keep_last_good(question, values, answer)
            if epoch is not None:
                key = self._key(question, values, epoch)
                self._memory.put(key, dumped(answer), seconds=self._seconds)

        return keep

    @contextmanager
    def one_at_a_time(self, question: Question, values: Mapping[str, Value]) -> Iterator[None]:
        """Wait until nobody else who may remember the answer is inside with this question."""
        with self._memory.one_at_a_time(self._key(question, values, "")):
            yield

    def last_good(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows] | None:
        """The last answer, however old within `stale_hours`; None when there is none."""
        return self._recalled(self._key(question, values, _LAST_GOOD))

    def _recalled(self, key: str) -> Answer[Rows] | None:
        return self._decoded.read(key, self._memory.get(key))

    def _asked_once(
        self, key: str, question: Question, values: Mapping[str, Value]
    ) -> Answer[Rows]:
        with self._memory.one_at_a_time(key):
            recalled = self._recalled(key)  # somebody may have asked while we waited
            if recalled:
                return recalled
            answer = self._asked(question, values)
            self._memory.put(key, dumped(answer), seconds=self._seconds)
            return answer

    def _asked(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        answer = self._inner.query(question, values)
        self._keep_last_good(question, values, answer)
        return answer

    def _keep_last_good(
        self, question: Question, values: Mapping[str, Value], answer: Answer[Rows]
    ) -> None:
        if self._stale_hours:
            key = self._key(question, values, _LAST_GOOD)
            self._memory.put(key, dumped(answer), seconds=self._stale_hours * 3600)

    def _key(self, question: Question, values: Mapping[str, Value], epoch: str) -> str:
        return _key(question, values, self._version(), epoch)


def _key(question: Question, values: Mapping[str, Value], version: str, epoch: str) -> str:
    # repr tells 1 from "1", True and Decimal("1"), and its quotes keep the parts apart.
    whole = repr((version, epoch, question.text, sorted(values.items())))
    return f"{question.name}-{hashlib.sha256(whole.encode()).hexdigest()}"
