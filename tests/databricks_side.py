"""The Databricks side of the tests: the real connector against the loopback warehouse."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from loopback.server import Loopback

from dbspend360.settings import Settings
from dbspend360.warehouse import versions
from dbspend360.warehouse.databricks.joined import databricks_warehouse
from dbspend360.warehouse.databricks.warehouse import DatabricksWarehouse

AskWarehouse = Callable[..., DatabricksWarehouse]


def settings_of(loopback: Loopback, **changes: Any) -> Settings:
    """What a person sets to read the loopback warehouse."""
    chosen = {"databricks_uri": loopback.uri, "databricks_token": loopback.token, **changes}
    if loopback.ca_file and "tls_ca_file" not in changes:
        chosen["tls_ca_file"] = loopback.ca_file
    return Settings.model_validate(chosen)


def environment_of(loopback: Loopback) -> dict[str, str]:
    """The same as environment variables."""
    return {"DBSPEND360_DATABRICKS_URI": loopback.uri, "DATABRICKS_TOKEN": loopback.token}


@contextmanager
def asking(loopback: Loopback, **changes: Any) -> Iterator[DatabricksWarehouse]:
    """A warehouse that asks it, and closes its connections."""
    warehouse = databricks_warehouse(settings_of(loopback, **changes))
    try:
        yield warehouse
    finally:
        warehouse.close()


def copy_of(loopback: Loopback, folder: Path, **how: Any) -> None:
    """The records of an embedded data folder, as the table in Unity Catalog."""
    version = versions.current(folder)
    assert version
    loopback.engine.copy_spends(version.path, **how)
