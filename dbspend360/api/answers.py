"""What the addresses answer: the `data` of each, as models that also describe it."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, WithJsonSchema, create_model

from dbspend360.models.columns import COLUMNS, Column, Grouping

SCHEMAS = "#/components/schemas/"  # where OpenAPI keeps them

Money = Annotated[
    Decimal,
    WithJsonSchema({"type": "number", "description": "USD, exact to the sixth decimal."}),
]
Percent = Annotated[Decimal, WithJsonSchema({"type": "number"})]
Count = Annotated[int, Field(ge=0)]
Ec2 = Annotated[
    Money | None,
    Field(description="USD; null when not one record has an EC2 cost: unknown is not zero."),
]
Total = Annotated[Money, Field(description="EC2 and Databricks, as far as known.")]


class HighestRun(BaseModel):
    """The run that cost most."""

    workspace_id: str = Field(description="Empty where the data has no workspaces.")
    job_id: str
    run_id: str
    job_name: str = Field(description="Empty for a job without a name.")
    last_date: date | None


class Period(BaseModel):
    """What some days add up to."""

    start_date: date
    end_date: date
    total_spend: Total
    total_jobs: Count
    total_runs: Count
    total_records: Count
    avg_cost: Money | None = Field(description="Per run; null when nothing ran.")
    median_cost: Money | None = Field(description="Per run; null when nothing ran.")
    max_cost: Money | None = Field(description="Of the dearest run; null when nothing ran.")
    ec2_cost: Ec2
    databricks_cost: Money
    unknown_ec2_records: Count = Field(description="Records without an EC2 cost.")
    highest_run: HighestRun | None


class SummaryData(Period):
    """The days of the view, and as many before."""

    previous: Period
    previous_is_whole: bool = Field(
        description="Whether the data goes back to the first day before; else do not compare."
    )
    change_percent: Percent | None = Field(
        description="Growth of the total on the period before; null when it cannot be compared."
    )


class DayOfTrend(BaseModel):
    """One UTC day with records."""

    usage_date: date
    ec2_cost: Ec2
    databricks_cost: Money
    total_cost: Total
    unknown_ec2_records: Count
    is_final: bool = Field(description="False while late records are still to be expected.")


class TrendData(BaseModel):
    """Spend per day, oldest first; a day without records has no entry."""

    trend: list[DayOfTrend]
    previous: list[DayOfTrend] = Field(description="As many days, just before the first one.")


class TopJob(BaseModel):
    """One job of the view."""

    workspace_id: str
    job_id: str
    job_name: str = Field(description="Empty for a job without a name.")
    ec2_cost: Ec2
    databricks_cost: Money
    total_cost: Total
    previous_cost: Money | None = Field(
        description="Its total in as many days before; null when it had no records then."
    )


class TopData(BaseModel):
    """The dearest jobs, dearest first."""

    top_jobs: list[TopJob]


class ChangeOfJob(BaseModel):
    """How much more or less one job cost than in as many days before."""

    workspace_id: str
    job_id: str
    job_name: str = Field(description="Empty for a job without a name.")
    shown_cost: Money | None = Field(description="Its total; null when it has no records.")
    previous_cost: Money | None = Field(
        description="Its total in as many days before; null when it had no records then."
    )
    change: Money = Field(description="Without what is early.")
    early_change: Money = Field(
        le=0, description="What it cost less on days that are not complete: it may only be late."
    )


class ChangesData(BaseModel):
    """What explains the difference: jobs, others and what is early add up to it exactly."""

    changes: list[ChangeOfJob] = Field(description="What rose most first, what fell most last.")
    other_jobs: Count = Field(description="How many jobs are not among them.")
    other_change: Money = Field(description="Theirs together, without what is early.")
    early_change: Money = Field(
        le=0, description="What all jobs cost less on days that are not complete."
    )
    difference: Money = Field(description="The total less that of the days before.")
    shown_cost: Money
    previous_cost: Money
    previous_is_whole: bool = Field(
        description="Whether the data goes back to the first day before; else do not compare."
    )


class Pagination(BaseModel):
    """Where a page stands among all of them."""

    page: int = Field(ge=1)
    per_page: int = Field(ge=1)
    total: Count = Field(description="Rows of all pages.")
    pages: Count = Field(description="How many pages there are; 0 when there are no rows.")


class Totals(BaseModel):
    """The sums of all pages."""

    records: Count
    unknown_ec2_records: Count
    ec2_cost: Ec2
    databricks_cost: Money
    total_cost: Money


class RunOfJob(BaseModel):
    """One whole run, whatever its days."""

    workspace_id: str
    job_id: str
    run_id: str
    job_name: str
    run_as: str
    team: str
    result_state: str
    first_date: date
    last_date: date
    clusters: list[str] = Field(description="In the order of use; none when it ran serverless.")
    total_records: Count
    unknown_ec2_records: Count
    ec2_cost: Ec2
    databricks_cost: Money
    total_cost: Total


class RecordOfRun(BaseModel):
    """One record: a day on a cluster, or a correction."""

    usage_date: date
    cluster_id: str | None
    ec2_cost: Money | None
    databricks_cost: Money | None
    total_cost: Money


class NormalCost(BaseModel):
    """What the job's earlier runs of thirty days cost: the middle, and where four of five lie."""

    runs: Count
    median_cost: Money
    low_cost: Money
    high_cost: Money


class EarlierRun(BaseModel):
    """A run of the same job; costs of the whole run, unknown EC2 counted as 0."""

    run_id: str
    first_date: date
    ec2_cost: Ec2
    databricks_cost: Money
    total_cost: Total


class BreakdownData(BaseModel):
    """Why one run cost what it did."""

    run: RunOfJob
    records: list[RecordOfRun] = Field(description="Oldest first.")
    normal: NormalCost | None = Field(description="Null while there are too few earlier runs.")
    history: list[EarlierRun] = Field(
        description="Runs that began in the thirty days up to this one, oldest first, with it."
    )


class PresetDays(BaseModel):
    """A named period and the days it means now."""

    preset: str
    title: str
    start_date: date
    end_date: date
    is_default: bool


class PresetsData(BaseModel):
    """All named periods, in the order of the page."""

    presets: list[PresetDays]


_TYPES: dict[str, Any] = {
    "text": str | None,
    "id": str,
    "day": date,
    "count": Count,
    "money": Money | None,
}


def _field(each: Column) -> Any:  # noqa: ANN401 - a type and its description
    kind = str | None if each.name == "cluster_id" else _TYPES[each.kind]  # serverless has none
    return (kind, Field(description=each.hint or each.title))


def _row_model(grouping: Grouping) -> type[BaseModel]:
    fields = {each.name: _field(each) for each in COLUMNS[grouping]}
    return create_model(f"RowBy{grouping.value.title()}", __doc__=f"One {grouping}.", **fields)


ROWS = {grouping: _row_model(grouping) for grouping in Grouping}


class JobSpendsData(BaseModel):
    """One page of rows; the columns are those of the grouping, as in the CSV."""

    # Rows go out as they come from the warehouse: a thousand models would take longer than it did.
    job_spends: list[dict[str, Any]] = Field(
        json_schema_extra={
            "items": {"anyOf": [{"$ref": f"{SCHEMAS}{each.__name__}"} for each in ROWS.values()]}
        }
    )
    pagination: Pagination
    totals: Totals


class Meta(BaseModel):
    """How the answer came about."""

    filters_applied: dict[str, Any] = Field(
        description="The view that was answered, in the words of the parameters."
    )
    cache_hit: bool = Field(description="Whether all of it was remembered.")
    query_time_ms: float = Field(ge=0)
    as_of: AwareDatetime = Field(description="When the warehouse was really asked (UTC).")
    stale: bool = Field(description="True while the warehouse does not answer: these are old.")
    warning: str | None = Field(default=None, description="Why; only there when it is stale.")


class Detail(BaseModel):
    """What is wrong with one part of a request."""

    field: str
    problem: str


class ErrorBody(BaseModel):
    """Why there is no answer."""

    code: str = Field(description="For programs; never changes its meaning.")
    message: str = Field(description="For people.")
    details: list[Detail]


class ErrorMeta(BaseModel):
    """How the error came about."""

    query_time_ms: float = Field(ge=0)
    request_id: str = Field(description="The same in the log, and in the header X-Request-ID.")


class Failure(BaseModel):
    """Every error looks like this."""

    success: Literal[False]
    error: ErrorBody
    meta: ErrorMeta
