from pathlib import Path
from typing import Any

import pytest
from page_driver import MakePage, Page, app_of
from shared_figures import SHARED_CSV, SHARED_TODAY
from spend_records import MakeSpend, Record, publish

from dbspend360.setting_files import FILE
from dbspend360.settings import Settings, variables
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.imports.importer import import_files
from dbspend360.warehouse.spends import SpendRepository


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        for variable in variables(name):
            monkeypatch.delenv(variable, raising=False)
            monkeypatch.delenv(variable + FILE, raising=False)


@pytest.fixture
def spend(tmp_path: Path) -> MakeSpend:
    """A repository of the records it is called with."""

    def of(*records: Record) -> SpendRepository:
        publish(tmp_path / "data", *records)
        return SpendRepository(EmbeddedWarehouse(tmp_path / "data"))

    return of


@pytest.fixture
def page(tmp_path: Path) -> MakePage:
    """The whole app over the records it is called with; other settings by name."""

    def of(*records: Record, **settings: Any) -> Page:
        publish(tmp_path / "data", *records)
        found = Page(app_of(tmp_path / "data", **settings))
        found.folder = tmp_path / "data"
        return found

    return of


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shared data, imported once."""
    folder = tmp_path_factory.mktemp("shared") / "data"
    import_files([SHARED_CSV], folder)
    return folder


@pytest.fixture(scope="session")
def shared_spend(shared_folder: Path) -> SpendRepository:
    return SpendRepository(EmbeddedWarehouse(shared_folder))


@pytest.fixture(scope="session")
def shared_page(shared_folder: Path) -> Page:
    return Page(app_of(shared_folder, today=SHARED_TODAY))
