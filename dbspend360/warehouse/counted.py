"""Counts who answered: in front of everything, so that each question counts once."""

import time
from collections.abc import Iterator, Mapping

from dbspend360.errors import DBSpendError
from dbspend360.metrics import QUESTION_SECONDS, QUESTIONS
from dbspend360.models.answer import Answer
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse


class CountedWarehouse(Warehouse):
    """A warehouse in front of a warehouse."""

    def __init__(self, inner: Warehouse) -> None:
        self._inner = inner

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        """See `Warehouse.query`."""
        began = time.perf_counter()
        try:
            answer = self._inner.query(question, values)
        except DBSpendError:
            QUESTIONS.labels(question.name, "nobody").inc()
            raise
        QUESTIONS.labels(question.name, _who(answer)).inc()
        if not (answer.cached or answer.outage):
            QUESTION_SECONDS.labels(question.name).observe(time.perf_counter() - began)
        return answer

    def stream(self, question: Question, values: Mapping[str, Value]) -> Iterator[Rows]:
        """See `Warehouse.stream`."""
        try:
            yield from self._inner.stream(question, values)
        except DBSpendError:
            QUESTIONS.labels(question.name, "nobody").inc()
            raise
        QUESTIONS.labels(question.name, "warehouse").inc()


def _who(answer: Answer[Rows]) -> str:
    if answer.outage:
        return "stale"
    return "memory" if answer.cached else "warehouse"
