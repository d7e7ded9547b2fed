"""The shared data set and what it adds up to: `data/job_spends.expected.json`."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from dbspend360.models.summary import RunKey

DATA = Path(__file__).parent / "data"
SHARED_CSV = DATA / "job_spends.csv"
SHARED_TODAY = date(2026, 11, 21)  # the data ends the day before

_EXPECTED: dict[str, Any] = json.loads((DATA / "job_spends.expected.json").read_text("utf-8"))
_FIRST, _LAST = _EXPECTED["first"], _EXPECTED["last"]


@dataclass(frozen=True)
class Figures:
    """What one view of the shared data must add up to."""

    query: str
    records: int
    total_jobs: int
    total_runs: int
    ec2: Decimal
    databricks: Decimal
    total: Decimal
    average: Decimal | None
    highest: Decimal | None
    highest_run: RunKey | None
    unknown_ec2_records: int
    days: dict[date, tuple[Decimal, Decimal]]
    top_jobs: list[tuple[str, str, Decimal]]


def _figures(query: str, figures: dict[str, Any]) -> Figures:
    def maybe(name: str) -> Decimal | None:
        return None if figures[name] is None else Decimal(figures[name])

    return Figures(
        query=query,
        records=figures["records"],
        total_jobs=figures["total_jobs"],
        total_runs=figures["total_runs"],
        ec2=Decimal(figures["ec2"]),
        databricks=Decimal(figures["databricks"]),
        total=Decimal(figures["total"]),
        average=maybe("avg_per_run"),
        highest=maybe("max_run"),
        highest_run=RunKey(*figures["max_run_key"]) if figures["max_run_key"] else None,
        unknown_ec2_records=figures["unknown_ec2_records"],
        days={
            date.fromisoformat(day): (Decimal(ec2), Decimal(databricks))
            for day, (ec2, databricks) in figures["days"].items()
        },
        top_jobs=[(ws, job, Decimal(cost)) for ws, job, cost in figures["top_jobs"]],
    )


def _query(first: str, last: str, job_name: str = "") -> str:
    asked = {"start_date": first, "end_date": last} | ({"job_name": job_name} if job_name else {})
    return urlencode(asked)


CASES = {
    "all": _figures(_query(_FIRST, _LAST), _EXPECTED["all"]),
    "last30": _figures("preset=last_30_days", _EXPECTED["last30"]),
    "prev30": _figures(_query("2026-09-22", "2026-10-21"), _EXPECTED["prev30"]),
    "one_day": _figures(_query("2026-11-20", "2026-11-20"), _EXPECTED["one_day"]),
} | {
    name: _figures(_query(_FIRST, _LAST, name), figures)
    for name, figures in _EXPECTED["named"].items()
}
