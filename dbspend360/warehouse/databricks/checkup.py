"""How the Databricks side is doing, step by step, for `dbspend360 check` and its page."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dbspend360.errors import BadSettings, DBSpendError, NotYet, Unreachable, WarehouseError
from dbspend360.models.finding import Finding
from dbspend360.settings import Settings
from dbspend360.theme import plural
from dbspend360.warehouse.app_configs import AppConfigsTable
from dbspend360.warehouse.base import Question, Row
from dbspend360.warehouse.databricks.endpoint import Endpoint, read_endpoint, table_name
from dbspend360.warehouse.databricks.failures import Refused
from dbspend360.warehouse.databricks.grants import grants
from dbspend360.warehouse.databricks.joined import databricks_warehouse
from dbspend360.warehouse.databricks.login import Login, read_login
from dbspend360.warehouse.databricks.sight import LOGIN, sight
from dbspend360.warehouse.databricks.spends_table import NAMES_TABLE, OPTIONAL
from dbspend360.warehouse.databricks.warehouse import DatabricksWarehouse

_SPENDS, _CONFIGS = "DBSPEND360_SPENDS_TABLE", "DBSPEND360_CONFIGS_TABLE"
_CONFIG_COLUMNS = ("config_key", "config_value", "user_id", "created_at", "updated_at")
_WORDS = {
    "INSUFFICIENT_PERMISSIONS": "there, but this principal may not use it",
    "TABLE_OR_VIEW_NOT_FOUND": "not there, or may not be seen",
    "SCHEMA_NOT_FOUND": "its schema is not there",
    "CATALOG_NOT_FOUND": "its catalog is not there",
}

_ME = Question("me", "SELECT CURRENT_USER() AS me", is_remembered=False)
_FRESH = Question(
    "freshness",
    """
SELECT
    MIN(usage_date)                                     AS first_date,
    MAX(usage_date)                                     AS last_date,
    COUNT(*)                                            AS records,
    COUNT(*) FILTER (WHERE databricks_cost IS NULL)     AS unknown_databricks_records,
    COUNT(*) FILTER (WHERE ec2_cost IS NULL
                       AND cluster_id IS NOT NULL)      AS unknown_ec2_records
FROM spends""",
    is_remembered=False,
)


def examine(settings: Settings) -> Iterator[Finding]:
    """Each step as soon as it is done; steps that need a failed one are left out."""
    try:
        endpoint = read_endpoint(settings)
        login = read_login(settings, endpoint)
        warehouse = databricks_warehouse(settings)
    except BadSettings as error:
        yield Finding("Settings", str(error), "Set it as the sentence says and check again.")
        return
    yield Finding("Warehouse", f"Databricks, {endpoint.base}{endpoint.http_path}")
    yield Finding("Log in with", login.kind)
    try:
        yield from _Checkup(settings, endpoint, login, warehouse).findings()
    finally:
        warehouse.close()


@dataclass
class _Checkup:
    settings: Settings
    endpoint: Endpoint
    login: Login
    warehouse: DatabricksWarehouse
    me: str = "<the principal of the app>"

    def findings(self) -> Iterator[Finding]:
        yield sight(self.endpoint, self.login, self.settings.reply_seconds)
        answers = self._answers()
        yield answers
        if answers.is_fault:
            return
        yield from self._spends()
        if not self.settings.state_url:
            yield self._table("User settings", self.settings.configs_table, _CONFIGS, self._configs)

    def _answers(self) -> Finding:
        began = time.perf_counter()
        try:
            [row] = self.warehouse.query(_ME, {}).value
        except NotYet as error:
            return Finding("Logged in", str(error), "Wait until it is awake, and check again.")
        except WarehouseError as error:
            return Finding("Logged in", str(error), LOGIN)
        self.me = str(row["me"])
        return Finding("Logged in", f"as {self.me}, in {_ms(began)}")

    def _table(
        self, what: str, name: str, variable: str, look: Callable[[str], Finding]
    ) -> Finding:
        """What `look` finds at the quoted name; why it cannot, and what mends that."""
        try:
            return look(table_name(name, variable))
        except Refused as error:
            words = _WORDS.get(error.kind, str(error))
            return Finding(what, f"{name}: {words}", self._mend(error, name, variable))
        except Unreachable as error:
            return Finding(what, f"{name}: {error}", "Check again in a moment.")
        except DBSpendError as error:
            return Finding(what, f"{name}: {error}", f"Set {variable} to the right table.")

    def _mend(self, error: Refused, name: str, variable: str) -> str:
        if error.kind == "INSUFFICIENT_PERMISSIONS":
            return grants(self.me, name, "SELECT" if variable == _SPENDS else "SELECT, MODIFY")
        if variable == _CONFIGS:
            return (
                f"Run `dbspend360 init`, which makes it; or set {variable} to the right table, or "
                "DBSPEND360_STATE_URL to a database of your own."
            )
        return f"Set {variable} to the right table."

    # ---- the table of job spends

    def _spends(self) -> Iterator[Finding]:
        def readable(quoted: str) -> Finding:
            columns = self.warehouse.columns(quoted)
            words = f"{self.settings.spends_table}, readable, {plural(len(columns), 'column')}"
            return Finding("Spends", words)

        spends = self._table("Spends", self.settings.spends_table, _SPENDS, readable)
        yield spends
        if spends.is_fault:
            return
        columns = self._columns()
        yield columns
        if not columns.is_fault:
            yield self._names()
            yield from self._freshness()

    def _columns(self) -> Finding:
        try:
            columns = self.warehouse.spends.layout().columns
        except WarehouseError as error:
            return Finding("Columns", str(error), f"Set {_SPENDS} to the right table.")
        extra = [name for name in OPTIONAL if name in columns]
        ec2 = "ec2_cost" if "ec2_cost" in columns else "cloud_cost (as EC2 cost)"
        return Finding("Columns", f"all that are needed, {ec2}; also {', '.join(extra) or 'none'}")

    def _names(self) -> Finding:
        layout = self.warehouse.spends.layout()
        if not layout.missing_names:
            place = "the table" if "job_name" in layout.columns else "system.lakeflow.jobs"
            return Finding("Job names", f"from {place}")
        return Finding("Job names", layout.missing_names, grants(self.me, NAMES_TABLE))

    def _freshness(self) -> Iterator[Finding]:
        began = time.perf_counter()
        try:
            [row] = self.warehouse.query(_FRESH, {}).value
        except WarehouseError as error:
            yield Finding("Data", str(error), "See the log for the cause, and check again.")
            return
        took = _ms(began)
        yield _extent(row)
        yield Finding("Speed", f"a question about all of it takes {took}")

    # ---- the table of users' settings

    def _configs(self, quoted: str) -> Finding:
        columns = self.warehouse.columns(quoted)
        missing = [name for name in _CONFIG_COLUMNS if name not in columns]
        if missing:
            raise WarehouseError("columns", f"it has no column {', '.join(missing)}.")
        AppConfigsTable(self.warehouse, quoted).rehearse()
        return Finding("User settings", f"kept in {self.settings.configs_table}, writable")


def _extent(row: Row) -> Finding:
    if not row["records"]:
        return Finding("Data", "no record yet", "Let the job that fills the table run.")
    known = (
        f"{plural(int(str(row['records'])), 'record')}, {row['first_date']} to {row['last_date']}"
    )
    unknown = f"{row['unknown_ec2_records']:,} on a cluster without a readable EC2 cost"
    return Finding("Data", f"{known}; {unknown}")


def _ms(began: float) -> str:
    return f"{(time.perf_counter() - began) * 1000:,.0f} ms"
