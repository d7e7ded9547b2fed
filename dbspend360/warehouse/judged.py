"""What runs and days cost, each beside what is normal for its job: what alerts are judged by."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from dbspend360.errors import TooLarge
from dbspend360.models.alert import Learning
from dbspend360.models.answer import Answer
from dbspend360.models.job_cost import ENOUGH_RUNS, ONE, Observation, Peak
from dbspend360.models.run import Run
from dbspend360.warehouse.base import Row, Rows, Value, Warehouse
from dbspend360.warehouse.questions import question

HISTORY_DAYS = 30  # before a run, in which its job's earlier runs are looked at
LONGEST_RUN_DAYS = 14  # a longer one is judged by its days only

MOST_STRIKING = 5_000
MOST_CROSSING = 10_000  # ten megabytes of a process
MOST_PEAKS = 200_000
MOST_LEARNING = 10_000
_MOST_OF_RUN = 1_000
_MOST_DATES = 1_000
_LEAST_OF_ALL = Decimal(-(10**15))
_UNIT, _LINE = "\x1f", "\x1e"  # stand between ids and between jobs: no id holds them

Job = tuple[str, str]  # its workspace and its id


@dataclass(frozen=True)
class Floors:
    """What an observation reaches at least: the amount, or both others. None: no cost does."""

    amount: Decimal | None  # USD
    percentage: Decimal | None  # above its normal
    increase: Decimal = Decimal(0)  # USD, once EC2 is known
    job_name: str = ""  # a part of the name or the whole id; '' is every job


class JudgedCosts:
    """Runs and days that ended from a first to a last day, both included; costs are USD.

    Nothing here knows a person's thresholds, but for what may bound an answer.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def most_striking(self, first_date: date, last_date: date) -> Answer[list[Observation]]:
        """Those that cost most or rose most, `MOST_STRIKING` at most, the most striking first."""
        values = _floors(Floors(_LEAST_OF_ALL, None), MOST_STRIKING)
        return self._asked("striking", first_date, last_date, values).map(_observations)

    def reaching(
        self, floors: Floors, first_date: date, last_date: date
    ) -> Answer[list[Observation]]:
        """All that reach these floors, and maybe a few that just do not; the most striking first.

        Raises:
            TooLarge: they are more than `MOST_CROSSING`.
        """
        values = _floors(floors, MOST_CROSSING + 1)
        answer = self._asked("striking", first_date, last_date, values)
        if len(answer.value) > MOST_CROSSING:
            raise TooLarge(
                "striking",
                f"More than {MOST_CROSSING:,} runs and days from {first_date} to {last_date} "
                "cross these rules. Raise the thresholds, or set them for fewer jobs.",
            )
        return answer.map(_observations)

    def of_run(self, run: Run) -> Answer[list[Observation]]:
        """The run itself, unless it is too long, and the totals of its days, oldest first."""
        first, last = run.days
        job = (run.key.workspace_id, run.key.job_id)
        values: dict[str, Value] = {"run_id": run.key.run_id, "most": _MOST_OF_RUN}
        return self._asked("judged_run", first, last, values, job=job).map(_observations)

    def peaks(self, jobs: Collection[Job], first_date: date, last_date: date) -> Answer[list[Peak]]:
        """The dearest run and the dearest total of each day of these jobs, oldest first.

        Raises:
            TooLarge: they are more than `MOST_PEAKS`.
        """
        listed = _LINE.join(["", *sorted(_UNIT.join(each) for each in jobs), ""])
        values: dict[str, Value] = {"jobs": listed, "line": _LINE, "unit": _UNIT}
        values |= {"most": MOST_PEAKS + 1}
        answer = self._asked("job_peaks", first_date, last_date, values)
        if len(answer.value) > MOST_PEAKS:
            raise TooLarge(
                "job_peaks",
                f"The {len(jobs):,} jobs that cross these rules have too many days to look "
                "through. Raise the thresholds, or set them for fewer jobs.",
            )
        return answer.map(lambda rows: [_peak(row) for row in rows])

    def learning(self, first_date: date, last_date: date) -> Answer[list[Learning]]:
        """The jobs whose latest run had too few before it, by name; the first of many."""
        values: dict[str, Value] = {"enough": ENOUGH_RUNS, "most": MOST_LEARNING}
        answer = self._asked("learning_jobs", first_date, last_date, values)
        return answer.map(lambda rows: [Learning(**cast(dict[str, Any], row)) for row in rows])

    def ended_dates(self, first_date: date, last_date: date) -> Answer[list[date]]:
        """The days on which something ended, oldest first."""
        answer = self._asked("ended_dates", first_date, last_date, {"most": _MOST_DATES})
        return answer.map(lambda rows: [cast(date, row["last_date"]) for row in rows])

    def _asked(
        self,
        name: str,
        first_date: date,
        last_date: date,
        more: dict[str, Value],
        *,
        job: Job = ("", ""),
    ) -> Answer[Rows]:
        longest = timedelta(days=LONGEST_RUN_DAYS)
        values: dict[str, Value] = {"first_date": first_date, "last_date": last_date}
        # A run before or after is seen as too long where the ends would cut it.
        values["begin_date"] = first_date - timedelta(days=HISTORY_DAYS) - 2 * longest
        values["until_date"] = last_date + longest  # what goes on after the last day is whole, too
        values |= {"history": HISTORY_DAYS, "longest": LONGEST_RUN_DAYS}
        values |= {"workspace_id": job[0], "job_id": job[1], **more}
        return self._warehouse.query(question(name), values)


def _floors(floors: Floors, most: int) -> dict[str, Value]:
    return {
        "least_amount": floors.amount,
        "least_percentage": floors.percentage,
        "least_increase": floors.increase,
        "job_name": floors.job_name,
        "enough": ENOUGH_RUNS,
        "most": most,
    }


def _observations(rows: Rows) -> list[Observation]:
    return [_observation(cast(dict[str, Any], row)) for row in rows]


def _observation(row: dict[str, Any]) -> Observation:
    earlier, normal = _usual(row)
    is_complete = row["is_complete"]
    return Observation(
        workspace_id=row["workspace_id"],
        job_id=row["job_id"],
        job_name=row["job_name"],
        run_id=row["run_id"],
        first_date=row["first_date"],
        last_date=row["last_date"],
        runs=row["runs"],
        cost=row["cost"],
        databricks_cost=row["databricks_cost"],
        compared_cost=row["cost"] if is_complete else row["databricks_cost"],
        is_complete=is_complete,
        earlier=earlier,
        normal=normal,
        scale=ONE if is_complete else _scale(normal, _middle(row, "earlier", "cost")),
    )


def _peak(row: Row) -> Peak:
    found = cast(dict[str, Any], row)
    return Peak(
        workspace_id=found["workspace_id"],
        job_id=found["job_id"],
        last_date=found["last_date"],
        cost=found["cost"],
        is_complete=found["is_complete"],
        normal=_usual(found)[1],
    )


def _usual(row: dict[str, Any]) -> tuple[int, Decimal | None]:
    """How many earlier ones can be compared, and their median."""
    if row["is_complete"]:
        return row["earlier"], _middle(row, "earlier", "cost")
    return row["earlier_databricks"], _middle(row, "earlier_databricks", "databricks")


def _middle(row: dict[str, Any], count: str, cost: str) -> Decimal | None:
    """Between the two middle ones; None while there are too few."""
    if row[count] < ENOUGH_RUNS:
        return None
    return cast(Decimal, (row[f"low_{cost}"] + row[f"high_{cost}"]) / 2)


def _scale(databricks: Decimal | None, total: Decimal | None) -> Decimal:
    """How much a job usually costs in all for each dollar of Databricks; never less than that."""
    if databricks is None or databricks <= 0 or total is None:
        return ONE
    return max(total / databricks, ONE)
