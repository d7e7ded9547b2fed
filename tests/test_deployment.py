"""The files that deploy it name settings, commands, extras and resources that there are."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from databricks.sdk.service.apps import App, AppResourceSqlWarehouseSqlWarehousePermission

from dbspend360.cli import main
from dbspend360.settings import Settings, variables

ROOT = Path(__file__).parent.parent
EVERY_VARIABLE = {each for name in Settings.model_fields for each in variables(name)}


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def app() -> dict[str, Any]:
    [found] = read("databricks.yml")["resources"]["apps"].values()
    return dict(found)


def test_databricks_apps_sets_what_there_is_to_set() -> None:
    names = [each["name"] for each in read("app.yaml")["env"]]
    assert set(names) <= EVERY_VARIABLE
    assert len(set(names)) == len(names)


def test_databricks_apps_starts_a_command_that_there_is() -> None:
    python, flag, module, command, *options = read("app.yaml")["command"]
    assert (python, flag, module) == ("python", "-m", "dbspend360.cli")
    known = {each for option in main.commands[command].params for each in option.opts}
    assert set(options) <= known


def test_each_value_from_a_resource_has_its_resource() -> None:
    wanted = {each["valueFrom"] for each in read("app.yaml")["env"] if "valueFrom" in each}
    assert wanted == {each["name"] for each in app()["resources"]}


def test_the_bundle_is_an_app_as_the_platform_knows_it() -> None:
    asked = {name: value for name, value in app().items() if name != "source_code_path"}
    known = App.from_dict(asked)
    assert known.as_dict() == asked  # whatever it does not know would be gone
    [warehouse] = [each.sql_warehouse for each in known.resources or []]
    assert warehouse
    assert warehouse.permission is AppResourceSqlWarehouseSqlWarehousePermission.CAN_USE
    assert warehouse.id == "${var.warehouse_id}"
    assert "warehouse_id" in read("databricks.yml")["variables"]


def test_the_port_of_the_platform_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABRICKS_APP_PORT", "8000")
    assert Settings().port == 8000
    monkeypatch.setenv("DBSPEND360_PORT", "9000")
    assert Settings().port == 9000


def extras() -> set[str]:
    found = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return set(found["project"]["optional-dependencies"])


@pytest.mark.parametrize("name", ["requirements.txt", "Dockerfile"])
def test_the_extras_that_are_installed_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    [wanted] = re.findall(r"\.\[([a-z,]+)\]", text)
    assert set(wanted.split(",")) <= extras()
    assert "constraints.txt" in text


def test_compose_sets_and_starts_what_there_is() -> None:
    services = read("compose.yaml")["services"]
    ours = {name: each for name, each in services.items() if each["image"] == "dbspend360"}
    assert set(ours) == {"web", "scheduler", "worker"}
    for each in ours.values():
        assert set(each["environment"]) <= EVERY_VARIABLE
        assert set(each.get("command", [])) <= set(main.commands)
        assert each["read_only"]
        assert each["cap_drop"] == ["ALL"]
        assert set(each["depends_on"]) == {"postgres", "redis"}
    assert services["web"]["deploy"]["replicas"] == 2


def test_the_image_sets_what_there_is_and_is_not_root() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert set(re.findall(r"DBSPEND360_[A-Z_]+", text)) <= EVERY_VARIABLE
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    assert f"EXPOSE {Settings.model_fields['port'].default}" in text


def test_what_the_image_is_made_of_is_not_ignored() -> None:
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    for each in " ".join(copied).split():
        assert f"!{each}" in kept
        assert (ROOT / each).exists()
