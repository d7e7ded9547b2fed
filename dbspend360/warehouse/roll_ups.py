"""Sums that an import makes once, beside the records, so that a question need not make them.

They lie in the schema `rolled` of a data file, and hold nothing that the records do not. The texts
in `sql/by_day` and `sql/by_job` read them. A file without them, or with those of another edition,
is read by its records alone.
"""

import re
from collections.abc import Iterator
from importlib.resources import files

import duckdb

from dbspend360.warehouse.judged import HISTORY_DAYS, LONGEST_RUN_DAYS

EDITION = 2  # of the tables in `adding_up.sql`: another number when one of them changes
BUCKET_RUNS = 1_000  # the median is looked for among so many runs; among more beyond a million runs

# With more the sums might not fit their columns, and nobody has spent that much.
_TOO_MUCH = 10**11
_WORTH = """
SELECT coalesce(sum(abs(ec2_cost)), 0) + coalesce(sum(abs(databricks_cost)), 0) FROM spends
"""


def statements(db: duckdb.DuckDBPyConnection, *, bucket_runs: int = BUCKET_RUNS) -> Iterator[str]:
    """What makes the roll-ups of the table `spends`, to be run in this order; maybe nothing."""
    [(worth,)] = db.execute(_WORTH).fetchall()
    if worth >= _TOO_MUCH:
        return
    text = (files(__package__) / "imports" / "adding_up.sql").read_text(encoding="utf-8")
    numbers = {"bucket_runs": bucket_runs, "edition": EDITION}
    numbers |= {"history": HISTORY_DAYS, "longest": LONGEST_RUN_DAYS}
    text = re.sub(rf":({'|'.join(numbers)})\b", lambda found: str(numbers[found[1]]), text)
    yield from (each for each in re.split(r";\n", text) if each.strip())


def are_in(db: duckdb.DuckDBPyConnection) -> bool:
    """Whether the file has roll-ups that the texts of today can read."""
    try:
        return db.execute("SELECT edition FROM rolled.edition").fetchall() == [(EDITION,)]
    except duckdb.CatalogException:
        return False
