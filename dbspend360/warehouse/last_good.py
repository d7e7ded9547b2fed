"""While the warehouse does not answer, its last good answer does, and says so."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from dbspend360.errors import Unreachable
from dbspend360.models.answer import Answer
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse
from dbspend360.warehouse.cache import CachedWarehouse


class LastGoodWarehouse(Warehouse):
    """A warehouse in front of a warehouse: an outage shows as an older answer.

    A refusal is an answer too: who lost a GRANT is not shown what was read with it.
    """

    def __init__(self, inner: Warehouse, cached: CachedWarehouse) -> None:
        self._inner = inner
        self._cached = cached

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        """See `Warehouse.query`."""
        try:
            return self._inner.query(question, values)
        except Unreachable as error:
            known = self._cached.last_good(question, values) if question.is_remembered else None
            if known is None:
                raise
            return replace(known, outage=str(error))

    def stream(self, question: Question, values: Mapping[str, Value]) -> Iterator[Rows]:
        """See `Warehouse.stream`. Nothing is remembered of these, so an outage is an error."""
        return self._inner.stream(question, values)


class RestingWarehouse(Warehouse):
    """Only what is remembered: asking it never wakes the warehouse behind it."""

    def __init__(self, cached: CachedWarehouse) -> None:
        self._cached = cached

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        """See `Warehouse.query`."""
        known = self._cached.last_good(question, values)
        if known is None:
            raise Unreachable(question.name, "Nobody has asked this lately.")
        return known
