"""An answer, with when it was really asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What the warehouse said, and since when we know it."""

    value: T
    asked_at: datetime  # UTC: when the warehouse was really asked
    cached: bool  # answered from memory
    outage: str = ""  # why nothing newer is known; empty when this is as new as it should be

    def map(self, change: Callable[[T], U]) -> "Answer[U]":
        """The same answer in another shape."""
        return Answer(change(self.value), self.asked_at, self.cached, self.outage)
