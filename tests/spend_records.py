"""Records of the spends table, written by hand, in a real DuckDB file."""

from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import duckdb

from dbspend360.models.view_query import read_view
from dbspend360.models.view_state import ViewState
from dbspend360.warehouse import versions
from dbspend360.warehouse.roll_ups import statements
from dbspend360.warehouse.schema import SPENDS_TABLE
from dbspend360.warehouse.spends import SpendRepository
from dbspend360.warehouse.versions import Origin, Version

MakeSpend = Callable[..., SpendRepository]


@dataclass(frozen=True)
class Record:
    """A row of the table, in the order of its columns."""

    usage_date: date
    workspace_id: str
    job_id: str
    run_id: str
    cluster_id: str | None
    job_name: str | None
    ec2_cost: Decimal | None
    databricks_cost: Decimal | None
    run_as: str | None = None
    result_state: str | None = None
    team: str | None = None

    @property
    def total_cost(self) -> Decimal:
        return (self.ec2_cost or Decimal(0)) + (self.databricks_cost or Decimal(0))


def record(
    day: str = "2026-03-01",
    run: str = "1",
    *,
    job: str = "10",
    workspace: str = "",
    name: str | None = "nightly_load",
    cluster: str | None = "c1",
    ec2: str | None = "10",
    databricks: str | None = "4",
) -> Record:
    """One record; a test says only what matters to it. Costs are texts; None is unknown."""
    return Record(
        usage_date=date.fromisoformat(day),
        workspace_id=workspace,
        job_id=job,
        run_id=run,
        cluster_id=cluster,
        job_name=name,
        ec2_cost=None if ec2 is None else Decimal(ec2),
        databricks_cost=None if databricks is None else Decimal(databricks),
    )


def same_but(original: Record, **changes: str | None) -> Record:
    return replace(original, **changes)  # type: ignore[arg-type]  # texts only


def publish(
    folder: Path,
    *records: Record,
    file: str = "",
    origin: Origin = "import",
    rolled: bool = False,
) -> Version:
    """Make these records what the embedded warehouse of `folder` shows, with roll-ups or not."""
    folder.mkdir(exist_ok=True)
    path = folder / (file or f"spends-{uuid4().hex}.duckdb")
    version = Version(path, origin, datetime.now(UTC))
    with duckdb.connect(str(path), config={"threads": 1}) as db:
        db.execute(SPENDS_TABLE)
        if records:
            row = f"({', '.join('?' * len(astuple(records[0])))})"
            values = [value for each in records for value in astuple(each)]
            db.execute(f"INSERT INTO spends VALUES {', '.join([row] * len(records))}", values)
        for each in statements(db, bucket_runs=2) if rolled else ():
            db.execute(each)
    versions.publish(version)
    return version


TODAY = date(2026, 3, 20)


def view(query: str = "start_date=2026-03-01&end_date=2026-03-10") -> ViewState:
    """The view of a query that makes sense."""
    found, problems = read_view(query, today=TODAY, last_date=TODAY)
    assert not problems
    return found
