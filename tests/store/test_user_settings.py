"""The store that the settings name, from the whole source."""

from pathlib import Path

import pytest
from databricks_side import settings_of
from loopback.server import loopback_warehouse

from dbspend360.errors import BadSettings
from dbspend360.services.user_settings import settings_store
from dbspend360.settings import Settings
from dbspend360.store.base import Store
from dbspend360.store.database import DatabaseStore
from dbspend360.warehouse.app_configs import AppConfigsTable
from dbspend360.warehouse.source import make_source


def kept(store: Store) -> str | None:
    store.prepare()
    store.put("ada", "view", "1", seen=None)
    found = store.get("ada", "view")
    return found.value if found else None


def test_embedded_it_is_a_file_in_the_data_folder(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    store = settings_store(settings, make_source(settings))
    assert isinstance(store, DatabaseStore)
    assert kept(store) == "1"
    store.close()
    assert (tmp_path / "state.sqlite").exists()


def test_on_databricks_it_is_the_table_there(tmp_path: Path) -> None:
    with loopback_warehouse() as loopback:
        settings = settings_of(loopback, data_dir=tmp_path, configs_table="pritam_demo.dbcost360.x")
        source = make_source(settings)
        store = settings_store(settings, source)
        assert isinstance(store, AppConfigsTable)
        assert kept(store) == "1"
        source.close()
        rows = loopback.engine.execute("SELECT user_id FROM pritam_demo.dbcost360.x")
        assert rows == [("ada",)]


def test_on_databricks_another_database_may_be_named(tmp_path: Path) -> None:
    with loopback_warehouse() as loopback:
        address = f"sqlite:///{tmp_path}/mine.sqlite"
        settings = settings_of(loopback, data_dir=tmp_path, state_url=address)
        store = settings_store(settings, make_source(settings))
        assert isinstance(store, DatabaseStore)
        assert kept(store) == "1"
        store.close()
        assert loopback.service.statements == []


def test_a_table_that_cannot_be_is_said_before_anything_is_opened(tmp_path: Path) -> None:
    with loopback_warehouse() as loopback:
        settings = settings_of(loopback, data_dir=tmp_path, configs_table="app_configs")
        with pytest.raises(BadSettings, match="DBSPEND360_CONFIGS_TABLE"):
            make_source(settings)
