"""The groupings of the table and the columns each one has.

The closed lists: a column name from a grid or a URL is used only when it stands here.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from dbspend360.models.definitions import words_of

Kind = Literal["text", "id", "day", "count", "money"]


class Grouping(StrEnum):
    """What one row of the table stands for."""

    RUN = "run"
    JOB = "job"
    CLUSTER = "cluster"
    DAY = "day"
    RECORD = "record"


@dataclass(frozen=True)
class Column:
    """One column, as every door names it."""

    name: str
    title: str
    kind: Kind
    shown: bool = True  # on the page, until the person chooses otherwise
    hint: str = ""


_JOB = Column("job_name", "Job", "text")
_JOB_ID = Column("job_id", "Job id", "id", shown=False)
_WORKSPACE = Column("workspace_id", "Workspace", "id", shown=False)
_RUN = Column("run_id", "Run", "id")
_CLUSTER = Column("cluster_id", "Cluster", "id")
_FIRST = Column("first_date", "First day (UTC)", "day")
_LAST = Column("last_date", "Last day (UTC)", "day", hint="Days are UTC days, as billed.")
_RUNS = Column("runs", "Runs", "count")
_JOBS = Column("jobs", "Jobs", "count")
_RECORDS = Column(
    "records", "Records", "count", shown=False, hint="Rows of the spends table added up here."
)
_UNKNOWN = Column(
    "unknown_ec2_records",
    "Without EC2",
    "count",
    shown=False,
    hint="Records whose EC2 cost is not known: serverless, late or untagged.",
)
_AVERAGE = Column("average_run_cost", "Average per run", "money", hint=words_of("average-run"))
_MONEY = (
    Column("ec2_cost", "EC2", "money", hint=words_of("ec2")),
    Column("databricks_cost", "Databricks", "money", hint=words_of("databricks")),
    Column("total_cost", "Total", "money", hint=words_of("total")),
)
_WHO = (
    Column("run_as", "Run as", "text", shown=False),
    Column("team", "Team", "text", shown=False),
)
_RESULT = Column("result_state", "Result", "text", shown=False)

COLUMNS: dict[Grouping, tuple[Column, ...]] = {
    Grouping.RUN: (
        _JOB,
        _RUN,
        Column("first_date", "First day (UTC)", "day", shown=False),
        _LAST,
        _CLUSTER,
        Column("clusters", "Clusters", "count", shown=False),
        _JOB_ID,
        _WORKSPACE,
        *_WHO,
        _RESULT,
        _RECORDS,
        _UNKNOWN,
        *_MONEY,
    ),
    Grouping.JOB: (
        _JOB,
        Column("job_id", "Job id", "id"),
        _WORKSPACE,
        *_WHO,
        Column("first_date", "First day (UTC)", "day", shown=False),
        _LAST,
        _RUNS,
        _RECORDS,
        _UNKNOWN,
        _AVERAGE,
        *_MONEY,
        Column(
            "previous_cost",
            "Before",
            "money",
            shown=False,
            hint="What the job cost in as many days before.",
        ),
        Column("cost_change", "Change", "money", hint="Against as many days before, in USD."),
    ),
    Grouping.CLUSTER: (_CLUSTER, _FIRST, _LAST, _JOBS, _RUNS, _RECORDS, _UNKNOWN, *_MONEY),
    Grouping.DAY: (
        Column("usage_date", "Day (UTC)", "day"),
        _JOBS,
        _RUNS,
        Column("records", "Records", "count"),
        _UNKNOWN,
        _AVERAGE,
        *_MONEY,
    ),
    Grouping.RECORD: (
        Column("usage_date", "Day (UTC)", "day"),
        _JOB,
        _RUN,
        _CLUSTER,
        _JOB_ID,
        _WORKSPACE,
        *_WHO,
        _RESULT,
        *_MONEY,
    ),
}


def column(grouping: Grouping, name: str) -> Column | None:
    """The column of that name; None when this grouping has none."""
    return next((each for each in COLUMNS[grouping] if each.name == name), None)
