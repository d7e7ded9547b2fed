"""Which store keeps the settings of users."""

from dbspend360.settings import Settings
from dbspend360.store.base import Store
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
