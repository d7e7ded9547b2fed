"""The statements that make roll-ups beside the table, to be read before they are sent.

All read one version of the table, whatever is written to it meanwhile. The stamp comes last.
"""

import re
from decimal import Decimal

from dbspend360.errors import WarehouseError
from dbspend360.warehouse.base import Question
from dbspend360.warehouse.databricks.rolled import (
    EDITION,
    Ask,
    Stamp,
    history,
    is_unchanged,
    layout_of,
    named,
    read_stamp,
)
from dbspend360.warehouse.databricks.spends_table import NAMES_TABLE, SpendsTable
from dbspend360.warehouse.judged import HISTORY_DAYS, LONGEST_RUN_DAYS
from dbspend360.warehouse.questions import question, with_relation

# Each may read those before it.
TABLES = (
    "job_days",
    "runs",
    "uneven_spends",
    "days",
    "job_gaps",
    "span_tops",
    "costs",
    "cost_buckets",
    "cost_counts",
    "job_totals",
    "norms",
)
_OF_RECORDS = ("job_days", "runs", "uneven_spends", "job_totals", "norms")
# Of all days and jobs.
_ALL = {
    "first_date": "DATE '0001-01-01'",
    "last_date": "DATE '9999-12-31'",
    "begin_date": "DATE '0001-01-01'",
    "until_date": "DATE '9999-12-31'",
    "job_id": "''",
    "workspace_id": "''",
    "history": str(HISTORY_DAYS),
    "longest": str(LONGEST_RUN_DAYS),
}
_TOO_MUCH = 10**11  # USD: with more the sums might not fit eighteen digits


def statements(spends: SpendsTable, ask: Ask) -> list[Question]:
    """What makes the roll-ups of the table as it is; nothing where they are there. Only reads.

    Raises:
        WarehouseError: the table cannot have roll-ups, and why.
    """
    layout = layout_of(spends)
    _require_own_names(spends)
    versions = history(spends.name, ask)
    before = read_stamp(spends.name, ask)
    if before and _is_of(before, layout) and is_unchanged(versions, before.version):
        return []
    version = int(str(versions[0]["version"]))
    source = _at(spends, version)
    _require_modest(ask, source)
    makings = [_making(spends.name, name, source, version) for name in TABLES]
    return [*makings, _stamping(spends.name, version, before, layout), *_clearing(spends, before)]


def _is_of(stamp: Stamp, layout: str) -> bool:
    return (stamp.edition, stamp.layout) == (EDITION, layout)


def _require_own_names(spends: SpendsTable) -> None:
    if NAMES_TABLE in spends.layout().relation:
        raise WarehouseError(
            "rolled",
            "The table has no column job_name: names come from system.lakeflow.jobs, where they "
            "may change at any time, so sums by name cannot be kept. Add the column first.",
        )


def _at(spends: SpendsTable, version: int) -> str:
    """The relation `spends` of one version of the table."""
    source = f"FROM {spends.name} AS record"
    at_version = f"FROM {spends.name} VERSION AS OF {version} AS record"
    return spends.layout().relation.replace(source, at_version)


def _require_modest(ask: Ask, source: str) -> None:
    text = with_relation("spends", source, question("rolled/worth").text)
    [row] = ask(Question("rolled/worth", text, is_remembered=False))
    if row["worth"] is not None and Decimal(str(row["worth"])) >= _TOO_MUCH:
        raise WarehouseError(
            "rolled", "The records are worth more than roll-ups can hold: 100 billion dollars."
        )


def _making(table: str, name: str, source: str, version: int) -> Question:
    text = question(f"rolled/{name}").text
    if name in _OF_RECORDS:
        text = with_relation("spends", source, text)
    text = re.sub(rf":({'|'.join(_ALL)})\b", lambda found: _ALL[found[1]], text)
    made = named(f"rolled.{name}", table, version)
    whole = f"CREATE OR REPLACE TABLE {made} AS\n{named(text, table, version)}"
    return Question(f"rolled/{name}", whole, is_remembered=False)


def _stamping(table: str, version: int, before: Stamp | None, layout: str) -> Question:
    previous = "NULL" if before is None else str(before.version)
    text = (
        f"CREATE OR REPLACE TABLE {named('rolled.stamp', table, None)} AS\n"
        f"SELECT {EDITION} AS edition, CAST({version} AS BIGINT) AS version,\n"
        f"       CAST({previous} AS BIGINT) AS previous_version, '{layout}' AS layout"
    )
    return Question("rolled/stamp", text, is_remembered=False)


def _clearing(spends: SpendsTable, before: Stamp | None) -> list[Question]:
    """Those that nobody reads any more: of the one before the one before."""
    if before is None or before.previous_version in (None, before.version):
        return []
    tables = [named(f"rolled.{name}", spends.name, before.previous_version) for name in TABLES]
    return [
        Question("rolled/clear", f"DROP TABLE IF EXISTS {each}", is_remembered=False)
        for each in tables
    ]
