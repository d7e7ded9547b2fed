"""What only a table on Databricks can do to a setting: lost replies, twins, changes refused."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files

import pytest
import sqlglot
from loopback.faults import Fault

from dbspend360.errors import Conflict, LostReply, StoreError, Unreachable
from dbspend360.models.setting import Setting
from dbspend360.warehouse.app_configs import AppConfigsTable
from store.conftest import Databricks
from store.duck_warehouse import TABLE, DuckWarehouse, Trouble

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXTS = sorted(
    (files("dbspend360.warehouse") / "sql" / "app_configs").iterdir(), key=lambda each: each.name
)


@pytest.fixture(params=[True, False], ids=["counts rows", "tells nothing"])
def warehouse(request: pytest.FixtureRequest) -> Iterator[DuckWarehouse]:
    warehouse = DuckWarehouse(tells=request.param)
    yield warehouse
    warehouse.close()


@pytest.fixture
def table(warehouse: DuckWarehouse) -> AppConfigsTable:
    table = AppConfigsTable(warehouse, TABLE)
    table.prepare()
    warehouse.changes.clear()
    return table


@pytest.fixture
def first(table: AppConfigsTable, warehouse: DuckWarehouse) -> Setting:
    first = table.put("ada", "view", "1", seen=None)
    warehouse.changes.clear()
    return first


# A lost reply


def test_a_put_that_landed_though_its_reply_was_lost_is_known_to_have(
    table: AppConfigsTable, warehouse: DuckWarehouse, first: Setting
) -> None:
    warehouse.troubles = ["lost after"]
    put = table.put("ada", "view", "2", seen=first.updated_at)
    assert put == table.get("ada", "view")
    assert put.value == "2"
    assert warehouse.changes == ["app_configs/put"]


def test_a_put_that_may_still_land_is_never_sent_again(
    table: AppConfigsTable, warehouse: DuckWarehouse, first: Setting
) -> None:
    for seen, key in ((first.updated_at, "view"), (None, "other")):
        warehouse.troubles, warehouse.changes = ["lost before"], []
        with pytest.raises(LostReply, match="may or may not"):
            table.put("ada", key, "2", seen=seen)
        assert warehouse.changes == ["app_configs/put"]
    assert table.of_user("ada") == [first]


def test_a_lost_reply_and_a_change_of_somebody_else_is_a_mystery(
    table: AppConfigsTable, warehouse: DuckWarehouse, first: Setting
) -> None:
    other = AppConfigsTable(warehouse, TABLE)
    warehouse.troubles = ["lost before"]
    warehouse.meanwhile = lambda: warehouse.execute(
        f"UPDATE {TABLE} SET config_value = 'theirs', updated_at = updated_at + INTERVAL 1 SECOND"
    )
    with pytest.raises(LostReply, match="may or may not"):
        table.put("ada", "view", "2", seen=first.updated_at)
    kept = other.get("ada", "view")
    assert kept
    assert kept.value == "theirs"


def test_a_delete_whose_reply_was_lost(
    table: AppConfigsTable, warehouse: DuckWarehouse, first: Setting
) -> None:
    warehouse.troubles = ["lost before"]
    with pytest.raises(LostReply, match="may or may not"):
        table.delete("ada", "view", seen=first.updated_at)
    assert table.get("ada", "view") == first
    warehouse.troubles = ["lost after"]
    table.delete("ada", "view", seen=first.updated_at)
    assert table.get("ada", "view") is None


def test_when_nobody_can_look_it_may_or_may_not_be_saved(
    table: AppConfigsTable, warehouse: DuckWarehouse, first: Setting
) -> None:
    warehouse.troubles = ["mute"]
    with pytest.raises(LostReply, match="may or may not"):
        table.put("ada", "view", "2", seen=first.updated_at)
    assert warehouse.changes == ["app_configs/put"]


def test_a_change_that_was_never_sent_is_no_mystery(
    table: AppConfigsTable, warehouse: DuckWarehouse, first: Setting
) -> None:
    warehouse.troubles = ["not sent", "not sent"]
    with pytest.raises(Unreachable):
        table.put("ada", "view", "2", seen=first.updated_at)
    with pytest.raises(Unreachable):
        table.delete("ada", "view", seen=first.updated_at)
    assert table.get("ada", "view") == first


@pytest.mark.parametrize(("what", "landed"), [("lose reply", True), ("drop", False)])
def test_a_lost_reply_on_the_real_line(databricks: Databricks, what: str, landed: bool) -> None:
    table = AppConfigsTable(databricks.warehouse, databricks.new_table())
    table.prepare()
    faults = databricks.loopback.faults
    faults.add(Fault(what, rpc="ExecuteStatement"))  # type: ignore[arg-type]
    if landed:
        assert table.put("ada", "view", "1", seen=None) == table.get("ada", "view")
    else:
        with pytest.raises(LostReply, match="may or may not"):
            table.put("ada", "view", "1", seen=None)
        assert table.get("ada", "view") is None


# Somebody else, between our change and our look


def test_a_put_that_was_changed_at_once_was_no_conflict() -> None:
    warehouse = DuckWarehouse()
    table, other = AppConfigsTable(warehouse, TABLE), AppConfigsTable(warehouse, TABLE)
    table.prepare()
    first = table.put("ada", "view", "1", seen=None)

    def change() -> None:
        seen = other.get("ada", "view")
        assert seen
        other.put("ada", "view", f"{seen.value}, then theirs", seen=seen.updated_at)

    warehouse.meanwhile = change
    mine = table.put("ada", "view", "mine", seen=first.updated_at)
    assert (mine.value, mine.created_at) == ("mine", first.created_at)
    kept = table.get("ada", "view")
    assert kept
    assert kept.value == "mine, then theirs"
    assert kept.updated_at > mine.updated_at
    warehouse.close()


def test_a_setting_made_again_at_once_was_deleted(
    table: AppConfigsTable, warehouse: DuckWarehouse, first: Setting
) -> None:
    other = AppConfigsTable(warehouse, TABLE)
    warehouse.meanwhile = lambda: other.put("ada", "view", "again", seen=None)
    table.delete("ada", "view", seen=first.updated_at)
    assert [each.value for each in table.of_user("ada")] == ["again"]


# Refused


def test_changes_of_other_settings_that_got_in_the_way_are_outlived(
    table: AppConfigsTable, warehouse: DuckWarehouse, first: Setting
) -> None:
    warehouse.troubles = ["outrun", "outrun"]
    put = table.put("ada", "view", "2", seen=first.updated_at)
    assert table.get("ada", "view") == put
    warehouse.troubles = ["outrun"]
    table.delete("ada", "view", seen=put.updated_at)
    assert table.get("ada", "view") is None


def test_always_outrun_is_a_conflict(
    table: AppConfigsTable, warehouse: DuckWarehouse, first: Setting
) -> None:
    change: list[Trouble] = ["outrun"] * 3
    warehouse.troubles = [*change, *change]
    with pytest.raises(Conflict):
        table.put("ada", "view", "2", seen=first.updated_at)
    with pytest.raises(Conflict):
        table.delete("ada", "view", seen=first.updated_at)
    assert len(warehouse.changes) == 6
    assert table.get("ada", "view") == first


def test_what_may_not_be_written_is_told_with_what_to_do(
    table: AppConfigsTable, warehouse: DuckWarehouse, first: Setting
) -> None:
    warehouse.troubles = ["denied", "denied"]
    with pytest.raises(StoreError, match="GRANT"):
        table.put("ada", "view", "2", seen=first.updated_at)
    with pytest.raises(StoreError, match="GRANT"):
        table.delete("ada", "view", seen=first.updated_at)
    assert len(warehouse.changes) == 2


def test_a_table_that_is_there_needs_no_right_to_make_one(
    table: AppConfigsTable, warehouse: DuckWarehouse
) -> None:
    warehouse.troubles = ["denied"]
    table.prepare()
    assert warehouse.changes == []


@pytest.mark.parametrize(("trouble", "told"), [("denied", "GRANT"), ("lost before", "may or may")])
def test_a_table_that_cannot_be_made_is_told(
    warehouse: DuckWarehouse, trouble: Trouble, told: str
) -> None:
    warehouse.troubles = [trouble]
    with pytest.raises((StoreError, LostReply), match=told):
        AppConfigsTable(warehouse, TABLE).prepare()


def test_a_table_that_was_made_though_the_reply_was_lost_is_there(
    warehouse: DuckWarehouse,
) -> None:
    warehouse.troubles = ["lost after"]
    table = AppConfigsTable(warehouse, TABLE)
    table.prepare()
    assert table.with_key("") == []


def test_a_table_that_vanished_is_told(table: AppConfigsTable, warehouse: DuckWarehouse) -> None:
    warehouse.execute(f"DROP TABLE {TABLE}")
    with pytest.raises(StoreError, match="dbspend360 init"):
        table.put("ada", "view", "1", seen=None)


# Rows twice


def test_of_several_rows_of_a_key_the_newest_counts(
    table: AppConfigsTable, warehouse: DuckWarehouse, first: Setting
) -> None:
    warehouse.execute(
        f"INSERT INTO {TABLE} SELECT config_key, 'newest', user_id, created_at, "
        f"updated_at + INTERVAL 1 SECOND FROM {TABLE} UNION ALL SELECT config_key, 'oldest', "
        f"user_id, created_at, updated_at - INTERVAL 1 SECOND FROM {TABLE}"
    )
    [newest] = table.of_user("ada")
    assert newest.value == "newest"
    assert table.with_key("v") == [newest]
    assert table.get("ada", "view") == newest
    with pytest.raises(Conflict):
        table.put("ada", "view", "2", seen=first.updated_at)
    with pytest.raises(Conflict):
        table.delete("ada", "view", seen=first.updated_at)
    with pytest.raises(Conflict):
        table.put("ada", "view", "2", seen=None)
    changed = table.put("ada", "view", "2", seen=newest.updated_at)
    assert table.get("ada", "view") == changed
    table.delete("ada", "view", seen=changed.updated_at)
    assert table.of_user("ada") == []
    assert warehouse.execute(f"SELECT * FROM {TABLE}") == []


# The texts


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_every_text_is_databricks_sql_and_says_what_it_does(file: object) -> None:
    text = file.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert re.match(r"-- [A-Z].{10,}\n", text)
    assert text.endswith("\n")
    [statement] = sqlglot.parse(text, dialect="databricks")
    assert statement
    tables = {each.name for each in statement.find_all(sqlglot.exp.Table)}
    assert tables == {"app_configs"}
    assert '"' not in text


def test_a_user_or_value_is_never_part_of_the_text(databricks: Databricks) -> None:
    table = AppConfigsTable(databricks.warehouse, databricks.new_table())
    table.prepare()
    before = len(databricks.loopback.service.statements)
    put = table.put("o'neil-secret", "k-secret", "v-secret", seen=None)
    table.of_user("o'neil-secret")
    table.with_key("k-secret")
    table.delete("o'neil-secret", "k-secret", seen=put.updated_at)
    sent = databricks.loopback.service.statements[before:]
    assert len(sent) >= 6
    assert not any("secret" in each.text for each in sent)
