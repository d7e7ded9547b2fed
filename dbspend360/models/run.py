"""One run, taken apart."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import quote, unquote, urlencode

from dbspend360.models.summary import ZERO, RunKey


def run_text(key: RunKey) -> str:
    """A run as the `run=` of a link says it: workspace/job/run, each part quoted."""
    return "/".join(quote(part, safe="") for part in (key.workspace_id, key.job_id, key.run_id))


def run_query(key: RunKey) -> str:
    """The same as the query of a link, `run=…`."""
    parts = (key.workspace_id, key.job_id, key.run_id)
    if all(each.isalnum() and each.isascii() for each in parts):  # as nearly all ids are
        return "run=" + "%2F".join(parts)
    return urlencode({"run": run_text(key)})


def read_run(text: str) -> RunKey | str:
    """The run a link names; a text without slashes is taken as a run id alone."""
    parts = [unquote(part) for part in text.split("/")]
    return RunKey(*parts) if len(parts) == 3 else unquote(text)


@dataclass(frozen=True)
class RunRecord:
    """One record of a run: a day on a cluster, or a correction."""

    usage_date: date
    cluster_id: str | None
    ec2_cost: Decimal | None  # unknown is not zero
    databricks_cost: Decimal | None

    @property
    def total_cost(self) -> Decimal:
        """EC2 and Databricks, as far as known."""
        return (self.ec2_cost or ZERO) + (self.databricks_cost or ZERO)


@dataclass(frozen=True)
class Run:
    """A whole run: all its records, whatever days the page shows."""

    key: RunKey
    job_name: str
    run_as: str
    team: str
    result_state: str
    records: tuple[RunRecord, ...]

    @property
    def ec2_cost(self) -> Decimal | None:
        """None when no record has one."""
        known = [each.ec2_cost for each in self.records if each.ec2_cost is not None]
        return sum(known, ZERO) if known else None

    @property
    def databricks_cost(self) -> Decimal:
        """What Databricks bills."""
        return sum((each.databricks_cost or ZERO for each in self.records), ZERO)

    @property
    def total_cost(self) -> Decimal:
        """EC2 and Databricks, as far as known."""
        return (self.ec2_cost or ZERO) + self.databricks_cost

    @property
    def unknown_ec2_records(self) -> int:
        """Records without an EC2 cost."""
        return sum(each.ec2_cost is None for each in self.records)

    @property
    def days(self) -> tuple[date, date]:
        """First and last UTC day."""
        return self.records[0].usage_date, self.records[-1].usage_date

    @property
    def clusters(self) -> tuple[str, ...]:
        """Each cluster once, in order of use."""
        return tuple(dict.fromkeys(each.cluster_id for each in self.records if each.cluster_id))


@dataclass(frozen=True)
class PastRun:
    """A run of the same job, for comparison. Whole cost, in USD."""

    run_id: str
    first_date: date
    ec2_cost: Decimal
    databricks_cost: Decimal

    @property
    def total_cost(self) -> Decimal:
        """EC2 and Databricks, as far as known."""
        return self.ec2_cost + self.databricks_cost
