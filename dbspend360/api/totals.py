"""`/api/job-spends/…`: what a view adds up to, per day, and the jobs that cost most."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import request

from dbspend360.api import examples
from dbspend360.api.answers import (
    ChangeOfJob,
    ChangesData,
    HighestRun,
    Period,
    SummaryData,
    TopData,
    TopJob,
    TrendData,
)
from dbspend360.api.envelope import Reply
from dbspend360.api.operation import Operation
from dbspend360.api.parameters import ChangedJobs, TopJobs, View
from dbspend360.api.reading import Reader
from dbspend360.api.spends import view_filters
from dbspend360.models.changes import Changes
from dbspend360.models.summary import ZERO, DaySpend, PeriodSum
from dbspend360.services.asking import answered_together
from dbspend360.warehouse.spends import SpendRepository


class Sums:
    """Answers what stands above the table of the page."""

    def __init__(
        self, spend: SpendRepository, reader: Reader, final_date: Callable[[], date]
    ) -> None:
        self._spend, self._reader, self._final_date = spend, reader, final_date

    def summary(self, _asked: View) -> Reply:
        """The sums of the view and of as many days before."""
        view, asked = self._reader.view(request.query_string)
        bounds, summary = answered_together(
            self._spend.bounds,
            lambda: self._spend.summary(view),
        )
        found, before = summary.value, view.before
        is_whole = bounds.value.reach_back_to(before[0])
        data = SummaryData(
            **_period(found.shown, view.start_date, view.end_date),
            previous=Period(**_period(found.previous, *before)),
            previous_is_whole=is_whole,
            change_percent=found.change_percent if is_whole else None,
        )
        return Reply(data, view_filters(view), [*asked, bounds, summary])

    def trend(self, _asked: View) -> Reply:
        """Spend per day of the view and of as many days before."""
        view, asked = self._reader.view(request.query_string)
        days = self._spend.daily(view)
        final = self._final_date()
        shown = [_day(each, final) for each in days.value if each.usage_date >= view.start_date]
        before = [_day(each, final) for each in days.value if each.usage_date < view.start_date]
        data = {"trend": shown, "previous": before}
        return Reply(data, view_filters(view), [*asked, days])

    def top(self, asked: TopJobs) -> Reply:
        """The jobs that cost most."""
        view, bounds = self._reader.view(request.query_string)
        jobs = self._spend.top_jobs(view, asked.limit)
        data = TopData(
            top_jobs=[TopJob(**vars(each), total_cost=each.total_cost) for each in jobs.value]
        )
        return Reply(data, view_filters(view), [*bounds, jobs])

    def changes(self, asked: ChangedJobs) -> Reply:
        """The jobs that rose and that fell most, and what closes the sum."""
        view, known = self._reader.view(request.query_string)
        final = self._final_date()
        bounds, changes = answered_together(
            self._spend.bounds,
            lambda: self._spend.changes(view, final, asked.limit),
        )
        found: Changes = changes.value
        data = ChangesData(
            changes=[ChangeOfJob(**vars(each)) for each in found.jobs],
            other_jobs=found.other_jobs,
            other_change=found.other_change,
            early_change=found.early_change,
            difference=found.difference,
            shown_cost=found.shown_cost,
            previous_cost=found.previous_cost,
            previous_is_whole=bounds.value.reach_back_to(view.before[0]),
        )
        return Reply(data, view_filters(view), [*known, bounds, changes])


def operations(
    spend: SpendRepository, reader: Reader, final_date: Callable[[], date]
) -> list[Operation]:
    """The addresses of the sums."""
    answering = Sums(spend, reader, final_date)
    summary: dict[str, Any] = {
        "parameters": View,
        "data": SummaryData,
        "answer": answering.summary,
        "example": examples.SUMMARY,
    }
    return [
        Operation(
            path="/api/job-spends/summary",
            name="summarizeJobSpends",
            summary="What a view adds up to",
            description="The cards of the page: the days asked for, and as many before.",
            **summary,
        ),
        Operation(
            path="/api/summary",
            name="summarize",
            summary="The same, for short",
            description="The same answer as `/api/job-spends/summary`.",
            **summary,
        ),
        Operation(
            path="/api/job-spends/trend",
            name="trendOfJobSpends",
            summary="Spend per day",
            description="The chart of the page: the days asked for, and as many before.",
            parameters=View,
            data=TrendData,
            answer=answering.trend,
            example=examples.TREND,
        ),
        Operation(
            path="/api/job-spends/top",
            name="topOfJobSpends",
            summary="The jobs that cost most",
            description="Dearest first, with what each cost in as many days before.",
            parameters=TopJobs,
            data=TopData,
            answer=answering.top,
            example=examples.TOP,
        ),
        Operation(
            path="/api/job-spends/changes",
            name="changesOfJobSpends",
            summary="What changed",
            description="The jobs that explain the difference to as many days before, and the rest "
            "of it: all adds up exactly.",
            parameters=ChangedJobs,
            data=ChangesData,
            answer=answering.changes,
            example=examples.CHANGES,
        ),
    ]


def _period(found: PeriodSum, start_date: date, end_date: date) -> dict[str, Any]:
    return {
        "start_date": start_date,
        "end_date": end_date,
        "total_spend": found.total_spend,
        "total_jobs": found.total_jobs,
        "total_runs": found.total_runs,
        "total_records": found.total_records,
        "avg_cost": found.avg_cost,
        "median_cost": found.median_cost,
        "max_cost": found.max_cost,
        "ec2_cost": found.known_ec2_cost,
        "databricks_cost": found.databricks_cost,
        "unknown_ec2_records": found.unknown_ec2_records,
        "highest_run": _highest(found),
    }


def _highest(found: PeriodSum) -> HighestRun | None:
    if found.highest_run is None:
        return None
    return HighestRun(
        **vars(found.highest_run),
        job_name=found.highest_run_name,
        last_date=found.highest_run_date,
    )


def _day(found: DaySpend, final: date) -> dict[str, Any]:
    """A `DayOfTrend`, as it is written: seven hundred of them are asked for at once."""
    return {
        "usage_date": found.usage_date,
        "ec2_cost": found.ec2_cost,
        "databricks_cost": found.databricks_cost,
        "total_cost": (found.ec2_cost or ZERO) + found.databricks_cost,
        "unknown_ec2_records": found.unknown_ec2_records,
        "is_final": found.usage_date <= final,
    }
