"""`dbspend360 export`: the page's view as a file, from the command line."""

import csv
import io
import os
import resource
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader
from shared_figures import CASES
from spend_records import publish, record
from workbooks import lines, opened

from dbspend360.cli import main
from dbspend360.models.columns import Grouping

MARCH = ("--start", "2026-03-01", "--end", "2026-03-10")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with three runs of March, and the place where files go."""
    monkeypatch.setenv("DBSPEND360_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    records = [record(run=str(n), ec2=str(n), name=f"load_{n}") for n in (1, 2)]
    publish(tmp_path / "data", *records, record("2026-02-10", run="3", job="20"))
    return tmp_path


def export(*words: object) -> Result:
    return CliRunner().invoke(main, ["export", *map(str, words)])


def rows(result: Result, path: Path) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))


def test_a_file_is_what_its_name_says(folder: Path) -> None:
    for ending in ("csv", "xlsx", "pdf"):
        result = export(*MARCH, "--out", f"march.{ending}")
        assert (result.exit_code, result.output) == (0, f"Wrote 2 rows to march.{ending}.\n")
    assert len(list(lines(opened((folder / "march.xlsx").read_bytes())["Spend"]))) == 2
    pages = PdfReader(folder / "march.pdf").pages
    assert "$11.00" in "".join(page.extract_text() for page in pages)
    assert len(rows(export(*MARCH, "--out", "march.csv"), folder / "march.csv")) == 2


@pytest.mark.parametrize("grouping", Grouping)
def test_the_rows_and_sums_are_those_of_the_page(
    shared_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, grouping: Grouping
) -> None:
    monkeypatch.setenv("DBSPEND360_DATA_DIR", str(shared_folder))
    figures = CASES["last30"]
    path = tmp_path / "view.csv"
    result = export("--query", f"?{figures.query}&group_by={grouping}", "--out", path)
    assert sum(Decimal(row["total_cost"]) for row in rows(result, path)) == figures.total


def test_every_part_of_a_view_can_be_said(folder: Path) -> None:
    path = folder / "x.csv"
    result = export(*MARCH, "--where", "ec2_cost.greaterThan.1", "--sort", "run_id", "--out", path)
    assert [row["run_id"] for row in rows(result, path)] == ["2"]
    result = export(*MARCH, "--job-name", "load_1", "--group-by", "job", "--out", path)
    assert [row["runs"] for row in rows(result, path)] == ["1"]
    result = export("--start", "2026-02-01", "--job-id", "20", "--out", path)
    assert [row["run_id"] for row in rows(result, path)] == ["3"]
    result = export(*MARCH, "--cluster-id", "none", "--out", path)
    assert rows(result, path) == []
    assert export("--preset", "last_month", "--alerts-only", "--out", path).exit_code == 0


def test_a_link_can_be_pasted(folder: Path) -> None:
    link = "http://127.0.0.1:8050/?start_date=2026-02-01&end_date=2026-02-28&group_by=day"
    path = folder / "x.csv"
    assert [row["usage_date"] for row in rows(export("--query", link, "--out", path), path)] == [
        "2026-02-10"
    ]


def test_standard_output_holds_the_file_and_nothing_else(folder: Path) -> None:
    result = export(*MARCH, "--format", "csv", "--bom", "--out", "-")
    assert result.stdout_bytes.startswith(b"\xef\xbb\xbfjob_name,")
    assert result.stderr == "Wrote 2 rows to standard output.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--out", "x"), "--format is needed: pdf, xlsx, csv."),
        (("--out", "x.doc"), "--format is needed: pdf, xlsx, csv."),
        (("--out", "x.csv", "--start", "2026-02-30"), "'2026-02-30' is not a date"),
        (("--out", "x.csv", "--sort", "nothing"), "there is no column 'nothing' by run"),
        (("--out", "x.csv", "--query", "a=b"), "a: is not something a link can say."),
        (("--out", "x.csv", "--query", "", "--job-id", "1"), "--query says it all"),
        (("--out", "x.csv", "--preset", "today", "--end", "2026-03-01"), "preset: is not used"),
        (("--out", "x.pdf", "--bom"), "--bom goes with CSV only."),
        (("--out", "gone/x.csv"), "could not be written to"),
        (("--out", ".", "--format", "csv"), "(Is a directory)"),
        (("--out", "/dev/full", "--format", "csv"), "The disk of /dev/full is full"),
    ],
)
def test_what_cannot_be_is_a_sentence(folder: Path, words: tuple[str, ...], sentence: str) -> None:
    before = sorted(folder.iterdir())
    result = export(*words)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert sentence in result.stderr
    assert sorted(folder.iterdir()) == before


def test_a_full_disk_leaves_the_old_file_as_it_was(folder: Path) -> None:
    old = folder / "march.xlsx"
    old.write_bytes(b"the old one")
    code = f"""
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, {resource.getrlimit(resource.RLIMIT_FSIZE)[1]}))
from dbspend360.cli import main
main({["export", *MARCH, "--out", "march.xlsx"]!r})
"""
    env = {**os.environ, "DBSPEND360_CACHE_URL": "simple"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "is full, so the file could not be made. Make room." in done.stderr
    assert old.read_bytes() == b"the old one"
    assert [each.name for each in folder.glob(".*")] == []


def test_without_data_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBSPEND360_DATA_DIR", str(tmp_path / "empty"))
    result = export("--out", tmp_path / "x.csv")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "dbspend360 import" in result.stderr


def test_help_shows_what_is_asked_for_most() -> None:
    words = export("--help").output
    assert "dbspend360 export --format pdf --preset last_month --out november.pdf" in words
