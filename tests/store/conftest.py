"""One behaviour, four places: whatever a test of the store asks is asked of each."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pytest
from databricks_side import asking
from loopback.server import Loopback, loopback_warehouse
from postgres_server import PostgresServer, postgres_server

from dbspend360.store.addresses import file_address, read_address
from dbspend360.store.base import Store
from dbspend360.store.database import DatabaseStore
from dbspend360.warehouse.app_configs import AppConfigsTable
from dbspend360.warehouse.databricks.endpoint import table_name
from dbspend360.warehouse.databricks.warehouse import DatabricksWarehouse
from store.duck_warehouse import TABLE, DuckWarehouse

EDITIONS = ["sqlite", "postgres", "duckdb texts", "databricks"]


class OpenStore(Protocol):
    """Opens the place of this test: each call is another process of the app, as it were."""

    def __call__(self, *, now: Callable[[], datetime] | None = None) -> Store: ...


@dataclass(frozen=True)
class Databricks:
    """The real connector against a loopback warehouse."""

    loopback: Loopback
    warehouse: DatabricksWarehouse
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def new_table(self) -> str:
        """The checked name of a table that is not there yet."""
        name = f"pritam_demo.dbcost360.app_configs_{next(self.numbers)}"
        return table_name(name, "DBSPEND360_CONFIGS_TABLE")


@pytest.fixture(scope="session")
def databricks() -> Iterator[Databricks]:
    with loopback_warehouse() as loopback, asking(loopback) as warehouse:
        yield Databricks(loopback, warehouse)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


def _sqlite(request: pytest.FixtureRequest) -> Iterator[OpenStore]:
    folder: Path = request.getfixturevalue("tmp_path")
    yield from _database(file_address(folder / "data" / "state.sqlite"))


def _postgres(request: pytest.FixtureRequest) -> Iterator[OpenStore]:
    server: PostgresServer = request.getfixturevalue("postgres")
    yield from _database(read_address(server.new_database()))


def _database(address: Any) -> Iterator[OpenStore]:
    opened = []

    def of(*, now: Callable[[], datetime] | None = None) -> Store:
        opened.append(DatabaseStore(address, now=now))
        return opened[-1]

    yield of
    for each in opened:
        each.close()


def _duckdb_texts(_request: pytest.FixtureRequest) -> Iterator[OpenStore]:
    warehouse = DuckWarehouse()
    yield lambda *, now=None: AppConfigsTable(warehouse, TABLE, now=now)
    warehouse.close()


def _databricks(request: pytest.FixtureRequest) -> Iterator[OpenStore]:
    databricks: Databricks = request.getfixturevalue("databricks")
    table = databricks.new_table()
    yield lambda *, now=None: AppConfigsTable(databricks.warehouse, table, now=now)


@pytest.fixture(params=EDITIONS)
def open_store(request: pytest.FixtureRequest) -> Iterator[OpenStore]:
    yield from {
        "sqlite": _sqlite,
        "postgres": _postgres,
        "duckdb texts": _duckdb_texts,
        "databricks": _databricks,
    }[request.param](request)


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    """Prepared and empty."""
    store = open_store()
    store.prepare()
    return store
