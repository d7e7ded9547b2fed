"""What comes over the wire: every type, nulls, no row, and more rows than one reply holds."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from databricks_side import asking
from loopback.server import Loopback, loopback_warehouse

from dbspend360.warehouse.base import Question, Rows, Value
from dbspend360.warehouse.databricks.warehouse import DatabricksWarehouse

BY_JOB = Question("by_job", "SELECT job_id FROM spends ORDER BY job_id")


@pytest.fixture(scope="module")
def loopback() -> Iterator[Loopback]:
    with loopback_warehouse() as warehouse:
        yield warehouse


@pytest.fixture(scope="module")
def warehouse(loopback: Loopback) -> Iterator[DatabricksWarehouse]:
    with asking(loopback) as warehouse:
        yield warehouse


def asked(warehouse: DatabricksWarehouse, text: str, **values: Value) -> Rows:
    return warehouse.query(Question("rows", text), values).value


@pytest.mark.parametrize("rows", [0, 1, 20_000, 20_001, 100_000])
def test_every_row_arrives_once_and_in_order(
    loopback: Loopback, warehouse: DatabricksWarehouse, rows: int
) -> None:
    loopback.engine.make_spends(
        extra=(),
        rows="SELECT lpad(i::VARCHAR, 6, '0') AS job_id, DATE '2026-11-01' AS usage_date "
        f"FROM range({rows}) AS t(i)",
    )
    fetches = loopback.service.requests["FetchResults"]
    found = [row["job_id"] for row in warehouse.query(BY_JOB, {}).value]
    assert found == [f"{number:06}" for number in range(rows)]
    fetched = loopback.service.requests["FetchResults"] - fetches
    assert fetched == max(0, -(-rows // 20_000) - 1)  # the first page comes with the statement


VALUES: dict[str, Value] = {
    "STRING": "Ünï 日本 \N{MONEY BAG} ' \" \\ ; --",
    "BIGINT": 2**62,
    "DOUBLE": 0.1,
    "BOOLEAN": True,
    "DATE": date(1900, 1, 1),
    "DECIMAL(38, 6)": Decimal("99999999999999999999999999999999.999999"),
    "TIMESTAMP": datetime(2026, 11, 1, 12, 30, 15, 123456, tzinfo=UTC),
}


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_of_every_type_comes_back_as_it_went_in(
    warehouse: DatabricksWarehouse, kind: str
) -> None:
    text = f"SELECT CAST(:value AS {kind}) AS value, CAST(NULL AS {kind}) AS nothing"
    [row] = asked(warehouse, text, value=VALUES[kind])
    assert row == {"value": VALUES[kind], "nothing": None}
    assert type(row["value"]) is type(VALUES[kind])


@pytest.mark.parametrize(
    "number",
    ["1E-7", "0", "-0.000001", "1E+20", "123456789.123456", "0.1", "-99999999999999999999.5"],
)
def test_a_decimal_is_bound_with_all_its_digits(
    warehouse: DatabricksWarehouse, number: str
) -> None:
    value = Decimal(number)
    [row] = asked(warehouse, "SELECT CAST(:value AS DECIMAL(38, 9)) AS value", value=value)
    assert row["value"] == value


@pytest.mark.parametrize("number", [2**31, -(2**31) - 1, 2**63 - 1, 2**63, -(2**64)])
def test_a_whole_number_of_any_size_is_bound(warehouse: DatabricksWarehouse, number: int) -> None:
    [row] = asked(warehouse, "SELECT CAST(:value AS DECIMAL(38, 0)) AS value", value=number)
    assert row["value"] == number


def test_nothing_is_a_value_too(warehouse: DatabricksWarehouse) -> None:
    [row] = asked(warehouse, "SELECT CAST(:value AS STRING) AS value", value=None)
    assert row["value"] is None
