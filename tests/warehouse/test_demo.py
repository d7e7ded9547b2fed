"""The demo company: the same every time, and worth looking at."""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest
from spend_file import spends, stored

from dbspend360.errors import DBSpendError
from dbspend360.warehouse import versions
from dbspend360.warehouse.demo import COLUMNS, demo_records, make_demo, runaway_day
from dbspend360.warehouse.demo_company import RUNAWAY, jobs
from dbspend360.warehouse.imports.importer import import_files

LAST = date(2026, 11, 21)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def records() -> list[dict[str, str]]:
    """The usual demo data."""
    return [dict(zip(COLUMNS, record, strict=True)) for record in demo_records(last_day=LAST)]


def cost(record: dict[str, str]) -> float:
    return float(record["ec2_cost"] or 0) + float(record["databricks_cost"])


def test_there_are_exactly_as_many_records_and_days_as_asked_for() -> None:
    for wanted, days in ((1, 1), (7, 30), (1234, 17), (500, 400)):
        made = list(demo_records(records=wanted, days=days, last_day=LAST))
        assert len(made) == wanted
        assert LAST - timedelta(days=days) < date.fromisoformat(min(made)[0]) <= LAST


def test_it_is_the_same_every_time_whatever_python_hashes_with() -> None:
    ask = (
        "from datetime import date; from hashlib import sha256; from dbspend360.warehouse import "
        "demo; made = list(demo.demo_records(records=2000, days=20, last_day=date(2026, 11, 21))); "
        "print(sha256(repr(made).encode()).hexdigest())"
    )
    prints = {
        subprocess.run(
            [sys.executable, "-c", ask],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(prints) == 1


def test_a_month_costs_what_a_company_would_notice(records: list[dict[str, str]]) -> None:
    months: dict[str, float] = defaultdict(float)
    for record in records:
        months[record["usage_date"][:7]] += cost(record)
    whole = [months[month] for month in ("2026-08", "2026-09", "2026-10")]
    assert all(150_000 < month < 300_000 for month in whole)
    assert whole == sorted(whole)


def test_weekends_are_quieter(records: list[dict[str, str]]) -> None:
    per_day = Counter(record["usage_date"] for record in records)
    weekend = [n for day, n in per_day.items() if date.fromisoformat(day).weekday() > 4]
    week = [n for day, n in per_day.items() if date.fromisoformat(day).weekday() < 5]
    assert median(weekend) < 0.7 * median(week)


def test_one_job_runs_away_on_one_day_after_a_climb(records: list[dict[str, str]]) -> None:
    per_day: dict[str, float] = defaultdict(float)
    for record in records:
        if record["job_name"] == RUNAWAY:
            per_day[record["usage_date"]] += cost(record)
    worst = max(per_day, key=lambda day: per_day[day])
    assert worst == runaway_day(LAST).isoformat()
    usual = median(per_day.values())
    assert per_day[worst] > 5 * usual
    before = [(runaway_day(LAST) - timedelta(days=n)).isoformat() for n in range(1, 5)]
    assert median(per_day[day] for day in before) > 2 * usual


def test_every_kind_of_record_occurs(records: list[dict[str, str]]) -> None:
    runs: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for r in records:
        runs[r["workspace_id"], r["job_id"], r["run_id"]].add(r["usage_date"])
    assert any(len(days) == 2 for days in runs.values())
    assert 5 < sum(float(r["databricks_cost"]) < 0 for r in records) < 200
    serverless = [r for r in records if not r["cluster_id"]]
    assert serverless
    assert not any(r["ec2_cost"] for r in serverless)
    late = [r["usage_date"] for r in records if r["cluster_id"] and not r["ec2_cost"]]
    assert set(late) == {"2026-11-20", "2026-11-21"}
    assert Counter(r["result_state"] for r in records).most_common(1)[0][0] == "SUCCESS"


def test_the_company_has_120_jobs_of_its_own() -> None:
    assert len({job.name for job in jobs()}) == len({job.job_id for job in jobs()}) == 120
    assert {len(job.workspace_id) for job in jobs()} == {16}
    assert all(12 <= len(job.job_id) <= 15 for job in jobs())


def test_demo_data_ends_yesterday_and_says_what_it_is(tmp_path: Path) -> None:
    report = make_demo(tmp_path, records=300, days=10)
    assert report.last_date == datetime.now(UTC).date() - timedelta(days=1)
    assert (report.records_loaded, report.days) == (300, 10)
    version = versions.current(tmp_path)
    assert version is not None
    assert version.origin == "demo"


def test_new_demo_data_takes_the_place_of_old(tmp_path: Path) -> None:
    make_demo(tmp_path, records=300, days=30)
    report = make_demo(tmp_path, records=20, days=2)
    assert (report.dropped_demo, report.total_records) == (300, 20)


def test_demo_data_never_replaces_imported_data_unasked(tmp_path: Path) -> None:
    import_files([spends(tmp_path / "spends.csv", {})], tmp_path / "data")
    with pytest.raises(DBSpendError, match="holds imported data"):
        make_demo(tmp_path / "data", records=20, days=2)
    assert len(stored(tmp_path / "data")) == 1
    report = make_demo(tmp_path / "data", records=20, days=2, replace=True)
    assert (report.replaced_records, report.dropped_demo, report.total_records) == (1, 0, 20)
