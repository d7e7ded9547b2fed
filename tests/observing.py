"""Runs and days of jobs, each beside the median of the same job's earlier ones.

What the texts in `warehouse/sql` find, found in another way: by going through what each run cost on
each of its days.
"""

from bisect import bisect_left, insort
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import NamedTuple

from dbspend360.models.alert import Learning
from dbspend360.models.job_cost import ENOUGH_RUNS, ONE, Observation, Peak
from dbspend360.models.summary import ZERO

HISTORY = timedelta(days=30)  # before a run, in which its job's earlier runs are looked at
LONGEST = timedelta(days=14)  # a longer run is judged by its days only

_Usual = tuple[int, Decimal | None]  # how many earlier costs there are; their median if enough


class RunDay(NamedTuple):
    """What one run cost on one of its days, USD. Unknown EC2 counts as 0 and is counted."""

    usage_date: date
    workspace_id: str
    job_id: str
    run_id: str
    job_name: str
    ec2_cost: Decimal
    databricks_cost: Decimal
    late_ec2_records: int  # that ran on a cluster, and whose EC2 cost is not known

    @property
    def total_cost(self) -> Decimal:
        """EC2 and Databricks, as far as known."""
        return self.ec2_cost + self.databricks_cost


class _Cost(NamedTuple):
    """A run or a day before it is compared."""

    run_id: str | None
    first_date: date
    last_date: date
    runs: int
    total: Decimal
    databricks: Decimal
    is_complete: bool


def observe(run_days: Iterable[RunDay], first_date: date) -> list[Observation]:
    """The runs that ended, and the days, from `first_date` on, oldest first.

    A day is looked at where several runs share it: a single one says the same by itself.
    `run_days` must go back far enough for the longest run and its thirty days before.
    """
    jobs: dict[tuple[str, str], list[RunDay]] = defaultdict(list)
    for each in run_days:
        jobs[each.workspace_id, each.job_id].append(each)
    found = [
        seen
        for (workspace_id, job_id), days in jobs.items()
        for seen in _of_job(workspace_id, job_id, days, first_date)
    ]
    found.sort(key=lambda each: (each.last_date, each.workspace_id, each.job_id, each.key))
    return found


def peaks_of(observations: Iterable[Observation]) -> list[Peak]:
    """Each as if it were the dearest of its day."""
    return [
        Peak(
            each.workspace_id,
            each.job_id,
            each.last_date,
            each.cost,
            each.is_complete,
            each.normal,
        )
        for each in observations
    ]


def learning_of(observations: Iterable[Observation]) -> list[Learning]:
    """The jobs whose latest run had too few before it, by name."""
    runs = [each for each in observations if each.run_id is not None]
    latest = {(each.workspace_id, each.job_id): each for each in runs}
    found = [
        Learning(each.workspace_id, each.job_id, each.job_name, each.earlier)
        for each in latest.values()
        if each.normal is None
    ]
    return sorted(found, key=lambda each: (each.job_name, each.workspace_id, each.job_id))


def _of_job(
    workspace_id: str, job_id: str, days: Sequence[RunDay], first_date: date
) -> Iterator[Observation]:
    name = next((each.job_name for each in reversed(days) if each.job_name), "")
    for costs in (_runs(days), _days(days)):
        for cost, (earlier, normal), scale in _compared(costs, first_date):
            yield Observation(
                workspace_id=workspace_id,
                job_id=job_id,
                job_name=name,
                run_id=cost.run_id,
                first_date=cost.first_date,
                last_date=cost.last_date,
                runs=cost.runs,
                cost=cost.total,
                databricks_cost=cost.databricks,
                compared_cost=cost.total if cost.is_complete else cost.databricks,
                is_complete=cost.is_complete,
                earlier=earlier,
                normal=normal,
                scale=scale,
            )


def _runs(days: Iterable[RunDay]) -> list[_Cost]:
    parts: dict[str, list[RunDay]] = defaultdict(list)
    for each in days:
        parts[each.run_id].append(each)
    found = [_sum(own, run_id) for run_id, own in parts.items()]
    found = [each for each in found if each.last_date - each.first_date < LONGEST]
    return sorted(found, key=lambda each: (each.first_date, each.run_id))


def _days(days: Iterable[RunDay]) -> list[_Cost]:
    parts: dict[date, list[RunDay]] = defaultdict(list)
    for each in days:
        parts[each.usage_date].append(each)
    return [_sum(parts[day], None) for day in sorted(parts)]


def _sum(parts: Sequence[RunDay], run_id: str | None) -> _Cost:
    if len(parts) == 1:  # nearly all
        [only] = parts
        day, late = only.usage_date, only.late_ec2_records
        return _Cost(run_id, day, day, 1, only.total_cost, only.databricks_cost, not late)
    databricks = sum((each.databricks_cost for each in parts), ZERO)
    return _Cost(
        run_id=run_id,
        first_date=min(each.usage_date for each in parts),
        last_date=max(each.usage_date for each in parts),
        runs=len({each.run_id for each in parts}),
        total=databricks + sum((each.ec2_cost for each in parts), ZERO),
        databricks=databricks,
        is_complete=not any(each.late_ec2_records for each in parts),
    )


def _compared(costs: Sequence[_Cost], first_date: date) -> Iterator[tuple[_Cost, _Usual, Decimal]]:
    """Each cost with what is usual, and what a dollar compared stands for."""
    totals, databricks = _Window(), _Window()
    waiting: list[_Cost] = []
    for cost in costs:
        if waiting and waiting[0].first_date < cost.first_date:  # those of one day are equals
            for before in waiting:
                databricks.add(before.first_date, before.databricks)
                if before.is_complete:
                    totals.add(before.first_date, before.total)
            waiting = []
        waiting.append(cost)
        if cost.last_date >= first_date and (cost.run_id or cost.runs > 1):
            since = cost.first_date - HISTORY
            if cost.is_complete:
                yield cost, totals.median(since=since), ONE
            else:
                usual = databricks.median(since=since)
                yield cost, usual, _scale(usual, totals.median(since=since))


def _scale(databricks: _Usual, total: _Usual) -> Decimal:
    """How much a job usually costs in all for each dollar of Databricks; never less than that."""
    if not databricks[1] or databricks[1] < 0 or total[1] is None:
        return ONE
    return max(total[1] / databricks[1], ONE)


class _Window:
    """The costs of the last days, kept in order: a median for each run would sort a million."""

    def __init__(self) -> None:
        self._oldest_first: deque[tuple[date, Decimal]] = deque()
        self._cheapest_first: list[Decimal] = []
        self._known: _Usual | None = None  # the same for all of a day

    def add(self, day: date, cost: Decimal) -> None:
        self._oldest_first.append((day, cost))
        insort(self._cheapest_first, cost)
        self._known = None

    def median(self, *, since: date) -> _Usual:
        while self._oldest_first and self._oldest_first[0][0] < since:
            _, cost = self._oldest_first.popleft()
            del self._cheapest_first[bisect_left(self._cheapest_first, cost)]
            self._known = None
        if self._known is None:
            count = len(self._cheapest_first)
            middle = self._cheapest_first[(count - 1) // 2 : count // 2 + 1]
            self._known = count, median(middle) if count >= ENOUGH_RUNS else None
        return self._known
