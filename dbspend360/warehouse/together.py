"""Where each statement is dear, one question answers for several.

Whoever asks for a part asks for the whole. Those who do so at once wait for the same statement, and
those who come later find it remembered: both is done by the warehouses behind this one.
"""

from collections.abc import Iterator, Mapping

from dbspend360.errors import Unreachable, WarehouseError
from dbspend360.models.answer import Answer
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse
from dbspend360.warehouse.questions import names_in


class TogetherWarehouse(Warehouse):
    """A warehouse in front of one that asks the same only once."""

    def __init__(self, inner: Warehouse) -> None:
        self._inner = inner

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        """See `Warehouse.query`. What fails as a whole is asked again part by part."""
        part = question.within
        if part is None:
            return self._inner.query(question, values)
        try:
            wanted = {name: values[name] for name in names_in(part.whole.text)}
            return self._inner.query(part.whole, wanted).map(part.rows)
        except Unreachable:
            raise  # nobody is there, or it is on its way
        except WarehouseError:
            return self._inner.query(question, values)

    def stream(self, question: Question, values: Mapping[str, Value]) -> Iterator[Rows]:
        """See `Warehouse.stream`. Only parts of an answer come together, never all rows."""
        return self._inner.stream(question, values)
