"""`dbspend360 user …`, as an operator types it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dbspend360.cli import main
from dbspend360.models.person import Role
from dbspend360.services.people import People
from dbspend360.store.places import make_store

PASSWORD = "correct horse battery"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DBSPEND360_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def said(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, ["user", *words], input=typed)


def test_somebody_is_added_changed_and_removed(folder: Path) -> None:
    assert "Nobody yet" in said("list").output
    added = said("add", "Dana@example.com", "--role", "editor", "--password-stdin", typed=PASSWORD)
    assert (added.exit_code, added.output) == (0, "dana@example.com may sign in as editor.\n")
    people = People(folder / "users.json")
    assert people.check("dana@example.com", PASSWORD)
    assert said("role", "dana@example.com", "admin").exit_code == 0
    assert said("list").output == "admin   dana@example.com\n"
    another = "another horse battery\n"
    assert said("password", "dana@example.com", "--password-stdin", typed=another).exit_code == 0
    assert people.check("dana@example.com", "another horse battery")
    assert said("remove", "DANA@example.com").exit_code == 0
    assert people.all() == []


@pytest.mark.parametrize(
    ("words", "typed", "why"),
    [
        (["add", "dana", "--password-stdin"], "short", "12 letters or more"),
        (["add", "a,b", "--password-stdin"], PASSWORD, "A name has"),
        (["add", "dana", "--role", "god", "--password-stdin"], PASSWORD, "'god' is not one of"),
        (["add", "dana"], PASSWORD, "use --password-stdin"),
        (["role", "vic", "admin"], None, "nobody called vic"),
        (["remove", "vic"], None, "nobody called vic"),
        (["adopt", "a,b"], None, "Nobody can be called so"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    folder: Path, words: list[str], typed: str | None, why: str
) -> None:
    found = said(*words, typed=typed)
    assert found.exit_code != 0
    assert why in found.output
    assert "Traceback" not in found.output
    assert People(folder / "users.json").all() == []


def test_what_was_everybodys_is_adopted(folder: Path) -> None:
    store = make_store("", folder)
    store.prepare()
    store.put("", "alerts/config", "{}", seen=None)
    assert "1 setting" in said("adopt", "dana").output
    assert [each.key for each in store.of_user("dana")] == ["alerts/config"]


def test_nobody_is_lost_when_the_command_fails(folder: Path) -> None:
    People(folder / "users.json").add("dana", Role.ADMIN, PASSWORD)
    assert said("add", "dana", "--password-stdin", typed=PASSWORD).exit_code == 1
    assert said("list").output == "admin   dana\n"
