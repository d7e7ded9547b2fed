"""What a job's run normally costs, and how one run compares."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median, quantiles

from dbspend360.models.job_cost import ENOUGH_RUNS


@dataclass(frozen=True)
class Normal:
    """The earlier runs of a job, in USD per run: the middle, and where four of five lie."""

    runs: int
    median: Decimal
    low: Decimal
    high: Decimal


def normal_cost(earlier: Sequence[Decimal]) -> Normal | None:
    """What is normal; None while there are too few earlier runs to tell.

    The median and the tenths, not mean and deviation: one outlier would hide the next.
    """
    if len(earlier) < ENOUGH_RUNS:
        return None
    tenths = quantiles(earlier, n=10, method="inclusive")
    return Normal(len(earlier), median(earlier), tenths[0], tenths[-1])
