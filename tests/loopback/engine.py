"""The data: DuckDB behind catalogs, with what a principal may not do."""

import re
import threading
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from loopback.results import as_sent
from loopback.translate import BadStatement, Translated

EXTRA_COLUMNS = ("workspace_id", "job_name", "run_as", "result_state", "team")
SPENDS = "pritam_demo.dbcost360.databricks_job_spends"
JOBS = "system_tables.lakeflow.jobs"

_NO_COLUMN = "UNRESOLVED_COLUMN.WITH_SUGGESTION"

# How Databricks words what DuckDB refuses.
_REFUSALS = (
    (r"Table with name (\S+) does not exist", "TABLE_OR_VIEW_NOT_FOUND", "42P01"),
    (r"Catalog \"?(\S+?)\"? does not exist", "TABLE_OR_VIEW_NOT_FOUND", "42P01"),
    (r"[Ss]chema (?:with name )?(\S+) does not exist", "TABLE_OR_VIEW_NOT_FOUND", "42P01"),
    (r"[Cc]olumn \"?(\S+?)\"? (?:does not exist|not found)", _NO_COLUMN, "42703"),
    (r"Could not (?:convert|cast) (.+)", "CAST_INVALID_INPUT", "22018"),
    (r"[Oo]ut of [Rr]ange|[Oo]verflow", "NUMERIC_VALUE_OUT_OF_RANGE", "22003"),
)


class Engine:
    """One DuckDB in memory; every statement on a cursor of its own, writes one at a time."""

    def __init__(self) -> None:
        config = {"ieee_floating_point_ops": "false", "TimeZone": "UTC"}
        self._db = duckdb.connect(":memory:")
        for name, value in config.items():
            self._db.execute(f"SET GLOBAL {name} = '{value}'")
        self._db.execute("SET GLOBAL python_enable_replacements = false")
        self._db.execute("SET GLOBAL ieee_floating_point_ops = false")
        self._writing = threading.Lock()
        self._opening = threading.Lock()  # a connection refuses a second call while one is on
        self._denied: set[tuple[str, str]] = set()
        self.history: list[str] = []  # of the table of job spends: what made each version
        for catalog, schema in (("pritam_demo", "dbcost360"), ("system_tables", "lakeflow")):
            self._db.execute(f"ATTACH ':memory:' AS {catalog}")
            self._db.execute(f"CREATE SCHEMA {catalog}.{schema}")
        self._db.execute(
            f"CREATE TABLE {JOBS} (workspace_id VARCHAR, job_id VARCHAR, name VARCHAR, "
            "change_time TIMESTAMPTZ, delete_time TIMESTAMPTZ)"
        )

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """DuckDB's own SQL on the data, as an administrator."""
        if not sql.lstrip().upper().startswith(("SELECT", "SET")) and SPENDS in sql:
            self.history.append("WRITE")
        with self._writing:
            return self.cursor().execute(sql).fetchall()

    def make_spends(
        self, *, extra: tuple[str, ...] = EXTRA_COLUMNS, ec2: str = "ec2_cost", rows: str = ""
    ) -> None:
        """The contract's table, empty or with the rows of a SELECT that names its columns."""
        texts = "".join(f", {name} VARCHAR" for name in extra)
        self.execute(
            f"CREATE OR REPLACE TABLE {SPENDS} (cluster_id VARCHAR, {ec2} DOUBLE, "
            f"job_id VARCHAR, run_id VARCHAR, usage_date DATE, "
            f"databricks_cost DECIMAL(38, 6){texts})"
        )
        if rows:
            self.execute(f"INSERT INTO {SPENDS} BY NAME {rows}")

    def copy_spends(self, file: Path, *, extra: tuple[str, ...] = EXTRA_COLUMNS) -> None:
        """The same records as the embedded warehouse's file, in the contract's types."""
        self.make_spends(extra=extra)
        self.history.append("WRITE")
        with self._writing:
            cursor = self.cursor()
            cursor.execute(f"ATTACH '{file}' AS source (READ_ONLY)")
            names = ", ".join(
                ("cluster_id, ec2_cost, job_id, run_id, usage_date, databricks_cost", *extra)
            )
            cursor.execute(f"INSERT INTO {SPENDS} BY NAME SELECT {names} FROM source.spends")
            cursor.execute("DETACH source")

    def close(self) -> None:
        """Let the data go: at once, or with the last statement of somebody who hung up."""
        with self._opening:
            del self._db  # to close it is refused while a statement runs

    def deny(self, privilege: str, name: str) -> None:
        """Take a privilege: SELECT or MODIFY on a table, USE SCHEMA, USE CATALOG."""
        self._denied.add((privilege, name))

    def allow_all(self) -> None:
        """Give all of them back."""
        self._denied.clear()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """For one statement; `interrupt()` ends it."""
        with self._opening:
            return self._db.cursor()

    def answer(
        self, cursor: duckdb.DuckDBPyConnection, asked: Translated, values: dict[str, str | None]
    ) -> pa.Table:
        """The rows; of a change, how many it changed.

        Raises:
            BadStatement: as Databricks would say it.
        """
        self._require_rights(asked)
        if asked.kind == "history":
            return self._described(asked)
        self._require_versions(asked)
        try:
            if asked.kind == "read":
                found = cursor.sql(asked.sql, params=values)
                hugeints = {
                    name
                    for name, kind in zip(found.columns, found.types, strict=True)
                    if str(kind) == "HUGEINT"
                }
                return as_sent(found.to_arrow_table(), hugeints)
            with self._writing:
                changed = cursor.execute(asked.sql, values or None).fetchall()
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            raise BadStatement(_refusal(str(error))) from error
        return _changed(asked.kind, changed)

    def _described(self, asked: Translated) -> pa.Table:
        [name] = asked.tables
        if name != SPENDS:
            raise BadStatement(f"[TABLE_OR_VIEW_NOT_FOUND] {name} SQLSTATE: 42P01")
        known = list(enumerate(self.history))[::-1][: int(asked.sql or len(self.history))]
        versions = pa.array([number for number, _ in known], pa.int64())
        operations = pa.array([operation for _, operation in known], pa.string())
        return pa.table({"version": versions, "operation": operations})

    def _require_versions(self, asked: Translated) -> None:
        """Versions of before are not kept: a version that counts is the newest."""
        newest = len(self.history) - 1
        if any(version != newest for version in asked.versions):
            raise BadStatement("[DELTA_VERSION_NOT_FOUND] It is not kept. SQLSTATE: 22003")
        if asked.kind in ("write", "merge") and SPENDS in asked.tables:
            self.history.append("WRITE")

    def _require_rights(self, asked: Translated) -> None:
        for name in asked.tables:
            catalog, _, rest = name.partition(".")
            schema = f"{catalog}.{rest.partition('.')[0]}"
            wanted = [("USE CATALOG", catalog, "Catalog"), ("USE SCHEMA", schema, "Schema")]
            wanted.append(("SELECT", name, "Table"))
            is_made = asked.kind == "define" and name != SPENDS  # what reads it makes another table
            if is_made or asked.kind in ("write", "merge"):
                wanted.append(("MODIFY", name, "Table"))
            for privilege, place, kind in wanted:
                if (privilege, place) in self._denied:
                    raise BadStatement(
                        "[INSUFFICIENT_PERMISSIONS] Insufficient privileges: User does not have "
                        f"{privilege} on {kind} '{place}'. SQLSTATE: 42501"
                    )


def _refusal(words: str) -> str:
    for pattern, name, state in _REFUSALS:
        if found := re.search(pattern, words):
            about = found.group(1) if found.groups() else words.splitlines()[0]
            return f"[{name}] {about} SQLSTATE: {state}"
    return f"[INTERNAL_ERROR] {words.splitlines()[0]} SQLSTATE: XX000"


def _changed(kind: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    if kind == "define":
        return pa.table({"result": pa.array([], pa.string())})
    number = int(rows[0][0]) if rows else 0
    names = ["num_affected_rows"]
    if kind == "merge":
        names += ["num_updated_rows", "num_deleted_rows", "num_inserted_rows"]
    return pa.table({name: pa.array([number], pa.int64()) for name in names})
