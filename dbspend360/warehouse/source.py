"""Where the spends come from: the embedded warehouse or Databricks, with what stands in front."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from dbspend360.errors import WarehouseError
from dbspend360.settings import Settings
from dbspend360.warehouse.base import Warehouse
from dbspend360.warehouse.cache import CachedWarehouse
from dbspend360.warehouse.counted import CountedWarehouse
from dbspend360.warehouse.databricks.endpoint import is_chosen, read_endpoint
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.gate import GatedWarehouse
from dbspend360.warehouse.last_good import LastGoodWarehouse, RestingWarehouse
from dbspend360.warehouse.memory_places import make_memory
from dbspend360.warehouse.pairs import PairingWarehouse
from dbspend360.warehouse.patience import PatientWarehouse
from dbspend360.warehouse.together import TogetherWarehouse

if TYPE_CHECKING:
    from dbspend360.warehouse.app_configs import AppConfigsTable


@dataclass(frozen=True)
class Source:
    """A warehouse ready to be asked, and what the page says about it."""

    warehouse: Warehouse
    forget: Callable[[], None]  # every remembered answer
    is_demo: Callable[[], bool]
    remark: Callable[[], str]  # what is less than it could be, in a sentence; mostly empty
    close: Callable[[], None]
    state: Callable[[], str | None]  # another word for other data or after `forget`; see the cache
    require_memory: Callable[[], None]  # raises MemoryLost when nothing can be remembered
    at_rest: Warehouse | None = None  # only what it remembers, where asking wakes somebody
    workspace_url: str = ""  # where it links to when no setting says so
    configs: "AppConfigsTable | None" = None  # where it keeps the settings of users, if it does


def make_source(settings: Settings, warehouse: Warehouse | None = None) -> Source:
    """The source that the settings name, or the given warehouse behind a cache.

    Opens nothing yet.

    Raises:
        BadSettings: they name a warehouse that cannot be.
    """
    if warehouse:
        return _plain(settings, warehouse)
    return _databricks(settings) if is_chosen(settings) else _embedded(settings)


def _plain(settings: Settings, warehouse: Warehouse) -> Source:
    memory = make_memory(settings)
    cached = CachedWarehouse(warehouse, memory, seconds=settings.cache_seconds, version=lambda: "")
    return Source(
        CountedWarehouse(cached),
        cached.forget,
        lambda: False,
        lambda: "",
        lambda: None,
        cached.state,
        memory.require,
    )


def _embedded(settings: Settings) -> Source:
    embedded = EmbeddedWarehouse(settings.data_dir)
    memory = make_memory(settings)
    cached = CachedWarehouse(
        embedded,
        memory,
        seconds=settings.cache_seconds,
        version=lambda: _whole(embedded.source().path),
    )

    def is_demo() -> bool:
        try:
            return embedded.source().origin == "demo"
        except WarehouseError:
            return False

    counted = CountedWarehouse(cached)
    return Source(
        counted, cached.forget, is_demo, lambda: "", embedded.close, cached.state, memory.require
    )


@lru_cache(maxsize=8)
def _whole(path: Path) -> str:
    """Whoever names the folder in another way means the same data."""
    return str(path.resolve())


def _databricks(settings: Settings) -> Source:
    # Here, because the connector brings pandas and pyarrow: 80 MB that embedded has no use for.
    from dbspend360.warehouse.databricks.joined import configs_table, databricks_warehouse

    databricks = databricks_warehouse(settings)
    endpoint = read_endpoint(settings)
    place = f"{endpoint.base}{endpoint.http_path} {settings.spends_table}"
    memory = make_memory(settings)
    cached = CachedWarehouse(
        GatedWarehouse(databricks, databricks.knock),
        memory,
        seconds=settings.cache_seconds,
        version=lambda: place,
        stale_hours=settings.stale_hours,
    )
    patient = PatientWarehouse(PairingWarehouse(cached), seconds=settings.patience_seconds)

    def forget() -> None:
        cached.forget()
        databricks.forget()

    return Source(
        CountedWarehouse(TogetherWarehouse(LastGoodWarehouse(patient, cached))),
        forget,
        lambda: False,
        databricks.spends.missing_names,
        databricks.close,
        cached.state,
        memory.require,
        at_rest=RestingWarehouse(cached),
        workspace_url=endpoint.base,
        configs=configs_table(settings, databricks),
    )
