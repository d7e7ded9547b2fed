"""What is said beside the numbers of a summary: the same on the page and on paper."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from dbspend360.models.summary import JobSpend, PeriodSum, Summary
from dbspend360.models.view_state import ViewState
from dbspend360.theme import UNKNOWN, count, day, percent, plural, usd

NOTHING_RAN = "nothing ran"
NOT_COMPLETE = "Databricks bills within a day, AWS within two: these days will still grow."
WHY_UNKNOWN = (
    "Serverless records have no EC2 cost of their own: it is inside the Databricks price. "
    "For the others AWS bills a day or two later."
)
SO_FAR = "So far: days that are not complete will still grow"
NOT_COMPARABLE = "The period before is not all in the data"

Way = Literal["worse", "better", "same"]


@dataclass(frozen=True)
class Change:
    """How a cost moved: `▲ 12.4 %` and `on the 30 days before ($92,756.10)`.

    `moved` is '' when there is nothing to compare; `basis` then says why.
    """

    way: Way
    moved: str
    basis: str = ""


def total_change(
    summary: Summary, view: ViewState, *, comparable: bool, final_date: date
) -> Change:
    """The total against the period before; `comparable`: the data holds all of that.

    While days of the view are not complete, a fall may be only a delay: it is no better.
    """
    before = f"the {plural(view.days, 'day')} before" if view.days > 1 else "the day before"
    basis = f"on {before} ({usd(summary.previous.total_spend)})"
    change = summary.change_percent
    if not comparable:
        verb = "are not all" if view.days > 1 else "is not"
        return Change("same", "", f"{before} {verb} in the data")
    if change is None:
        return Change("same", "", f"no spend in {before}")
    if change == 0:
        return Change("same", "", f"no change {basis}")
    if change > 0:
        return Change("worse", f"▲ {percent(change)}", basis)
    fell = f"▼ {percent(-change)}"
    if view.end_date > final_date:
        return Change("same", fell, f"so far, {basis}")
    return Change("better", fell, basis)


def job_change(job: JobSpend, *, comparable: bool, is_early: bool) -> Change:
    """A job against the period before: `+12 %`, `new`, or ''; small changes are the same.

    `is_early`: days are not complete, so that a fall is no better.
    """
    if not comparable:
        return Change("same", UNKNOWN, NOT_COMPARABLE)
    return cost_change(job.total_cost, job.previous_cost, is_early=is_early)


def cost_change(cost: Decimal, before: Decimal | None, *, is_early: bool) -> Change:
    """The same where it can be compared; `before` is None where nothing ran."""
    if before is None:
        return Change("same", "new")
    if before <= 0:
        return Change("same", "")
    change = (cost / before - 1) * 100
    moved = percent(change, signed=True, whole=True)
    if change <= -10:
        return Change("same", moved, SO_FAR) if is_early else Change("better", moved)
    return Change("worse" if change >= 10 else "same", moved)


def jobs_before(summary: Summary) -> str:
    """How many jobs there were in the period before."""
    before = summary.previous.total_jobs
    return "same as before" if before == summary.shown.total_jobs else f"{count(before)} before"


def runs_per_day(shown: PeriodSum, days: int) -> str:
    """`107 a day`."""
    if not shown.total_runs:
        return NOTHING_RAN
    each = Decimal(shown.total_runs) / days
    return f"{each:.1f} a day" if each < 10 else f"{count(round(each))} a day"


def median_run(shown: PeriodSum) -> str:
    """`median $6.10`."""
    return f"median {usd(shown.median_cost)}" if shown.total_runs else NOTHING_RAN


def highest_run(shown: PeriodSum) -> tuple[str, date] | None:
    """The name of the job with the highest run, and the run's last day; None when nothing ran."""
    if shown.highest_run is None or shown.highest_run_date is None:
        return None
    name = shown.highest_run_name or f"job {shown.highest_run.job_id}"
    return name, shown.highest_run_date


def part_of(cost: Decimal | None, total: Decimal) -> str:
    """`44.3 %` of the total; '' where there is no such share."""
    return percent(cost / total * 100) if cost is not None and total > 0 else ""


def unknown_ec2(shown: PeriodSum) -> str:
    """How many records have no EC2 cost, and how many of them never will."""
    if not shown.total_records:
        return NOTHING_RAN
    if not shown.unknown_ec2_records:
        return "every record has its EC2 cost"
    verb = "has" if shown.unknown_ec2_records == 1 else "have"
    text = f"{plural(shown.unknown_ec2_records, 'record')} {verb} no EC2 cost yet"
    coming = shown.unknown_ec2_records - shown.serverless_records
    parts = [
        f"{count(shown.serverless_records)} serverless" if shown.serverless_records else "",
        f"{count(coming)} still to come" if coming else "",
    ]
    return f"{text}: {', '.join(filter(None, parts))}"


def before_words(view: ViewState) -> str:
    """The period before, as a legend names it."""
    return f"{view.days} days before" if view.days > 1 else "day before"


def nothing_ran(view: ViewState) -> str:
    """`Nothing ran from 1 Feb 2027 to 28 Feb 2027.`."""
    if view.days == 1:
        return f"Nothing ran on {day(view.start_date)}."
    return f"Nothing ran from {day(view.start_date)} to {day(view.end_date)}."
