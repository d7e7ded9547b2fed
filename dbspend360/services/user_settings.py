"""Which store keeps the settings of users."""

from collections.abc import Callable, Hashable

from dbspend360.settings import Settings
from dbspend360.store.base import Store
from dbspend360.store.database import DatabaseStore
from dbspend360.store.places import make_store
from dbspend360.warehouse.source import Source


def settings_store(settings: Settings, source: Source) -> Store:
    """The table on Databricks where the spends are read there, else a database.

    `DBSPEND360_STATE_URL` names a database in either case. Opens nothing yet.

    Raises:
        BadSettings: it names a place that cannot be.
    """
    if source.configs and not settings.state_url:
        return source.configs
    return make_store(settings.state_url, settings.data_dir)


def settings_mark(store: Store) -> Callable[[], Hashable | None] | None:
    """What says in a moment whether the store has changed; None where nothing does.

    It gives another word after each change, and None where only a look tells.
    """
    return store.mark if isinstance(store, DatabaseStore) and store.is_file else None
