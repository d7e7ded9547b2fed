"""Rows of one DuckDB file in little memory, however many they are."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from dbspend360.warehouse import roll_ups
from dbspend360.warehouse.base import STREAM_ROWS, Question, Rows, Value
from dbspend360.warehouse.questions import bound

# Of each stream; what must be sorted beyond it goes to disk. Not all of what must be grouped can:
# records do with the first, a million runs take the second, and so do four million.
MEMORIES = ("96MB", "256MB")


def streamed(
    file: Path, memory: str, asked: tuple[Question, Mapping[str, Value]], *, skip: int
) -> Iterator[Rows]:
    """The rows of a question with its values, some at a time, without the first `skip`.

    Little memory may turn out to be too little when many rows are read already: whoever has those
    asks for the others. The order of a table has no ties, so that they are the others.
    """
    question, values = asked
    with small_connection(file, memory) as connection:
        rolled = roll_ups.are_in(connection)
        text = question.quickest(values) if rolled else question.text
        connection.execute(*bound(text, values))
        while skip and (known := connection.fetchmany(min(skip, STREAM_ROWS))):
            skip -= len(known)
        while found := connection.fetchmany(STREAM_ROWS):
            yield dicts(connection, found)


def dicts(cursor: duckdb.DuckDBPyConnection, found: list[tuple[Value, ...]]) -> Rows:
    """The rows by the names of their columns."""
    names = [each[0] for each in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found]


@contextmanager
def small_connection(file: Path, memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the file that shares no memory with the others, and uses little of it."""
    spilled = mkdtemp(prefix="spends-")
    limits: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "threads": "1",
        "temp_directory": spilled,
    }
    try:
        with closing(duckdb.connect(":memory:", config=limits)) as connection:
            quoted = str(file).replace("'", "''")
            connection.execute(f"ATTACH '{quoted}' AS data (READ_ONLY)")
            connection.execute("USE data")
            connection.execute("SET enable_progress_bar = false")  # it would be drawn in the log
            connection.execute("SET lock_configuration = true")
            yield connection
    finally:
        shutil.rmtree(spilled, ignore_errors=True)
