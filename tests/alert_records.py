"""Runs of one job, written by hand, for the tests of the alerts."""

from datetime import date, timedelta
from decimal import Decimal

from observing import RunDay

FIRST = date(2026, 3, 1)


def run_day(
    day: int, run: str, dollars: str, *, ec2: str = "0", late: int = 0, job: str = "j"
) -> RunDay:
    """What a run cost on the n-th day after the first of March; `dollars` is Databricks' part."""
    when = FIRST + timedelta(days=day)
    return RunDay(when, "w", job, run, f"{job} job", Decimal(ec2), Decimal(dollars), late)


def ordinary(days: int = 10, dollars: str = "10") -> list[RunDay]:
    """One run a day."""
    return [run_day(day, f"r{day}", dollars) for day in range(days)]
