"""What a job's runs and days cost, beside what is normal for the job.

Tuples, because there are thousands: they are made three times as fast.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from dbspend360.models.summary import ZERO

ONE = Decimal(1)
ENOUGH_RUNS = 5  # fewer say nothing about what is normal


class Observation(NamedTuple):
    """A whole run, or all that a job cost on a day, beside the job's own normal.

    While its EC2 cost is not known, only its Databricks cost is compared, with the Databricks
    cost of the others: unknown looks neither like a saving nor like an increase. How many dollars
    that stands for is said by `scale`, from what EC2 usually costs beside Databricks.
    """

    workspace_id: str
    job_id: str
    job_name: str
    run_id: str | None  # None: the total of a day
    first_date: date
    last_date: date
    runs: int  # 1, or those of the day
    cost: Decimal  # as far as known
    databricks_cost: Decimal  # of that; the rest is EC2
    compared_cost: Decimal
    is_complete: bool  # no EC2 cost is still to come
    earlier: int  # runs or days of the thirty days before that could be compared
    normal: Decimal | None  # their median; None while they are too few: learning
    scale: Decimal = ONE  # dollars of the whole for a dollar compared; 1 where EC2 is known

    @property
    def increase(self) -> Decimal:
        """Dollars above the normal; 0 while there is none."""
        return ZERO if self.normal is None else self.compared_cost - self.normal

    @property
    def whole_increase(self) -> Decimal:
        """The increase as it will be once EC2 is known, if that has grown like the rest."""
        return self.increase * self.scale

    @property
    def key(self) -> str:
        """Tells it from the others of its job."""
        return f"day:{self.last_date}" if self.run_id is None else f"run:{self.run_id}"


class Peak(NamedTuple):
    """The dearest run, or the total, of a job on a day: what shows that the job has calmed down."""

    workspace_id: str
    job_id: str
    last_date: date
    cost: Decimal  # as far as known
    is_complete: bool  # no EC2 cost is still to come
    normal: Decimal | None  # the median of the earlier ones; None while they are too few
