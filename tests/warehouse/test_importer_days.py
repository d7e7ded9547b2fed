"""Which old records stay, which make room, and what the report says of it."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from spend_file import spends, stored

from dbspend360.errors import BadFile
from dbspend360.warehouse import versions
from dbspend360.warehouse.demo import make_demo
from dbspend360.warehouse.imports.importer import import_files
from dbspend360.warehouse.imports.report import ImportReport, RejectedFile, summary

MARCH_1 = {"usage_date": "2026-03-01"}
MARCH_2 = {"usage_date": "2026-03-02"}
MARCH_3 = {"usage_date": "2026-03-03"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two records on March 1, one on March 2."""
    bring(tmp_path / "data", MARCH_1 | {"run_id": "1"}, MARCH_1 | {"run_id": "2"}, MARCH_2)
    return tmp_path / "data"


def bring(data: Path, *records: dict[str, str], **options: Any) -> ImportReport:
    """Import a file of these records."""
    return import_files([spends(data.parent / "spends.csv", *records)], data, **options)


def days(data: Path) -> list[str]:
    return stored(data, "usage_date::VARCHAR")


def test_a_file_replaces_the_days_in_it_and_keeps_the_others(data: Path) -> None:
    report = bring(data, MARCH_1 | {"run_id": "9"}, MARCH_3 | {"run_id": "9"})
    assert stored(data, "usage_date::VARCHAR, run_id") == [
        ("2026-03-01", "9"),
        ("2026-03-02", "21"),
        ("2026-03-03", "9"),
    ]
    assert (report.replaced_records, report.kept_records, report.total_records) == (2, 1, 3)


def test_the_days_between_those_of_a_file_are_kept(data: Path) -> None:
    bring(data, {"usage_date": "2026-02-01"}, {"usage_date": "2026-04-01"})
    assert len(days(data)) == 5


def test_the_files_of_one_import_count_as_one(tmp_path: Path, data: Path) -> None:
    one = spends(tmp_path / "one.csv", MARCH_1, MARCH_3)
    two = spends(tmp_path / "two.csv", MARCH_1)
    report = import_files([one, two], data)
    assert days(data) == ["2026-03-01", "2026-03-01", "2026-03-02", "2026-03-03"]
    assert (report.files, report.days, report.records_loaded) == (("one.csv", "two.csv"), 2, 3)


def test_the_same_file_again_leaves_the_same_data(tmp_path: Path, data: Path) -> None:
    before = stored(data, "*")
    report = import_files([tmp_path / "spends.csv"], data)
    assert stored(data, "*") == before
    assert (report.replaced_records, report.kept_records) == (3, 0)


def test_append_adds_to_the_days_of_the_file(data: Path) -> None:
    report = bring(data, MARCH_1, append=True)
    assert days(data) == ["2026-03-01"] * 3 + ["2026-03-02"]
    assert (report.replaced_records, report.kept_records, report.total_records) == (0, 3, 4)


@pytest.mark.parametrize("append", [False, True])
def test_imported_data_never_mixes_with_demo_data(tmp_path: Path, append: bool) -> None:
    make_demo(tmp_path / "data", records=50, days=5)
    report = bring(tmp_path / "data", MARCH_1, append=append)
    assert days(tmp_path / "data") == ["2026-03-01"]
    assert (report.dropped_demo, report.replaced_records, report.kept_records) == (50, 0, 0)
    assert "Dropped all 50 demo records." in list(summary(report))
    version = versions.current(tmp_path / "data")
    assert version is not None
    assert version.origin == "import"


def test_one_bad_record_in_one_of_two_files_changes_nothing(tmp_path: Path, data: Path) -> None:
    before = stored(data, "*")
    good = spends(tmp_path / "good.csv", MARCH_1)
    bad = spends(tmp_path / "bad.csv", MARCH_1, {"job_id": ""}, MARCH_3)
    with pytest.raises(RejectedFile) as error:
        import_files([good, bad], data)
    assert [str(each) for each in error.value.report.rejected] == [
        "bad.csv line 3: job_id is missing"
    ]
    assert str(error.value).startswith("1 of 4 records cannot be loaded, so nothing was imported")
    assert stored(data, "*") == before


def test_skip_bad_loads_the_good_records_of_all_files(tmp_path: Path, data: Path) -> None:
    bad = spends(tmp_path / "bad.csv", {"job_id": ""})
    mixed = spends(tmp_path / "mixed.csv", MARCH_1, {"usage_date": "no"})
    report = import_files([bad, mixed], data, skip_bad=True)
    assert days(data) == ["2026-03-01", "2026-03-02"]
    assert (report.records_loaded, report.records_rejected) == (1, 2)
    assert [str(each)[:14] for each in report.rejected] == ["bad.csv line 2", "mixed.csv line"]


def test_a_day_with_bad_records_only_keeps_its_old_records(data: Path) -> None:
    bring(data, MARCH_1 | {"job_id": ""}, MARCH_3, skip_bad=True)
    assert days(data).count("2026-03-01") == 2


def test_skip_bad_needs_a_good_record(data: Path) -> None:
    with pytest.raises(BadFile, match="None of the 2 records can be loaded"):
        bring(data, {"job_id": ""}, {"run_id": ""}, skip_bad=True)
    assert len(days(data)) == 3


def test_the_report_adds_up_what_is_known_and_counts_what_is_not(data: Path) -> None:
    unknown = {"ec2_cost": "", "databricks_cost": ""}
    report = bring(data, MARCH_3, MARCH_3 | unknown, MARCH_3 | {"ec2_cost": "-0.5"})
    assert (report.ec2_cost, report.databricks_cost) == (Decimal("10.0"), Decimal("8.5"))
    assert (report.unknown_ec2_records, report.unknown_databricks_records) == (1, 1)
    assert str(report.first_date) == str(report.last_date) == "2026-03-03"


def test_records_are_stored_in_the_order_of_days_jobs_and_runs(data: Path) -> None:
    bring(data, *({"usage_date": f"2026-03-{d:02}", "run_id": r} for d in (9, 1, 5) for r in "ba"))
    keys = stored(data)
    assert len(keys) == 7
    assert keys == sorted(keys)


def test_a_record_that_looks_like_an_old_one_is_not_taken_for_it(data: Path) -> None:
    bring(data, MARCH_2, MARCH_2, append=True)
    assert days(data).count("2026-03-02") == 3
