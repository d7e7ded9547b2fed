"""Where the SQL warehouse is and which tables are ours, read from the settings and checked.

Nothing here opens a connection: a setting that cannot work is said before the server starts.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from dbspend360.errors import BadSettings
from dbspend360.settings import Settings

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_WAREHOUSE_PATH = re.compile(r"/sql/1\.0/(?:warehouses|endpoints)/[A-Za-z0-9_-]+")
_CLUSTER_PATH = re.compile(r"/?sql/protocolv1/")
_WAREHOUSE_ID = re.compile(r"[A-Za-z0-9_-]+")
_PATH_SAMPLE = "/sql/1.0/warehouses/1234567890abcdef"


@dataclass(frozen=True)
class Endpoint:
    """One SQL warehouse."""

    host: str
    http_path: str
    uri: str  # the whole address, where it is not simply https://host + http_path; else empty
    ca_file: Path | None

    @property
    def base(self) -> str:
        """The workspace's own address, without a path."""
        if not self.uri:
            return f"https://{self.host}"
        parts = urlsplit(self.uri)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def warehouse_id(self) -> str:
        """The SQL warehouse's id."""
        return self.http_path.rsplit("/", 1)[-1]


def is_chosen(settings: Settings) -> bool:
    """Whether the spends are read from Databricks."""
    if settings.warehouse != "auto":
        return settings.warehouse == "databricks"
    path = settings.databricks_http_path or settings.databricks_warehouse_id
    return bool(settings.databricks_uri or (settings.databricks_host and path))


def read_endpoint(settings: Settings) -> Endpoint:
    """The SQL warehouse that the settings name.

    Raises:
        BadSettings: they name none, or one that cannot be.
    """
    _require_file(settings.tls_ca_file)
    if settings.databricks_uri:
        parts = _checked_uri(settings.databricks_uri.strip())
        return Endpoint(parts.hostname or "", parts.path, parts.geturl(), settings.tls_ca_file)
    return Endpoint(_host(settings.databricks_host), _path(settings), "", settings.tls_ca_file)


def table_name(text: str, variable: str) -> str:
    """`catalog.schema.table` as SQL says it, each part in backticks.

    Raises:
        BadSettings: it is not three names, or one of them cannot be a name in Unity Catalog.
    """
    parts = [part.strip("`") for part in text.strip().split(".")]
    if len(parts) != 3 or not all(map(_is_name, parts)):
        raise BadSettings(
            f"{variable} is {text!r}: write it as catalog.schema.table, such as "
            "main.costs.databricks_job_spends."
        )
    return ".".join(f"`{part}`" for part in parts)


def _is_name(text: str) -> bool:
    # What Unity Catalog allows in a name; without a backtick inside, backticks around it hold.
    return 0 < len(text) <= 255 and text.isprintable() and not re.search(r"[`./\s]", text)


def _host(text: str) -> str:
    parts = urlsplit(text.strip() if "://" in text else f"https://{text.strip()}")
    if not parts.hostname:
        raise BadSettings(
            "DATABRICKS_HOST is not set: it is your workspace, such as "
            "dbc-1234.cloud.databricks.com."
        )
    if parts.scheme != "https" or parts.port or not _HOST.fullmatch(parts.hostname):
        raise BadSettings(
            f"DATABRICKS_HOST is {text!r}: give the workspace's name alone, such as "
            "dbc-1234.cloud.databricks.com."
        )
    return parts.hostname


def _path(settings: Settings) -> str:
    path = settings.databricks_http_path.strip()
    if not path:
        return f"/sql/1.0/warehouses/{_id(settings.databricks_warehouse_id.strip())}"
    if _CLUSTER_PATH.match(path):
        raise BadSettings(
            f"DATABRICKS_HTTP_PATH is {path!r}, which is a cluster: give the path of a SQL "
            f"warehouse, such as {_PATH_SAMPLE}."
        )
    rooted = path if path.startswith("/") else f"/{path}"
    if not _WAREHOUSE_PATH.fullmatch(rooted):
        raise BadSettings(
            f"DATABRICKS_HTTP_PATH is {path!r}: copy it from the SQL warehouse's Connection "
            f"details; it looks like {_PATH_SAMPLE}."
        )
    return rooted


def _id(text: str) -> str:
    if not text:
        raise BadSettings(
            "No SQL warehouse is named: set DATABRICKS_HTTP_PATH to its HTTP path, or "
            "DATABRICKS_WAREHOUSE_ID to its id."
        )
    if not _WAREHOUSE_ID.fullmatch(text):
        raise BadSettings(
            f"DATABRICKS_WAREHOUSE_ID is {text!r}: it is the last part of the SQL warehouse's "
            f"HTTP path, such as {_PATH_SAMPLE.rsplit('/', 1)[-1]}."
        )
    return text


def _checked_uri(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1)
    except ValueError:
        usable = False
    if not usable or parts.username or parts.password or len(parts.path) < 2:
        raise BadSettings(
            "DBSPEND360_DATABRICKS_URI must be a whole address without a user or password, such "
            f"as https://proxy.example{_PATH_SAMPLE}."
        )
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise BadSettings(
            f"DBSPEND360_DATABRICKS_URI is {text!r}: the token would cross the network in the "
            "open. Use https; plain http is for loopback only."
        )
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _require_file(path: Path | None) -> None:
    if path is not None and not path.is_file():
        raise BadSettings(f"DBSPEND360_TLS_CA_FILE is {str(path)!r}, which is not a file.")
