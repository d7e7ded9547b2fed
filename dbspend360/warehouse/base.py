"""The one seam to the warehouse. Nothing above it knows which engine answers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from dbspend360.models.answer import Answer

Value = str | int | float | Decimal | bool | date | datetime | None
Row = dict[str, Value]
Rows = list[Row]


@dataclass(frozen=True)
class RollUp:
    """The text of a question over sums that were made at import."""

    text: str
    unless: tuple[str, ...]  # names of values that must be empty: these sums cannot tell them apart


@dataclass(frozen=True)
class Part:
    """An answer that is a part of a larger one, for the same values."""

    whole: "Question"
    rows: Callable[[Rows], Rows]  # those of the part, from those of the whole


@dataclass(frozen=True)
class Half:
    """One of two questions, and which rows of an answer to both are its own."""

    question: "Question"
    values: tuple[tuple[str, Value], ...]
    rows: Callable[[Rows], Rows]


@dataclass(frozen=True)
class Pair:
    """Two questions that are asked in one statement where nobody remembers either."""

    both: "Question"
    values: tuple[tuple[str, Value], ...]
    halves: tuple[Half, Half]


@dataclass(frozen=True)
class Question:
    """SQL with `:named` values, and the name the log calls it by."""

    name: str
    text: str
    is_remembered: bool = True  # False: only an answer of this moment will do
    roll_ups: tuple[RollUp, ...] = ()  # the same answer with less work, where an engine has them
    within: Part | None = None  # what to ask instead, where each statement is dear
    pair: Pair | None = None  # what to ask it with, there; it is one of the two

    def quickest(self, values: Mapping[str, Value]) -> str:
        """The text with the least work for these values, on an engine that has the roll-ups."""
        fit = (each.text for each in self.roll_ups if not any(values[n] for n in each.unless))
        return next(fit, self.text)


STREAM_ROWS = 2_000  # at a time: enough to keep the engine busy, few enough to hold many streams

KNOCK = Question("knock", "SELECT 1 AS answer", is_remembered=False)  # is anybody there?


class Warehouse(Protocol):
    """Databricks, DuckDB, the cache in front of either, or a test's fake."""

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        """Ask, with every value bound.

        Returns:
            The rows, as dicts in the order of the SELECT list; none is an empty list.

        Raises:
            WarehouseError: it refused or did not answer.
        """
        ...

    def stream(self, question: Question, values: Mapping[str, Value]) -> Iterator[Rows]:
        """The same rows some at a time, for an answer that may be too large to hold.

        All of one state of the data, and never from memory. Close the iterator to end early.
        Where nothing better is known, the whole answer comes at once.

        Raises:
            WarehouseError: with the first rows or, when the line breaks, later.
        """
        yield self.query(question, values).value
