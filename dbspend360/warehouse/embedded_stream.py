"""Rows of one DuckDB file in little memory, however many they are."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import mkdtemp

import duckdb

_MEMORY = "128MB"  # of each stream; what must be sorted beyond it goes to disk


@contextmanager
def small_connection(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the file that shares no memory with the others, and uses little of it."""
    spilled = mkdtemp(prefix="spends-")
    limits: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY,
        "threads": "1",
        "temp_directory": spilled,
    }
    try:
        with closing(duckdb.connect(":memory:", config=limits)) as connection:
            quoted = str(file).replace("'", "''")
            connection.execute(f"ATTACH '{quoted}' AS data (READ_ONLY)")
            connection.execute("USE data")
            connection.execute("SET lock_configuration = true")
            yield connection
    finally:
        shutil.rmtree(spilled, ignore_errors=True)
