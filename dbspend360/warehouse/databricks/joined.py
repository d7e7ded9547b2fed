"""The Databricks warehouse, made from the settings. Opens no connection yet."""

from dbspend360.settings import Settings
from dbspend360.warehouse.app_configs import AppConfigsTable
from dbspend360.warehouse.databricks.connections import Connections, connector
from dbspend360.warehouse.databricks.endpoint import read_endpoint, table_name
from dbspend360.warehouse.databricks.login import read_login
from dbspend360.warehouse.databricks.warehouse import DatabricksWarehouse

_KNOCK_SECONDS = 4.0  # a knock must not hang while the warehouse comes back


def databricks_warehouse(settings: Settings) -> DatabricksWarehouse:
    """The SQL warehouse that the settings name.

    Raises:
        BadSettings: they name none, or one that cannot be.
    """
    endpoint = read_endpoint(settings)
    login = read_login(settings, endpoint)
    patient = settings.reply_seconds
    return DatabricksWarehouse(
        Connections(
            connector(settings, endpoint, login, reply_seconds=patient), most=settings.connections
        ),
        connector(settings, endpoint, login, reply_seconds=min(patient, _KNOCK_SECONDS)),
        table_name(settings.spends_table, "DBSPEND360_SPENDS_TABLE"),
        longest_wait=settings.question_seconds,
        with_tags=settings.query_tags,
        with_roll_ups=settings.rollups,
    )


def configs_table(settings: Settings, warehouse: DatabricksWarehouse) -> AppConfigsTable:
    """The table of users' settings on that warehouse.

    Raises:
        BadSettings: its name cannot be.
    """
    quoted = table_name(settings.configs_table, "DBSPEND360_CONFIGS_TABLE")
    return AppConfigsTable(warehouse, quoted)
