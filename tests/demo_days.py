"""What the runs of the demo company cost, and what was known of that on each day."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal

import duckdb
import pyarrow as pa
from observing import RunDay

from dbspend360.models.answer import Answer
from dbspend360.models.summary import ZERO
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse
from dbspend360.warehouse.demo import COLUMNS, LATE_EC2, demo_records
from dbspend360.warehouse.embedded_stream import dicts
from dbspend360.warehouse.questions import bound
from dbspend360.warehouse.schema import SPENDS_TABLE


def demo_run_days(last_day: date) -> list[RunDay]:
    """As the warehouse would say it, oldest first; a file and a database would take seconds."""
    runs: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
    for values in demo_records(last_day=last_day):
        row = dict(zip(COLUMNS, values, strict=True))
        runs[row["usage_date"], row["workspace_id"], row["job_id"], row["run_id"]].append(row)
    return [_run_day(runs[key]) for key in sorted(runs)]


def _run_day(rows: list[dict[str, str]]) -> RunDay:
    first = rows[0]
    return RunDay(
        usage_date=date.fromisoformat(first["usage_date"]),
        workspace_id=first["workspace_id"],
        job_id=first["job_id"],
        run_id=first["run_id"],
        job_name=first["job_name"],
        ec2_cost=sum((Decimal(row["ec2_cost"] or 0) for row in rows), ZERO),
        databricks_cost=sum((Decimal(row["databricks_cost"]) for row in rows), ZERO),
        late_ec2_records=sum(not row["ec2_cost"] and bool(row["cluster_id"]) for row in rows),
    )


class AsItStood(Warehouse):
    """The data as it stood in the evening of `day`: nothing newer, and EC2 costs still to come.

    As many are missing as the demo misses of its newest days; what has come once stays.
    """

    def __init__(self, last_day: date) -> None:
        """The company whose records end on `last_day`."""
        self._db = duckdb.connect(config={"threads": 2})
        self._db.execute(f"CREATE SCHEMA whole; {SPENDS_TABLE.replace('spends', 'whole.spends')}")
        columns = zip(*demo_records(last_day=last_day), strict=True)
        records = pa.table(dict(zip(COLUMNS, map(list, columns), strict=True)))
        self._db.register("records", records)
        names = ", ".join(f"nullif({each}, '') AS {each}" for each in COLUMNS)
        self._db.execute(f"INSERT INTO whole.spends BY NAME SELECT {names} FROM records")
        self._day = last_day

    @property
    def day(self) -> date:
        return self._day

    @day.setter
    def day(self, day: date) -> None:
        chance = "hash(usage_date, run_id) % 1000003 / 1000003.0"
        ages = " ".join(f"WHEN {age} THEN {share}" for age, share in LATE_EC2.items())
        known = f"{chance} >= CASE DATE '{day}' - usage_date {ages} ELSE 0 END"
        ec2_cost = f"CASE WHEN {known} THEN ec2_cost END AS ec2_cost"
        self._db.execute(
            f"CREATE OR REPLACE VIEW spends AS SELECT * REPLACE ({ec2_cost}) "
            f"FROM whole.spends WHERE usage_date <= DATE '{day}'"
        )
        self._day = day

    @property
    def evening(self) -> datetime:
        return datetime.combine(self.day, time(22), UTC)

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        with self._db.cursor() as cursor:
            cursor.execute(*bound(question.text, values))
            return Answer(dicts(cursor, cursor.fetchall()), self.evening, cached=False)

    def close(self) -> None:
        self._db.close()
