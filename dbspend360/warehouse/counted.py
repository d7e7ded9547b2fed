"""Counts who answered: in front of everything, so that each question counts once."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from prometheus_client import Counter

from dbspend360.errors import DBSpendError
from dbspend360.metrics import QUESTION_SECONDS, QUESTIONS
from dbspend360.models.answer import Answer
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse

_names: ContextVar[list[str] | None] = ContextVar("names", default=None)


@contextmanager
def names_asked() -> Iterator[list[str]]:
    """The names of the questions asked inside, as they come."""
    names: list[str] = []
    token = _names.set(names)
    try:
        yield names
    finally:
        _names.reset(token)


def count_again(names: Iterable[str]) -> None:
    """Somebody kept the whole of what these questions had answered, and gave it again."""
    for name in names:
        _counter(name, "memory").inc()


class CountedWarehouse(Warehouse):
    """A warehouse in front of a warehouse."""

    def __init__(self, inner: Warehouse) -> None:
        self._inner = inner

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        """See `Warehouse.query`."""
        began = time.perf_counter()
        names = _names.get()
        if names is not None:
            names.append(question.name)
        try:
            answer = self._inner.query(question, values)
        except DBSpendError:
            _counter(question.name, "nobody").inc()
            raise
        _counter(question.name, _who(answer)).inc()
        if not (answer.cached or answer.outage):
            QUESTION_SECONDS.labels(question.name).observe(time.perf_counter() - began)
        return answer

    def stream(self, question: Question, values: Mapping[str, Value]) -> Iterator[Rows]:
        """See `Warehouse.stream`."""
        try:
            yield from self._inner.stream(question, values)
        except DBSpendError:
            _counter(question.name, "nobody").inc()
            raise
        _counter(question.name, "warehouse").inc()


@cache  # as many as there are questions: looking one up by its labels takes longer than counting
def _counter(name: str, who: str) -> Counter:
    return QUESTIONS.labels(name, who)


def _who(answer: Answer[Rows]) -> str:
    if answer.outage:
        return "stale"
    return "memory" if answer.cached else "warehouse"
