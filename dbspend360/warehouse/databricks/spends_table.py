"""The table of job spends in Unity Catalog, as the relation `spends` that every question reads.

Which columns the table has, and whether the names of jobs can be read, is found out once; after a
refusal it is looked up again, so that a GRANT or a new column shows without a restart.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from dbspend360.errors import WarehouseError
from dbspend360.warehouse.databricks.failures import Refused
from dbspend360.warehouse.questions import with_relation

log = logging.getLogger("dbspend360.databricks")

REQUIRED = ("cluster_id", "job_id", "run_id", "usage_date", "databricks_cost")
EC2_COSTS = ("ec2_cost", "cloud_cost")  # the second where the table is of an older making
OPTIONAL = ("workspace_id", "job_name", "run_as", "result_state", "team")
NAMES_TABLE = "`system`.`lakeflow`.`jobs`"

_LOOK_AGAIN_SECONDS = 600.0  # for names that could not be read
# Room for ten thousand trillion dollars; a sum of these still fits DECIMAL(38, 6).
_MONEY = "DECIMAL(28, 6)"

# A job keeps its id when it is renamed, and its rows when it is deleted: the latest name counts.
_NAMES = """
SELECT workspace_id, CAST(job_id AS STRING) AS job_id,
       MAX_BY(name, change_time) FILTER (WHERE name IS NOT NULL) AS name
FROM `system`.`lakeflow`.`jobs`
GROUP BY workspace_id, CAST(job_id AS STRING)"""
# Without workspaces in the spends, an id names a job only where one workspace has it.
_NAMES_OF_ONE_WORKSPACE = """
SELECT CAST(job_id AS STRING) AS job_id,
       MAX_BY(name, change_time) FILTER (WHERE name IS NOT NULL) AS name
FROM `system`.`lakeflow`.`jobs`
GROUP BY CAST(job_id AS STRING)
HAVING COUNT(DISTINCT workspace_id) = 1"""

Columns = dict[str, str]  # lower-case name -> type as the connector says it, such as "date"


@dataclass(frozen=True)
class Layout:
    """What the table looks like, and how it is read."""

    columns: Columns
    relation: str
    missing_names: str  # why jobs have no names; empty when they have
    found_at: float


class SpendsTable:
    """Knows how to read the table `name`, which is checked and in backticks."""

    def __init__(self, name: str, describe: Callable[[str], Columns]) -> None:
        """`describe(table)` gives the columns of a table, or raises a WarehouseError."""
        self.name = name
        self._describe = describe
        self._lock = threading.Lock()
        self._layout: Layout | None = None
        self._has_said = False

    def layout(self) -> Layout:
        """The layout now.

        Raises:
            WarehouseError: the table cannot be read, or lacks a column.
        """
        known = self._layout
        if known and not self._is_worth_a_look(known):
            return known
        with self._lock:
            if self._layout is known:
                self._layout = self._looked_up()
            return self._layout or self._looked_up()

    def forget(self) -> None:
        """Look again with the next question."""
        self._layout = None

    def ask(self, text: str) -> str:
        """A question's text with the relation `spends` in front of it."""
        return with_relation("spends", self.layout().relation, text)

    def missing_names(self) -> str:
        """Why jobs have no names, as far as known; empty when they have."""
        return self._layout.missing_names if self._layout else ""

    def _is_worth_a_look(self, known: Layout) -> bool:
        return bool(known.missing_names) and (
            time.monotonic() - known.found_at > _LOOK_AGAIN_SECONDS
        )

    def _looked_up(self) -> Layout:
        columns = self._describe(self.name)
        _require(columns, self.name)
        missing = "" if "job_name" in columns else self._names_refusal()
        if missing and not self._has_said:
            self._has_said = True
            log.warning(missing)
        relation = relation_of(self.name, columns, with_names=not missing)
        return Layout(columns, relation, missing, time.monotonic())

    def _names_refusal(self) -> str:
        try:
            self._describe(NAMES_TABLE)
        except Refused:
            return (
                "Jobs are shown by their ids: the table of job spends has no names, and "
                "system.lakeflow.jobs may not be read. `dbspend360 check` says which GRANT "
                "mends it."
            )
        return ""


def _require(columns: Columns, table: str) -> None:
    missing = [name for name in REQUIRED if name not in columns]
    if not any(name in columns for name in EC2_COSTS):
        missing.append("ec2_cost")
    if missing:
        raise WarehouseError(
            "layout",
            f"The table {table.replace('`', '')} has no column {', '.join(missing)}: is "
            "DBSPEND360_SPENDS_TABLE the table of job spends?",
        )


def relation_of(table: str, columns: Columns, *, with_names: bool = False) -> str:
    """The SELECT that makes a table with these columns what the questions read."""
    ec2 = next(name for name in EC2_COSTS if name in columns)
    names = "job_name" not in columns and with_names
    selected = ",\n    ".join(
        [
            f"{_day(columns)} AS usage_date",
            f"{_id('workspace_id', columns)} AS workspace_id",
            f"{_id('job_id', columns)} AS job_id",
            f"{_id('run_id', columns)} AS run_id",
            "NULLIF(CAST(record.cluster_id AS STRING), '') AS cluster_id",
            f"{'named.name' if names else _text('job_name', columns)} AS job_name",
            # Not a number and infinity become unknown; so does what no bill can be.
            f"TRY_CAST(record.{ec2} AS {_MONEY}) AS ec2_cost",
            f"TRY_CAST(record.databricks_cost AS {_MONEY}) AS databricks_cost",
            *(f"{_text(each, columns)} AS {each}" for each in ("run_as", "result_state", "team")),
        ]
    )
    source = f"FROM {table} AS record"
    if names:
        source += "\n" + _named(columns)
    return f"SELECT\n    {selected}\n{source}\nWHERE record.usage_date IS NOT NULL"


def _named(columns: Columns) -> str:
    job = "named.job_id = CAST(record.job_id AS STRING)"
    if "workspace_id" not in columns:
        return f"LEFT JOIN ({_NAMES_OF_ONE_WORKSPACE}\n) AS named ON {job}"
    workspace = "named.workspace_id = CAST(record.workspace_id AS STRING)"
    return f"LEFT JOIN ({_NAMES}\n) AS named ON {job} AND {workspace}"


def _day(columns: Columns) -> str:
    is_day = columns["usage_date"].lower() == "date"
    return "record.usage_date" if is_day else "CAST(record.usage_date AS DATE)"


def _id(name: str, columns: Columns) -> str:
    return f"COALESCE(CAST(record.{name} AS STRING), '')" if name in columns else "''"


def _text(name: str, columns: Columns) -> str:
    value = f"record.{name}" if name in columns else "NULL"
    return f"NULLIF(CAST({value} AS STRING), '')"
