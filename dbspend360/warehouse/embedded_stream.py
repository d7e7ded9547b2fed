"""Rows of one DuckDB file in little memory, however many they are."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import mkdtemp

import duckdb

# Of each stream; what must be sorted beyond it goes to disk. Not all of what must be grouped can:
# records do with the first, a million runs take the second, and so do five million.
MEMORIES = ("96MB", "256MB")


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
