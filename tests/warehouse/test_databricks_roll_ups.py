"""Roll-ups on Databricks say what the table says to the last decimal, or are not read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from databricks_side import asking, copy_of, environment_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from loopback.engine import SPENDS
from loopback.server import Loopback, loopback_warehouse
from shared_figures import CASES
from spend_records import Record, record, view
from test_roll_ups import MIDDLE, QUESTIONS, InPairs, records, views
from test_same_answers import view_of

from dbspend360.cli import main
from dbspend360.models.view_state import ViewState
from dbspend360.warehouse.databricks.rolling import TABLES, statements
from dbspend360.warehouse.databricks.warehouse import DatabricksWarehouse
from dbspend360.warehouse.spends import SpendRepository
from dbspend360.warehouse.together import TogetherWarehouse

DAYS = "start_date=2026-11-01&end_date=2026-11-14"
Command = Callable[..., Result]


@pytest.fixture
def loopback(shared_folder: Path) -> Iterator[Loopback]:
    with loopback_warehouse() as warehouse:
        copy_of(warehouse, shared_folder)
        yield warehouse


@pytest.fixture
def init(loopback: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    def run(*words: str) -> Result:
        chosen = environment_of(loopback) | {
            "DBSPEND360_DATA_DIR": str(tmp_path),
            "DBSPEND360_STATE_URL": f"sqlite:///{tmp_path}/state.sqlite",
        }
        for name, value in chosen.items():
            monkeypatch.setenv(name, value)
        return CliRunner().invoke(main, ["init", "--rollups", *words])

    return run


def made(warehouse: DatabricksWarehouse) -> list[str]:
    wanted = statements(warehouse.spends, warehouse.read)
    for each in wanted:
        warehouse.change(each, {})
    return [each.name for each in wanted]


def hold(loopback: Loopback, found: list[Record]) -> None:
    """Make these records the table."""
    loopback.engine.make_spends()
    names = ", ".join(each.name for each in fields(Record))
    for each in found:
        values = ", ".join(_literal(value) for value in astuple(each))
        loopback.engine.execute(f"INSERT INTO {SPENDS} ({names}) VALUES ({values})")


def _literal(value: object) -> str:
    return "NULL" if value is None else "'{}'".format(str(value).replace("'", "''"))


@contextmanager
def readings(loopback: Loopback) -> Iterator[list[str]]:
    """Of each statement about spends sent inside: from roll-ups or from records."""
    found: list[str] = []
    begin = len(loopback.service.statements)
    yield found
    found.extend(
        "sums" if "_rolled_" in each.text else "records"
        for each in loopback.service.statements[begin:]
        if not any(word in each.tags for word in ("history", "stamp", "columns"))
    )


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(some.lists(records, max_size=25), some.lists(views(), min_size=2, max_size=4))
def test_every_answer_is_the_same_with_and_without_roll_ups(
    many: Loopback, found: list[Record], asked: list[ViewState]
) -> None:
    hold(many, found)
    with asking(many) as plain, asking(many, rollups=True) as rolled:
        made(plain)
        assert summary_from(many, rolled) == {"sums"}
        for each in asked:
            for name, ask in QUESTIONS.items():
                expected = ask(SpendRepository(plain), each)
                for way in (rolled, TogetherWarehouse(InPairs(rolled))):
                    assert ask(SpendRepository(way), each) == expected, (name, each)


@pytest.fixture(scope="module")
def many() -> Iterator[Loopback]:
    with loopback_warehouse() as warehouse:
        yield warehouse


def test_the_shared_figures_come_from_the_roll_ups(loopback: Loopback) -> None:
    with asking(loopback, rollups=True) as warehouse:
        assert made(warehouse) == [*(f"rolled/{name}" for name in TABLES), "rolled/stamp"]
        spend = SpendRepository(warehouse)
        with readings(loopback) as found:
            for figures in CASES.values():
                shown = spend.summary(view_of(figures.query)).value.shown
                assert (shown.ec2_cost, shown.databricks_cost) == (figures.ec2, figures.databricks)
                assert shown.total_records == figures.records
        assert set(found) == {"sums"}


def summary_from(loopback: Loopback, warehouse: DatabricksWarehouse) -> set[str]:
    with readings(loopback) as found:
        SpendRepository(warehouse).summary(view(MIDDLE))
    return set(found)


CHANGES = {
    "a new record": f"INSERT INTO {SPENDS} BY NAME SELECT * FROM {SPENDS} LIMIT 1",
    "another cost, as many records": f"UPDATE {SPENDS} SET ec2_cost = 1 WHERE run_id = '1'",
    "another column": f"ALTER TABLE {SPENDS} DROP team",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_the_table_ends_the_roll_ups_until_they_are_made_anew(
    loopback: Loopback, change: str
) -> None:
    hold(loopback, [record(), record("2026-03-03", "2")])
    with asking(loopback, rollups=True) as warehouse:
        made(warehouse)
        assert summary_from(loopback, warehouse) == {"sums"}
        loopback.engine.execute(change)
        warehouse.forget()
        warehouse.spends.forget()
        assert summary_from(loopback, warehouse) == {"records"}
        assert made(warehouse)
        assert made(warehouse) == []
        warehouse.forget()
        assert summary_from(loopback, warehouse) == {"sums"}


def test_tidying_the_table_changes_no_record(loopback: Loopback) -> None:
    with asking(loopback, rollups=True) as warehouse:
        made(warehouse)
        loopback.engine.history += ["OPTIMIZE", "VACUUM START", "VACUUM END"]
        assert summary_from(loopback, warehouse) == {"sums"}
        assert made(warehouse) == []


@pytest.mark.parametrize("name", ["days", "stamp"])
def test_roll_ups_that_are_gone_are_not_missed(loopback: Loopback, name: str) -> None:
    hold(loopback, [record(), record("2026-03-03", "2")])
    with asking(loopback, rollups=True) as warehouse:
        made(warehouse)
        version = "" if name == "stamp" else f"{len(loopback.engine.history) - 1}_"
        loopback.engine.execute(f"DROP TABLE {SPENDS}_rolled_{version}{name}")
        spend = SpendRepository(warehouse)
        assert spend.summary(view(MIDDLE)).value.shown.total_records == 1
        assert spend.bounds().value.records == 2


def test_a_history_that_may_not_be_seen_is_no_history(loopback: Loopback) -> None:
    with asking(loopback, rollups=True) as warehouse:
        made(warehouse)
        loopback.engine.history.clear()
        assert summary_from(loopback, warehouse) == {"records"}


def test_only_who_sets_it_looks_for_roll_ups(loopback: Loopback) -> None:
    with asking(loopback) as warehouse:
        made(warehouse)
        assert summary_from(loopback, warehouse) == {"records"}


def tables(loopback: Loopback) -> list[str]:
    rows = loopback.engine.execute(
        "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '%_rolled_%' ORDER BY ALL"
    )
    return [str(name) for [name] in rows]


def test_init_shows_makes_and_makes_again_only_what_is_old(
    loopback: Loopback, init: Command
) -> None:
    shown = init("--dry-run")
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.count("CREATE OR REPLACE TABLE") == len(TABLES) + 1
    assert "VERSION AS OF" in shown.stdout
    assert tables(loopback) == []
    assert init().exit_code == 1  # asked, and nobody said yes
    assert tables(loopback) == []
    result = init("--yes")
    assert result.exit_code == 0, result.output
    assert "DBSPEND360_ROLLUPS=true" in result.stdout
    first = tables(loopback)
    assert len(first) == len(TABLES) + 1
    assert "The roll-ups are of the table as it is." in init("--yes").stdout
    for generations in (2, 2):  # one may still be read; those before it go
        loopback.engine.execute(f"DELETE FROM {SPENDS} WHERE usage_date = DATE '2026-11-20'")
        assert init("--yes").exit_code == 0
        assert len(tables(loopback)) == generations * len(TABLES) + 1


def test_names_from_elsewhere_have_no_roll_ups(
    loopback: Loopback, init: Command, shared_folder: Path
) -> None:
    copy_of(loopback, shared_folder, extra=("workspace_id",))
    result: Any = init("--yes")
    assert result.exit_code == 1
    assert "has no column job_name" in result.output
    assert tables(loopback) == []
