"""What a view adds up to. Money is USD, exact; rounding happens on screen only."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


@dataclass(frozen=True)
class RunKey:
    """One execution of a job: ids are unique only inside a workspace and a job."""

    workspace_id: str
    job_id: str
    run_id: str


@dataclass(frozen=True)
class PeriodSum:
    """One period. `average` and `highest` are per run, by what fell inside the days."""

    total_records: int = 0
    total_jobs: int = 0
    total_runs: int = 0
    ec2_cost: Decimal = ZERO
    databricks_cost: Decimal = ZERO
    unknown_ec2_records: int = 0
    serverless_records: int = 0  # of those, the ones without a cluster
    median_cost: Decimal | None = None
    max_cost: Decimal | None = None
    highest_run: RunKey | None = None
    highest_run_name: str = ""
    highest_run_date: date | None = None

    @property
    def total_spend(self) -> Decimal:
        """EC2 and Databricks, as far as known."""
        return self.ec2_cost + self.databricks_cost

    @property
    def known_ec2_cost(self) -> Decimal | None:
        """None when there are records and not one has an EC2 cost: unknown is not zero."""
        nothing_known = 0 < self.total_records == self.unknown_ec2_records
        return None if nothing_known else self.ec2_cost

    @property
    def avg_cost(self) -> Decimal | None:
        """Per run; None when nothing ran."""
        return self.total_spend / self.total_runs if self.total_runs else None


@dataclass(frozen=True)
class Summary:
    """The days shown, and the same number of days before."""

    shown: PeriodSum
    previous: PeriodSum

    @property
    def change_percent(self) -> Decimal | None:
        """Growth of the total on the period before; None when that was not above zero."""
        if self.previous.total_spend <= 0:
            return None
        return (self.shown.total_spend / self.previous.total_spend - 1) * 100


class DaySpend(NamedTuple):  # not a dataclass: two years of them are made for one chart
    """One day with records."""

    usage_date: date
    ec2_cost: Decimal | None  # None: not one record has it
    databricks_cost: Decimal
    unknown_ec2_records: int


@dataclass(frozen=True)
class JobSpend:
    """One job in the period, and what it cost in the period before."""

    workspace_id: str
    job_id: str
    job_name: str
    ec2_cost: Decimal | None  # None: not one record has it
    databricks_cost: Decimal
    previous_cost: Decimal | None  # None: it had no records then

    @property
    def total_cost(self) -> Decimal:
        """EC2 and Databricks, as far as known."""
        return (self.ec2_cost or ZERO) + self.databricks_cost


@dataclass(frozen=True)
class Bounds:
    """What the data covers. No dates when there are no records."""

    first_date: date | None
    last_date: date | None
    records: int

    def reach_back_to(self, when: date) -> bool:
        """Whether the data begins on that day or before: only then can a sum of it be compared."""
        return self.first_date is not None and self.first_date <= when
