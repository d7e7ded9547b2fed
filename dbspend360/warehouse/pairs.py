"""Where each statement is dear, two questions of a page are asked in one.

Not so when one of them is remembered, from another page: then only the other is asked.
"""

from collections.abc import Iterator, Mapping

from dbspend360.errors import Unreachable, WarehouseError
from dbspend360.models.answer import Answer
from dbspend360.warehouse.base import Pair, Question, Rows, Value, Warehouse
from dbspend360.warehouse.cache import CachedWarehouse

_MOST_REFUSED = 100


class PairingWarehouse(Warehouse):
    """In front of one that remembers, where each of the two is found as if asked alone."""

    def __init__(self, cached: CachedWarehouse) -> None:
        self._cached = cached
        self._refused: tuple[Pair, ...] = ()  # the latest ones

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        """See `Warehouse.query`. What fails as a pair is asked again alone."""
        pair = question.pair
        # Where nothing is remembered, the second would ask for both again.
        if pair is None or self._cached.state() is None or self._cached.holds(question, values):
            return self._cached.query(question, values)
        # Not inside it: who holds one lock and waits for another may wait for himself.
        return self._of_both(pair, question) or self._cached.query(question, values)

    def stream(self, question: Question, values: Mapping[str, Value]) -> Iterator[Rows]:
        """See `Warehouse.stream`. Only answers that are remembered are asked for in pairs."""
        return self._cached.stream(question, values)

    def _of_both(self, pair: Pair, wanted: Question) -> Answer[Rows] | None:
        with self._cached.one_at_a_time(pair.both, dict(pair.values)):
            # Somebody may have asked while we waited.
            if pair in self._refused or self._is_either_known(pair):
                return None
            try:
                return self._asked(pair, wanted)
            except Unreachable:
                raise  # nobody is there, or it is on its way
            except WarehouseError:
                self._refused = (*self._refused[1 - _MOST_REFUSED :], pair)
                return None

    def _is_either_known(self, pair: Pair) -> bool:
        return any(self._cached.holds(each.question, dict(each.values)) for each in pair.halves)

    def _asked(self, pair: Pair, wanted: Question) -> Answer[Rows]:
        keepers = [self._cached.keeper(each.question, dict(each.values)) for each in pair.halves]
        found = self._cached.query(pair.both, dict(pair.values))
        answers = [found.map(each.rows) for each in pair.halves]
        for keep, answer in zip(keepers, answers, strict=True):
            keep(answer)
        names = [each.question.name for each in pair.halves]
        return answers[names.index(wanted.name)]
