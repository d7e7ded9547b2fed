"""Rows of the warehouse as the words of the product."""

from decimal import Decimal
from typing import Any, cast

from dbspend360.models.changes import Changes, JobChange
from dbspend360.models.job import JobName
from dbspend360.models.run import Run, RunRecord
from dbspend360.models.summary import ZERO, DaySpend, JobSpend, PeriodSum, RunKey, Summary
from dbspend360.warehouse.base import Rows


def summary_of(rows: Rows) -> Summary:
    """The two periods of `period_summary`."""
    periods = {bool(row["shown"]): _period(cast(dict[str, Any], row)) for row in rows}
    return Summary(periods.get(True, PeriodSum()), periods.get(False, PeriodSum()))


def _period(row: dict[str, Any]) -> PeriodSum:
    return PeriodSum(
        total_records=int(row["total_records"]),
        total_jobs=row["total_jobs"],
        total_runs=row["total_runs"],
        ec2_cost=row["ec2_cost"],
        databricks_cost=row["databricks_cost"],
        unknown_ec2_records=int(row["unknown_ec2_records"]),
        serverless_records=int(row["serverless_records"]),
        median_cost=Decimal(row["median_cost"]),
        max_cost=row["max_cost"],
        highest_run=RunKey(row["workspace_id"], row["job_id"], row["run_id"]),
        highest_run_name=row["job_name"] or "",
        highest_run_date=row["last_date"],
    )


def days_of(rows: Rows) -> list[DaySpend]:
    """Of `daily_spend`."""
    found = cast(list[dict[str, Any]], rows)
    return [DaySpend(**row) for row in found]


def jobs_of(rows: Rows) -> list[JobSpend]:
    """Of `top_jobs`."""
    return [
        JobSpend(**{**cast(dict[str, Any], row), "job_name": row["job_name"] or ""}) for row in rows
    ]


def job_names_of(rows: Rows) -> list[JobName]:
    """Of `job_names`."""
    found = cast(list[dict[str, Any]], rows)
    return [JobName(**{**row, "job_name": row["job_name"] or ""}) for row in found]


def changes_of(rows: Rows) -> Changes:
    """Of `job_changes`."""
    found = cast(list[dict[str, Any]], rows)

    def total(name: str) -> Decimal:
        return sum((row[name] for row in found if row[name] is not None), ZERO)

    listed = [row for row in found if row["job_id"] is not None]
    others = [row for row in found if row["job_id"] is None]
    return Changes(
        jobs=tuple(_job_change(row) for row in listed),
        other_jobs=sum(int(row["jobs"]) for row in others),
        other_change=sum((row["cost_change"] for row in others), ZERO),
        early_change=total("early_change"),
        shown_cost=total("shown_cost"),
        previous_cost=total("previous_cost"),
        has_records=bool(found),
    )


def _job_change(row: dict[str, Any]) -> JobChange:
    return JobChange(
        workspace_id=row["workspace_id"],
        job_id=row["job_id"],
        job_name=row["job_name"] or "",
        shown_cost=row["shown_cost"],
        previous_cost=row["previous_cost"],
        change=row["cost_change"],
        early_change=row["early_change"],
    )


def newest_run_of(rows: Rows) -> Run:
    """Of the runs in `run_records`, the newest."""
    records = cast(list[dict[str, Any]], rows)
    newest = max(records, key=lambda row: (row["usage_date"], row["workspace_id"], row["job_id"]))
    key = RunKey(newest["workspace_id"], newest["job_id"], newest["run_id"])
    own = [
        row
        for row in records
        if (row["workspace_id"], row["job_id"]) == (key.workspace_id, key.job_id)
    ]

    def text(name: str) -> str:  # as the table's row of this run says it
        return max((row[name] for row in own if row[name]), default="")

    return Run(
        key=key,
        job_name=text("job_name"),
        run_as=text("run_as"),
        team=text("team"),
        result_state=text("result_state"),
        records=tuple(
            RunRecord(
                row["usage_date"],
                row["cluster_id"],
                row["ec2_cost"],
                row["databricks_cost"],
            )
            for row in own
        ),
    )
