"""How the Databricks side is doing, step by step, for `dbspend360 check` and its page."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests

from dbspend360.errors import BadSettings, DBSpendError, NotYet, WarehouseError
from dbspend360.models.finding import Finding
from dbspend360.settings import Settings
from dbspend360.theme import plural
from dbspend360.warehouse.base import Question, Row
from dbspend360.warehouse.databricks.endpoint import Endpoint, read_endpoint, table_name
from dbspend360.warehouse.databricks.failures import Refused
from dbspend360.warehouse.databricks.joined import databricks_warehouse
from dbspend360.warehouse.databricks.login import Login, read_login
from dbspend360.warehouse.databricks.spends_table import NAMES_TABLE, OPTIONAL
from dbspend360.warehouse.databricks.warehouse import DatabricksWarehouse

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
        yield _sight(self.endpoint, self.login, self.settings.reply_seconds)
        answers = self._answers()
        yield answers
        if answers.is_fault:
            return
        spends = self._table("Spends", self.settings.spends_table, "DBSPEND360_SPENDS_TABLE")
        yield spends
        if spends.is_fault:
            return
        columns = self._columns()
        yield columns
        if not columns.is_fault:
            yield self._names()
            yield from self._freshness()

    def _answers(self) -> Finding:
        began = time.perf_counter()
        try:
            [row] = self.warehouse.query(_ME, {}).value
        except NotYet as error:
            return Finding("Logged in", str(error), "Wait until it is awake, and check again.")
        except WarehouseError as error:
            return Finding("Logged in", str(error), _LOGIN)
        self.me = str(row["me"])
        return Finding("Logged in", f"as {self.me}, in {_ms(began)}")

    def _table(self, what: str, name: str, variable: str) -> Finding:
        try:
            quoted = table_name(name, variable)
            columns = self.warehouse.columns(quoted)
        except Refused as error:
            return Finding(what, f"{name}: {error}", self._grant(error, name))
        except DBSpendError as error:
            return Finding(what, f"{name}: {error}", f"Set {variable} to the right table.")
        return Finding(what, f"{name}, readable, {len(columns)} columns")

    def _columns(self) -> Finding:
        try:
            columns = self.warehouse.spends.layout().columns
        except WarehouseError as error:
            return Finding("Columns", str(error), "Set DBSPEND360_SPENDS_TABLE to the right table.")
        extra = [name for name in OPTIONAL if name in columns]
        ec2 = "ec2_cost" if "ec2_cost" in columns else "cloud_cost (as EC2 cost)"
        return Finding("Columns", f"all that are needed, {ec2}; also {', '.join(extra) or 'none'}")

    def _names(self) -> Finding:
        layout = self.warehouse.spends.layout()
        if not layout.missing_names:
            place = "the table" if "job_name" in layout.columns else "system.lakeflow.jobs"
            return Finding("Job names", f"from {place}")
        grants = [
            f"GRANT USE SCHEMA ON SCHEMA system.lakeflow TO `{self.me}`;",
            f"GRANT SELECT ON TABLE {NAMES_TABLE.replace('`', '')} TO `{self.me}`;",
        ]
        return Finding("Job names", layout.missing_names, " ".join(grants))

    def _freshness(self) -> Iterator[Finding]:
        began = time.perf_counter()
        try:
            [row] = self.warehouse.query(_FRESH, {}).value
        except WarehouseError as error:
            yield Finding("Data", str(error), "See the log of this command for the cause.")
            return
        took = _ms(began)
        yield _extent(row)
        yield Finding("Speed", f"a question about all of it takes {took}")

    def _grant(self, error: Refused, name: str) -> str:
        catalog, schema, _ = name.replace("`", "").split(".")
        if error.kind == "INSUFFICIENT_PERMISSIONS":
            return (
                f"GRANT USE CATALOG ON CATALOG `{catalog}` TO `{self.me}`; "
                f"GRANT USE SCHEMA ON SCHEMA `{catalog}`.`{schema}` TO `{self.me}`; "
                f"GRANT SELECT ON TABLE {name} TO `{self.me}`;"
            )
        return "Set DBSPEND360_SPENDS_TABLE to the right table."


_LOGIN = (
    "Check the token or secret, and that its principal has CAN USE on the SQL warehouse "
    "(SQL Warehouses, Permissions)."
)


def _sight(endpoint: Endpoint, login: Login, seconds: float) -> Finding:
    """Whether the workspace shows the warehouse, through its REST API."""
    address = f"{endpoint.base}/api/2.0/sql/warehouses/{endpoint.warehouse_id}"
    verify = str(endpoint.ca_file) if endpoint.ca_file else True
    try:
        reply = requests.get(address, headers=dict(login.headers()), timeout=seconds, verify=verify)
        known: dict[str, Any] = reply.json() if reply.ok else {}
    except (requests.RequestException, ValueError) as error:
        return Finding("Reached", f"no: {_cause(error)}", _REACH)
    if reply.ok:
        name, state = known.get("name", endpoint.warehouse_id), known.get("state", "UNKNOWN")
        return Finding("Reached", f"the SQL warehouse {name}, which is {str(state).lower()}")
    if reply.status_code in (401, 403):
        return Finding("Reached", f"yes, but not let in (HTTP {reply.status_code})", _LOGIN)
    if reply.status_code == 404:
        return Finding("Reached", "yes, but there is no such SQL warehouse", _REACH)
    return Finding("Reached", f"yes; it does not tell its state (HTTP {reply.status_code})")


_REACH = (
    "Check DATABRICKS_HOST, DATABRICKS_HTTP_PATH, the network, and DBSPEND360_TLS_CA_FILE where a "
    "private CA signs."
)


def _cause(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not one this machine trusts"
    if isinstance(error, requests.Timeout):
        return "it did not reply in time"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the login was refused (HTTP {error.response.status_code})"
    return "nobody answers there"


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
