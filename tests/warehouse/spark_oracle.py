"""The same texts on local Spark, by its ANSI rules: the oracle for the dialect.

Not part of the normal run, for Spark is 450 MB: `make oracle` installs and asks it.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
import pytest
from pyspark.sql import SparkSession
from shared_figures import CASES, SHARED_TODAY, Figures

from dbspend360.models.answer import Answer
from dbspend360.models.columns import COLUMNS, Grouping
from dbspend360.models.view_query import read_view
from dbspend360.models.view_state import Sort, ViewState
from dbspend360.warehouse import versions
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse
from dbspend360.warehouse.databricks.spends_table import relation_of
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.questions import bound, with_relation
from dbspend360.warehouse.spends import SpendRepository

COLUMNS_OF_TABLE = {
    "cluster_id": "string",
    "ec2_cost": "double",
    "job_id": "string",
    "run_id": "string",
    "usage_date": "date",
    "databricks_cost": "decimal",
    "workspace_id": "string",
    "job_name": "string",
    "run_as": "string",
    "result_state": "string",
    "team": "string",
}


class SparkWarehouse(Warehouse):
    """Spark behind the one seam."""

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark
        self._relation = relation_of("job_spends", COLUMNS_OF_TABLE)

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        text, ordered = bound(with_relation("spends", self._relation, question.text), values)
        found = self._spark.sql(text, args=list(ordered))
        rows = [row.asDict() for row in found.collect()]
        return Answer(rows, datetime.now(UTC), cached=False)


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    settings = {
        "spark.sql.ansi.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def oracle(spark: SparkSession, shared_folder: Path, tmp_path_factory: Any) -> SpendRepository:
    version = versions.current(shared_folder)
    assert version
    file = tmp_path_factory.mktemp("spark") / "spends.parquet"
    names = ", ".join(COLUMNS_OF_TABLE)
    with duckdb.connect(str(version.path), read_only=True) as db:
        chosen = names.replace("ec2_cost", "CAST(ec2_cost AS DOUBLE) AS ec2_cost")
        db.execute(f"COPY (SELECT {chosen} FROM spends) TO '{file}'")
    spark.read.parquet(str(file)).createOrReplaceTempView("job_spends")
    return SpendRepository(SparkWarehouse(spark))


@pytest.fixture(scope="module")
def embedded(shared_folder: Path) -> SpendRepository:
    return SpendRepository(EmbeddedWarehouse(shared_folder))


def view_of(query: str) -> ViewState:
    view, problems = read_view(query, today=SHARED_TODAY, last_date=date(2026, 11, 20))
    assert not problems
    return view


@pytest.mark.parametrize("figures", CASES.values(), ids=CASES)
def test_the_page_is_the_same_on_spark(
    oracle: SpendRepository, embedded: SpendRepository, figures: Figures
) -> None:
    view = view_of(figures.query)
    assert oracle.summary(view).value == embedded.summary(view).value
    assert oracle.daily(view).value == embedded.daily(view).value
    assert oracle.top_jobs(view).value == embedded.top_jobs(view).value
    assert oracle.nearest_dates(view).value == embedded.nearest_dates(view).value
    assert oracle.bounds().value == embedded.bounds().value


@pytest.mark.parametrize("grouping", Grouping)
def test_every_order_is_the_same_on_spark(
    oracle: SpendRepository, embedded: SpendRepository, grouping: Grouping
) -> None:
    for column in COLUMNS[grouping]:
        for descending in (True, False):
            sort = Sort(column=column.name, descending=descending)
            view = view_of(f"preset=last_7_days&group_by={grouping.value}")
            view = view.with_changes(sort=sort)
            one = oracle.table_page(view, skip=0, most=200).value
            assert one == embedded.table_page(view, skip=0, most=200).value, column.name
    assert oracle.table_totals(view).value == embedded.table_totals(view).value


@pytest.mark.parametrize(
    "where",
    [
        "total_cost.greaterThan.100",
        "total_cost.inRange.10..20.5",
        "records.greaterThanOrEqual.2",
        "job_name.contains.ORDERS",
        "job_name.notContains.a",
        "job_name.startsWith.n",
        "job_name.endsWith.日次",
        "job_name.equals.o'brien's job; DROP TABLE jobs--",
        "job_name.notBlank.",
        "ec2_cost.blank.",
        "last_date.inRange.2026-11-01..2026-11-10",
    ],
)
def test_every_condition_is_the_same_on_spark(
    oracle: SpendRepository, embedded: SpendRepository, where: str
) -> None:
    view = view_of(urlencode({"preset": "last_30_days", "where": where}))
    page = oracle.table_page(view, skip=0, most=200).value
    assert page == embedded.table_page(view, skip=0, most=200).value
    assert oracle.table_totals(view).value == embedded.table_totals(view).value


def test_a_run_and_its_history_are_the_same_on_spark(
    oracle: SpendRepository, embedded: SpendRepository
) -> None:
    key = CASES["all"].highest_run
    assert key
    run = oracle.run(key).value
    assert run == embedded.run(key).value
    assert oracle.job_history(run).value == embedded.job_history(run).value


def test_what_alerts_are_judged_by_is_the_same_on_spark(
    oracle: SpendRepository, embedded: SpendRepository
) -> None:
    days = (date(2026, 11, 1), date(2026, 11, 20))
    found = embedded.judged.most_striking(*days).value
    assert oracle.judged.most_striking(*days).value == found
    jobs = {(each.workspace_id, each.job_id) for each in found[:20]}
    peaks = embedded.judged.peaks(jobs, *days).value
    assert oracle.judged.peaks(jobs, *days).value == peaks
    learning = embedded.judged.learning(*days).value
    assert oracle.judged.learning(*days).value == learning
    assert oracle.judged.ended_dates(*days).value == embedded.judged.ended_dates(*days).value


def test_costs_that_no_table_should_have_are_survived(
    oracle: SpendRepository, spark: SparkSession
) -> None:
    odd = "('nan'), ('infinity'), ('1e12'), ('0.1'), ('1e30')"
    text = (
        "SELECT TRY_CAST(cost AS DECIMAL(28, 6)) AS cost FROM "
        f"(SELECT CAST(column1 AS DOUBLE) AS cost FROM VALUES {odd} AS (column1))"
    )
    costs = [row.cost for row in spark.sql(text).collect()]
    assert costs == [None, None, Decimal(10**12), Decimal("0.1"), None]


def test_the_names_of_jobs_are_the_latest_on_spark(spark: SparkSession) -> None:
    text = """
        SELECT workspace_id, MAX_BY(name, change_time) FILTER (WHERE name IS NOT NULL) AS name
        FROM VALUES ('w', 'old', 1), ('w', 'new', 2), ('w', NULL, 3)
             AS (workspace_id, name, change_time)
        GROUP BY workspace_id HAVING COUNT(DISTINCT workspace_id) = 1"""
    assert [row.name for row in spark.sql(text).collect()] == ["new"]
