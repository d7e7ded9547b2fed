"""Whether the workspace lets us see the SQL warehouse, for the checkup."""

from typing import Any

import requests

from dbspend360.models.finding import Finding
from dbspend360.warehouse.databricks.endpoint import Endpoint
from dbspend360.warehouse.databricks.login import Login

LOGIN = (
    "Check the token or secret, and that its principal has CAN USE on the SQL warehouse "
    "(SQL Warehouses, Permissions)."
)
_REACH = (
    "Check DATABRICKS_HOST, DATABRICKS_HTTP_PATH, the network, and DBSPEND360_TLS_CA_FILE where a "
    "private CA signs."
)


def sight(endpoint: Endpoint, login: Login, seconds: float) -> Finding:
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
        return Finding("Reached", f"yes, but not let in (HTTP {reply.status_code})", LOGIN)
    if reply.status_code == 404:
        return Finding("Reached", "yes, but there is no such SQL warehouse", _REACH)
    return Finding("Reached", f"yes; it does not tell its state (HTTP {reply.status_code})")


def _cause(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not one this machine trusts"
    if isinstance(error, requests.Timeout):
        return "it did not reply in time"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the login was refused (HTTP {error.response.status_code})"
    return "nobody answers there"
