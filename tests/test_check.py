"""`dbspend360 check` and `init` on a Databricks warehouse: what is wrong, and what mends it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from databricks_side import copy_of, environment_of
from loopback.server import PATH, Loopback, loopback_warehouse

from dbspend360.cli import main
from dbspend360.warehouse.databricks.grants import grants

TABLE = "pritam_demo.dbcost360.databricks_job_spends"
CONFIGS = "pritam_demo.dbcost360.app_configs"
Check = Callable[..., Result]


@pytest.fixture
def loopback(shared_folder: Path) -> Iterator[Loopback]:
    with loopback_warehouse() as warehouse:
        copy_of(warehouse, shared_folder)
        yield warehouse


@pytest.fixture
def check(loopback: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    def run(*words: str, **settings: str) -> Result:
        chosen = environment_of(loopback) | {"DBSPEND360_DATA_DIR": str(tmp_path)} | settings
        for name, value in chosen.items():
            monkeypatch.setenv(name, value)
        return CliRunner().invoke(main, [*words] or ["check"])

    return run


def test_all_is_said_and_in_order(check: Check, loopback: Loopback) -> None:
    assert check("init", "--yes").exit_code == 0
    result = check()
    assert result.exit_code == 0, result.output
    words = dict(line.split("  ", 1) for line in result.stdout.splitlines() if "  " in line)
    assert words["Warehouse"].strip() == f"Databricks, {loopback.base}{PATH}"
    assert words["Reached"].strip() == "the SQL warehouse Loopback, which is running"
    assert "10,460 records, 2026-08-23 to 2026-11-20" in words["Data"]
    assert words["Job names"].strip() == "from the table"
    assert words["User settings"].strip() == f"kept in {CONFIGS}, writable"
    assert result.stdout.endswith("Everything is in order.\n")
    assert loopback.token not in result.output
    assert loopback.open_sessions == 0


@pytest.mark.parametrize(
    ("privilege", "name", "grant"),
    [
        ("SELECT", TABLE, f"GRANT SELECT ON TABLE {TABLE} TO `duckdb`;"),
        ("USE CATALOG", "pritam_demo", "GRANT USE CATALOG ON CATALOG pritam_demo TO `duckdb`;"),
        (
            "USE SCHEMA",
            "pritam_demo.dbcost360",
            "GRANT USE SCHEMA ON SCHEMA pritam_demo.dbcost360 TO `duckdb`;",
        ),
    ],
)
def test_a_missing_grant_is_named(
    check: Check, loopback: Loopback, privilege: str, name: str, grant: str
) -> None:
    loopback.engine.deny(privilege, name)
    result = check(DBSPEND360_STATE_URL="sqlite:////nowhere/state.sqlite")
    assert result.exit_code == 1
    assert f"-> {grant}\n" in result.stdout
    assert "1 thing to mend" in result.stderr


def test_missing_names_are_no_reason_to_stop(check: Check, loopback: Loopback) -> None:
    loopback.engine.make_spends(
        extra=(), rows="SELECT 'j' AS job_id, DATE '2026-11-01' AS usage_date"
    )
    loopback.engine.deny("USE SCHEMA", "system.lakeflow")
    result = check()
    assert result.exit_code == 1
    assert "GRANT USE SCHEMA ON SCHEMA system.lakeflow TO `duckdb`;" in result.stdout
    assert "1 record, 2026-11-01 to 2026-11-01" in result.stdout


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"DATABRICKS_TOKEN": "wrong"}, "CAN USE on the SQL warehouse"),
        ({"DBSPEND360_SPENDS_TABLE": "pritam_demo.dbcost360.nothing"}, "DBSPEND360_SPENDS_TABLE"),
        ({"DBSPEND360_SPENDS_TABLE": "spends"}, "write it as catalog.schema.table"),
        ({"DATABRICKS_TOKEN": ""}, "Nobody is named to log in"),
        ({"DBSPEND360_SPENDS_TABLE": "system.lakeflow.jobs"}, "has no column cluster_id"),
    ],
)
def test_a_wrong_setting_is_named(check: Check, settings: dict[str, str], words: str) -> None:
    result = check(**settings)
    assert result.exit_code == 1
    assert words in result.output


def test_a_dead_warehouse_is_said(check: Check, loopback: Loopback) -> None:
    loopback.stop()
    result = check()
    assert result.exit_code == 1
    assert "nobody answers there" in result.stdout
    assert "DATABRICKS_HTTP_PATH" in result.stdout


def test_an_empty_table_is_said(check: Check, loopback: Loopback) -> None:
    loopback.engine.make_spends()
    result = check()
    assert "no record yet" in result.stdout
    assert result.exit_code == 1


def test_a_table_with_odd_names_is_granted_in_backticks() -> None:
    [catalog, schema, table] = grants("ada", "main.my-costs.`spends`").splitlines()
    assert catalog == "GRANT USE CATALOG ON CATALOG main TO `ada`;"
    assert schema == "GRANT USE SCHEMA ON SCHEMA main.`my-costs` TO `ada`;"
    assert table == "GRANT SELECT ON TABLE main.`my-costs`.spends TO `ada`;"


# Where the settings of users are kept


def test_without_the_table_of_settings_init_is_named(check: Check) -> None:
    result = check()
    assert result.exit_code == 1
    assert f"{CONFIGS}: not there" in result.stdout
    assert "-> Run `dbspend360 init`" in result.stdout


@pytest.mark.parametrize(("privilege", "grant"), [("SELECT", "SELECT"), ("MODIFY", "MODIFY")])
def test_settings_that_may_not_be_kept_are_granted(
    check: Check, loopback: Loopback, privilege: str, grant: str
) -> None:
    check("init", "--yes")
    loopback.engine.deny(privilege, CONFIGS)
    result = check()
    assert result.exit_code == 1
    assert f"-> GRANT SELECT, MODIFY ON TABLE {CONFIGS} TO `duckdb`;" in result.stdout


def test_a_table_that_is_no_table_of_settings_is_said(check: Check) -> None:
    result = check(DBSPEND360_CONFIGS_TABLE=TABLE)
    assert "it has no column config_key, config_value, user_id, created_at" in result.stdout
    assert "-> Set DBSPEND360_CONFIGS_TABLE to the right table." in result.stdout


def test_a_check_writes_no_setting(check: Check, loopback: Loopback) -> None:
    check("init", "--yes")
    check()
    assert loopback.engine.execute(f"SELECT COUNT(*) FROM {CONFIGS}") == [(0,)]


def test_settings_in_a_database_are_looked_at_too(check: Check, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/state.sqlite"
    assert "none yet" in check(DBSPEND360_STATE_URL=address).stdout
    assert not (tmp_path / "state.sqlite").exists()
    assert check("init", "--yes", DBSPEND360_STATE_URL=address).exit_code == 0
    result = check(DBSPEND360_STATE_URL=address)
    assert f"kept in {tmp_path}/state.sqlite, writable" in result.stdout
    assert result.exit_code == 0


def test_a_database_that_does_not_answer_is_said_without_its_password(check: Check) -> None:
    result = check(DBSPEND360_STATE_URL="postgresql://ada:s3cret@127.0.0.1:1/none")
    assert result.exit_code == 1
    assert "postgresql://ada:***@127.0.0.1:1/none: PostgreSQL" in result.stdout
    assert "s3cret" not in result.output


# init


def test_init_shows_the_sql_and_makes_the_tables_once(check: Check, loopback: Loopback) -> None:
    loopback.engine.execute(f"DROP TABLE {TABLE}")
    for _ in range(2):
        result = check("init", "--spends", "--yes")
        assert result.exit_code == 0, result.output
        assert (
            "CREATE TABLE IF NOT EXISTS `pritam_demo`.`dbcost360`.`app_configs` (" in result.stdout
        )
    names = loopback.engine.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'pritam_demo' ORDER BY ALL"
    )
    assert names == [("app_configs",), ("databricks_job_spends",)]


def test_init_sends_nothing_without_a_yes(check: Check, loopback: Loopback) -> None:
    result = check("init")
    assert result.exit_code == 1
    assert "CREATE TABLE" in result.stdout
    assert loopback.service.statements == []


def test_init_makes_the_embedded_file(check: Check, tmp_path: Path) -> None:
    result = check("init", DBSPEND360_WAREHOUSE="embedded")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "state.sqlite").exists()
    assert check("init", "--spends", DBSPEND360_WAREHOUSE="embedded").exit_code == 1


def test_init_says_which_grant_is_missing(check: Check, loopback: Loopback) -> None:
    loopback.engine.deny("MODIFY", "pritam_demo.dbcost360.app_configs")
    result = check("init", "--yes")
    assert result.exit_code == 1
    assert "does not let this app" in result.output
