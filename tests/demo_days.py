"""What the runs of the demo company cost, and what was known of that on each day."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from random import Random
from typing import cast

from dbspend360.models.answer import Answer
from dbspend360.models.job_cost import RunDay
from dbspend360.models.summary import ZERO
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse
from dbspend360.warehouse.demo import COLUMNS, LATE_EC2, demo_records


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

    def __init__(self, run_days: list[RunDay]) -> None:
        """`run_days`: oldest first."""
        chance = Random("when an EC2 cost comes")
        self._rows = [(each, chance.random()) for each in run_days]
        self._dates = [each.usage_date for each in run_days]
        self.day = self._dates[-1]

    @property
    def evening(self) -> datetime:
        return datetime.combine(self.day, time(22), UTC)

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        if question.name == "data_bounds":
            bounds = {"first_date": self._dates[0], "last_date": self.day, "records": 1}
            return Answer([cast(dict[str, Value], bounds)], self.evening, cached=False)
        assert question.name == "run_days"
        begin = bisect_left(self._dates, cast(date, values["first_date"]))
        end = bisect_right(self._dates, min(cast(date, values["last_date"]), self.day))
        known = [self._known(*each)._asdict() for each in self._rows[begin:end]]
        return Answer(known, self.evening, cached=False)

    def _known(self, row: RunDay, chance: float) -> RunDay:
        age = (self.day - row.usage_date).days
        if row.ec2_cost and chance < LATE_EC2.get(age, 0):
            return row._replace(ec2_cost=ZERO, late_ec2_records=1)
        return row
