"""The tables that `dbspend360 init` makes, as statements to be read before they are sent."""

from dataclasses import replace

from dbspend360.settings import Settings
from dbspend360.warehouse.base import Question
from dbspend360.warehouse.databricks.endpoint import table_name
from dbspend360.warehouse.questions import question


def statements(settings: Settings, *, with_spends: bool, with_configs: bool) -> list[Question]:
    """One for each table; a table that is there already is left alone.

    Raises:
        BadSettings: a table's name cannot be.
    """
    configs = table_name(settings.configs_table, "DBSPEND360_CONFIGS_TABLE")
    spends = table_name(settings.spends_table, "DBSPEND360_SPENDS_TABLE")
    chosen = []
    if with_configs:
        chosen.append(_named("app_configs/prepare", "app_configs", configs))
    if with_spends:
        chosen.append(_named("setup/spends", "job_spends", spends))
    return chosen


def _named(name: str, placeholder: str, table: str) -> Question:
    asked = question(name)
    return replace(asked, text=asked.text.replace(placeholder, table), is_remembered=False)
