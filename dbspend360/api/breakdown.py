"""`/api/job/{job_id}/breakdown`: why one run cost what it did."""

from dbspend360.api import examples
from dbspend360.api.answers import (
    BreakdownData,
    EarlierRun,
    NormalCost,
    RecordOfRun,
    RunOfJob,
)
from dbspend360.api.envelope import Reply
from dbspend360.api.operation import ERRORS, Operation
from dbspend360.api.parameters import OneRun
from dbspend360.errors import NotFound
from dbspend360.models.run import PastRun, Run, RunRecord
from dbspend360.services.normal import Normal, normal_cost
from dbspend360.warehouse.spends import SpendRepository


class Breakdown:
    """Answers what the breakdown of the page shows."""

    def __init__(self, spend: SpendRepository) -> None:
        self._spend = spend

    def run(self, asked: OneRun) -> Reply:
        """One run taken apart.

        Raises:
            NotFound: the data does not have it.
        """
        found = self._spend.run_of_job(asked.job_id, asked.run_id, asked.workspace_id)
        run = found.value
        past = self._spend.job_history(run)
        earlier = [each.total_cost for each in past.value if each.run_id != run.key.run_id]
        data = BreakdownData(
            run=_run(run),
            records=[_record(each) for each in run.records],
            normal=_normal(normal_cost(earlier)),
            history=[_past(each) for each in past.value],
        )
        return Reply(data, asked.model_dump(exclude_none=True), [found, past])


def operations(spend: SpendRepository) -> list[Operation]:
    """The address of one run."""
    return [
        Operation(
            path="/api/job/{job_id}/breakdown",
            name="breakDownRun",
            summary="Why one run cost what it did",
            description="The whole run, its records, and what the job's earlier runs cost.",
            parameters=OneRun,
            data=BreakdownData,
            answer=Breakdown(spend).run,
            example=examples.BREAKDOWN,
            errors=(*ERRORS, NotFound),
        )
    ]


def _run(run: Run) -> RunOfJob:
    first_date, last_date = run.days
    return RunOfJob(
        **vars(run.key),
        job_name=run.job_name,
        run_as=run.run_as,
        team=run.team,
        result_state=run.result_state,
        first_date=first_date,
        last_date=last_date,
        clusters=list(run.clusters),
        total_records=len(run.records),
        unknown_ec2_records=run.unknown_ec2_records,
        ec2_cost=run.ec2_cost,
        databricks_cost=run.databricks_cost,
        total_cost=run.total_cost,
    )


def _record(record: RunRecord) -> RecordOfRun:
    return RecordOfRun(**vars(record), total_cost=record.total_cost)


def _normal(normal: Normal | None) -> NormalCost | None:
    if normal is None:
        return None
    return NormalCost(
        runs=normal.runs,
        median_cost=normal.median,
        low_cost=normal.low,
        high_cost=normal.high,
    )


def _past(run: PastRun) -> EarlierRun:
    return EarlierRun(**vars(run), total_cost=run.total_cost)
