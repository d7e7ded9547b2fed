"""Demo data: a believable company, the same every time for the same last day.

It is written to a CSV and imported like any other file, so it is checked like any other file.
"""

import csv
import tempfile
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random

from dbspend360.errors import DBSpendError
from dbspend360.warehouse.demo_company import RUNAWAY, Job, jobs
from dbspend360.warehouse.imports.folder import current_version, failures_as_sentences
from dbspend360.warehouse.imports.importer import import_files
from dbspend360.warehouse.imports.report import ImportReport, Progress

RECORDS = 32_000
DAYS = 190  # so that the last 90 days have 90 days before them

DOLLARS_A_MONTH = 215_000
DEAREST_AVERAGE = 60.0  # a run; fewer records than usual must not make each absurdly dear
GROWTH_A_MONTH = 1.05
WEEKEND = 0.55
CLIMB_DAYS = 14  # of the job that runs away
RUNAWAY_FACTOR = 9.0
LATE_EC2 = {0: 0.85, 1: 0.45}  # days before the last: share of EC2 costs still to come

COLUMNS = (
    "usage_date", "workspace_id", "job_id", "run_id", "cluster_id", "job_name",
    "ec2_cost", "databricks_cost", "run_as", "result_state", "team",
)  # fmt: skip
STATES = ("SUCCESS", "FAILED", "TIMEDOUT", "CANCELED")
STATE_WEIGHTS = (950, 34, 6, 10)
Record = tuple[str, ...]


def yesterday() -> date:
    """The last whole day, in UTC."""
    return datetime.now(UTC).date() - timedelta(days=1)


def runaway_day(last_day: date) -> date:
    """The day on which one job costs many times the usual."""
    return last_day - timedelta(days=4)


def make_demo(
    folder: Path,
    *,
    records: int = RECORDS,
    days: int = DAYS,
    last_day: date | None = None,
    replace: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Fill the data folder with demo data; imported data only makes room when `replace` is set."""
    old = current_version(folder)
    if old and old.origin == "import" and not replace:
        raise DBSpendError(
            f"{folder} holds imported data, which demo data would replace: "
            "add --replace if you no longer want it, or choose another DBSPEND360_DATA_DIR."
        )
    with tempfile.TemporaryDirectory(prefix="dbspend360-") as temporary:
        path = Path(temporary) / "demo.csv"
        with failures_as_sentences(path.parent), path.open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(COLUMNS)
            writer.writerows(demo_records(records=records, days=days, last_day=last_day))
        return import_files([path], folder, origin="demo", progress=progress)


def demo_records(
    *, records: int = RECORDS, days: int = DAYS, last_day: date | None = None
) -> Iterator[Record]:
    """Exactly so many records, day by day up to `last_day` (yesterday when None)."""
    last_day = last_day or yesterday()
    rng = Random(f"{records} records over {days} days until {last_day}")  # noqa: S311
    price = min(DOLLARS_A_MONTH * days / 30 / records, DEAREST_AVERAGE) / _average_cost()
    carried: list[Record] = []
    for day in [_Day(rng, last_day, age, price) for age in range(days - 1, -1, -1)]:
        room = day.room(records, days)
        written, carried = carried[:room], carried[room:]
        fresh, over = day.records(room - len(written))
        carried += over
        yield from written
        yield from fresh


def _average_cost() -> float:
    """Of a run of the company, a runaway apart."""
    runs = sum(job.frequency for job in jobs())
    return sum(job.frequency * job.cost for job in jobs()) / runs


@dataclass(frozen=True)
class _Day:
    """One day of the company."""

    rng: Random
    last_day: date
    age: int  # days before the last
    price: float  # dollars for a cost of 1

    @property
    def when(self) -> date:
        """The day itself."""
        return self.last_day - timedelta(days=self.age)

    def room(self, records: int, days: int) -> int:
        """This day's part of all records; the parts add up exactly."""
        busy = _busyness(self.last_day, days)
        before, after = sum(busy[self.age + 1 :]), sum(busy[self.age :])
        return round(records * after / sum(busy)) - round(records * before / sum(busy))

    def records(self, room: int) -> tuple[list[Record], list[Record]]:
        """As many records as there is room for, and those that fall into the next day."""
        today: list[Record] = []
        tomorrow: list[Record] = []
        for job in self._jobs_that_run(room):
            if len(today) >= room:
                break
            run = _Run(self, job)
            today.append(run.record(self.age, run.cost * run.share_before_midnight))
            if run.share_before_midnight < 1:
                rest = run.cost * (1 - run.share_before_midnight)
                tomorrow.append(run.record(self.age - 1, rest))
            if len(today) < room and self.rng.random() < 0.002:
                today.append(run.record(self.age, -0.4 * run.cost * run.share_before_midnight))
        return today, tomorrow

    def _jobs_that_run(self, runs: int) -> list[Job]:
        """A job for each run, evenly: a job that runs twice a day does so on every day."""
        weekend = self.when.weekday() >= 5
        frequencies = [j.frequency * (0.1 if weekend and not j.weekends else 1.0) for j in jobs()]
        ends = list(accumulate(frequencies))
        step = ends[-1] / max(runs, 1)
        start = self.rng.random() * step
        chosen = [jobs()[bisect(ends, start + step * n) % len(ends)] for n in range(runs)]
        self.rng.shuffle(chosen)
        return chosen


class _Run:
    """One run of a job: when it started, on what, and what it cost in all."""

    def __init__(self, day: _Day, job: Job) -> None:
        rng = day.rng
        self._day, self._job = day, job
        self.cost = day.price * job.cost * rng.lognormvariate(0, 0.18) * _surge(day, job)
        over = day.age > 0 and job.usual_hour >= 22 and rng.random() < 0.4
        self.share_before_midnight = rng.uniform(0.3, 0.8) if over else 1.0
        self._run_id = str(rng.randrange(10**13, 10**15))
        seconds = int(job.usual_hour * 3600 + rng.random() * 1800)
        started = datetime.combine(day.when, time()) + timedelta(seconds=seconds)
        self._cluster = job.shared_cluster or f"{started:%m%d-%H%M%S}-{rng.getrandbits(32):08x}"
        self._state = rng.choices(STATES, STATE_WEIGHTS)[0]

    def record(self, age: int, cost: float) -> Record:
        """What the run cost on the day that is `age` days before the last."""
        job = self._job
        late = self._day.rng.random() < LATE_EC2.get(age, 0.0)
        return (
            (self._day.last_day - timedelta(days=age)).isoformat(),
            job.workspace_id,
            job.job_id,
            self._run_id,
            self._cluster if job.ec2_share else "",
            job.name,
            "" if late or not job.ec2_share else f"{cost * job.ec2_share:.6f}",
            f"{cost * (1 - job.ec2_share):.6f}",
            job.run_as,
            self._state,
            job.team,
        )


@cache
def _busyness(last_day: date, days: int) -> list[float]:
    """How many runs a day has beside others, by age: fewer at weekends, more each month."""
    return [
        (WEEKEND if (last_day - timedelta(days=age)).weekday() >= 5 else 1.0)
        * GROWTH_A_MONTH ** (-age / 30)
        for age in range(days)
    ]


def _surge(day: _Day, job: Job) -> float:
    """How many times the usual a run costs: month-end closing, bad luck, or a job run wild."""
    if job.name == RUNAWAY:
        return _climb((day.when - runaway_day(day.last_day)).days)
    closing = 2.5 if job.team == "finance" and day.when.day == 1 else 1.0
    return closing * (day.rng.uniform(3, 7) if day.rng.random() < 0.003 else 1.0)


def _climb(days_from_runaway: int) -> float:
    """Dearer every day for two weeks, far dearer on the day itself, then nearly mended."""
    if days_from_runaway > 0:
        return 1.4
    if days_from_runaway == 0:
        return RUNAWAY_FACTOR
    return max(1.0, 1.0 + 3.0 * (days_from_runaway + CLIMB_DAYS) / CLIMB_DAYS)
