"""The table in Unity Catalog as it may look, and where the names of jobs come from."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from databricks_side import asking
from loopback.server import Loopback, loopback_warehouse

from dbspend360.models.view_query import read_view
from dbspend360.models.view_state import ViewState
from dbspend360.warehouse.databricks.warehouse import DatabricksWarehouse
from dbspend360.warehouse.spends import SpendRepository

DAY = date(2026, 11, 1)
RECORD = (
    "SELECT 'c' AS cluster_id, 1.5 AS {ec2}, '{job}' AS job_id, 'r' AS run_id, "
    "DATE '2026-11-01' AS usage_date, 2 AS databricks_cost"
)


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with loopback_warehouse() as warehouse:
        yield warehouse


def view() -> ViewState:
    return read_view("start_date=2026-11-01&end_date=2026-11-01", today=DAY, last_date=DAY)[0]


def names(warehouse: DatabricksWarehouse) -> dict[str, str]:
    found = SpendRepository(warehouse).top_jobs(view()).value
    return {f"{each.workspace_id}/{each.job_id}": each.job_name for each in found}


def rename(loopback: Loopback, *rows: str) -> None:
    loopback.engine.execute(f"INSERT INTO system_tables.lakeflow.jobs VALUES {', '.join(rows)}")


def test_a_job_has_its_latest_name_even_when_it_was_deleted(loopback: Loopback) -> None:
    jobs = " UNION ALL ".join(
        f"{RECORD.format(ec2='ec2_cost', job=job)}, 'w1' AS workspace_id" for job in "123"
    )
    loopback.engine.make_spends(extra=("workspace_id",), rows=jobs)
    rename(
        loopback,
        "('w1', '1', 'old', '2026-01-01', NULL)",
        "('w1', '1', 'new', '2026-02-01', NULL)",
        "('w2', '1', 'another job', '2026-03-01', NULL)",
        "('w1', '2', 'gone', '2026-01-01', '2026-02-01')",
    )
    with asking(loopback) as warehouse:
        assert names(warehouse) == {"w1/1": "new", "w1/2": "gone", "w1/3": ""}
        total = SpendRepository(warehouse).summary(view()).value.shown.total_spend
        assert total == Decimal("10.5")  # no join has multiplied a cost


def test_without_workspaces_a_name_that_could_be_two_is_none(loopback: Loopback) -> None:
    jobs = " UNION ALL ".join(RECORD.format(ec2="ec2_cost", job=job) for job in "12")
    loopback.engine.make_spends(extra=(), rows=jobs)
    rename(
        loopback,
        "('w1', '1', 'only one', '2026-01-01', NULL)",
        "('w1', '2', 'here', '2026-01-01', NULL)",
        "('w2', '2', 'there', '2026-01-01', NULL)",
    )
    with asking(loopback) as warehouse:
        assert names(warehouse) == {"/1": "only one", "/2": ""}


def test_a_missing_grant_costs_the_names_only_and_is_said_once(
    loopback: Loopback, caplog: pytest.LogCaptureFixture
) -> None:
    loopback.engine.make_spends(extra=(), rows=RECORD.format(ec2="ec2_cost", job="1"))
    rename(loopback, "('w1', '1', 'secret', '2026-01-01', NULL)")
    loopback.engine.deny("SELECT", "system.lakeflow.jobs")
    with asking(loopback) as warehouse:
        for _ in range(3):
            assert names(warehouse) == {"/1": ""}
        assert "Jobs are shown by their ids" in warehouse.spends.missing_names()
    said = [each for each in caplog.messages if "Jobs are shown by their ids" in each]
    assert len(said) == 1


def test_the_names_of_the_table_come_first(loopback: Loopback) -> None:
    row = f"{RECORD.format(ec2='ec2_cost', job='1')}, 'from the table' AS job_name"
    loopback.engine.make_spends(extra=("job_name",), rows=row)
    rename(loopback, "('', '1', 'from the catalog', '2026-01-01', NULL)")
    with asking(loopback) as warehouse:
        assert names(warehouse) == {"/1": "from the table"}
    assert not any("lakeflow" in each.text for each in loopback.service.statements)


def test_cloud_cost_is_the_ec2_cost_of_older_tables(loopback: Loopback) -> None:
    row = RECORD.format(ec2="cloud_cost", job="1")
    loopback.engine.make_spends(extra=(), ec2="cloud_cost", rows=row)
    with asking(loopback) as warehouse:
        shown = SpendRepository(warehouse).summary(view()).value.shown
        assert (shown.ec2_cost, shown.databricks_cost) == (Decimal("1.5"), Decimal(2))


def test_ids_may_be_numbers_and_days_may_be_moments(loopback: Loopback) -> None:
    loopback.engine.execute(
        "CREATE OR REPLACE TABLE pritam_demo.dbcost360.databricks_job_spends AS SELECT "
        "NULL::VARCHAR AS cluster_id, 1.5::DOUBLE AS ec2_cost, 7::BIGINT AS job_id, "
        "8::BIGINT AS run_id, TIMESTAMPTZ '2026-11-01 00:00:00+00' AS usage_date, "
        "2::DECIMAL(38, 6) AS databricks_cost, 'n' AS job_name"
    )
    with asking(loopback) as warehouse:
        assert names(warehouse) == {"/7": "n"}


def test_the_columns_are_looked_up_once(loopback: Loopback) -> None:
    with asking(loopback) as warehouse:
        for _ in range(3):
            names(warehouse)
    looked = [each for each in loopback.service.statements if "LIMIT 0" in each.text]
    assert len(looked) == 1
