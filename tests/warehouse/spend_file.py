"""Small files of job spends, and what the warehouse holds of them."""

import csv
import io
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dbspend360.warehouse import versions
from dbspend360.warehouse.imports.importer import import_files
from dbspend360.warehouse.imports.report import ImportReport, RejectedFile

GOOD = {
    "cluster_id": "0301-000000-abcd1234",
    "ec2_cost": "10.5",
    "job_id": "11",
    "run_id": "21",
    "usage_date": "2026-03-01",
    "databricks_cost": "4.25",
}


def as_csv(*records: dict[str, str], **dialect: Any) -> str:
    """A CSV of good records; each dict says what is different about one."""
    rows = [GOOD | record for record in records]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(k for row in rows for k in row)), **dialect)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def spends(path: Path, *records: dict[str, str]) -> Path:
    return write(path, as_csv(*records))


def write_parquet(path: Path, select: str) -> Path:
    with duckdb.connect() as db:
        db.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


def stored(folder: Path, columns: str = "usage_date::VARCHAR, job_id, run_id") -> list[Any]:
    """What readers see, in the order it is stored; bare values when it is one column."""
    version = versions.current(folder)
    assert version is not None
    with duckdb.connect(str(version.path), read_only=True) as db:
        rows = db.execute(f"SELECT {columns} FROM spends").fetchall()
    return [row[0] for row in rows] if rows and len(rows[0]) == 1 else rows


def loaded(tmp_path: Path, content: str | bytes, columns: str, **options: Any) -> list[Any]:
    """What is stored of a file with this content."""
    path = write(tmp_path / "spends.csv", content)
    import_files([path], tmp_path / "data", **options)
    return stored(tmp_path / "data", columns)


def refusal(tmp_path: Path, content: str | bytes) -> ImportReport:
    """The report of a file that is refused because of its records."""
    path = write(tmp_path / "spends.csv", content)
    with pytest.raises(RejectedFile) as error:
        import_files([path], tmp_path / "data")
    assert versions.current(tmp_path / "data") is None
    return error.value.report


def reasons(tmp_path: Path, content: str | bytes) -> list[str]:
    """`line: reason` of each rejected record."""
    return [f"{r.line}: {r.reason}" for r in refusal(tmp_path, content).rejected]
