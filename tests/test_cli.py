"""The command line: what it says, and with which exit code it ends."""

import csv
import json
import os
import socket
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from dbspend360.cli import gunicorn_config, main
from dbspend360.warehouse import versions

DATA = Path(__file__).parent / "data"
SPENDS = DATA / "job_spends.csv"
HEADER = "cluster_id,ec2_cost,job_id,run_id,usage_date,databricks_cost\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of the settings; nothing is in it."""
    for name in [name for name in os.environ if name.startswith("DBSPEND360_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DBSPEND360_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*words: object) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert "Traceback" not in result.output
    return result


def refused(*words: object) -> str:
    """What is said on stderr, and only there, by a command that refuses."""
    result = run(*words)
    assert result.exit_code == 1
    return result.stderr


def test_an_import_ends_up_with_the_figures_of_the_file(folder: Path) -> None:
    assert run("import", SPENDS).exit_code == 0
    expected = json.loads((DATA / "job_spends.expected.json").read_text())["all"]
    version = versions.current(folder)
    assert version is not None
    with duckdb.connect(str(version.path), read_only=True) as db:
        sums = db.execute("""
            SELECT
                count(*), count(DISTINCT (workspace_id, job_id)),
                count(DISTINCT (workspace_id, job_id, run_id)),
                sum(ec2_cost), sum(databricks_cost), count(*) - count(ec2_cost)
            FROM spends
        """).fetchall()[0]
        days = db.execute("""
            SELECT usage_date::VARCHAR, sum(coalesce(ec2_cost, 0)), sum(databricks_cost)
            FROM spends GROUP BY ALL
        """).fetchall()
    assert sums == (
        expected["records"],
        expected["total_jobs"],
        expected["total_runs"],
        Decimal(expected["ec2"]),
        Decimal(expected["databricks"]),
        expected["unknown_ec2_records"],
    )
    assert sums[3] + sums[4] == Decimal(expected["total"])
    assert {day: [str(ec2), str(dbx)] for day, ec2, dbx in days} == expected["days"]


def test_every_job_name_survives_the_import(folder: Path) -> None:
    run("import", SPENDS)
    with SPENDS.open(newline="") as stream:
        names = {record["job_name"] or None for record in csv.DictReader(stream)}
    version = versions.current(folder)
    assert version is not None
    with duckdb.connect(str(version.path), read_only=True) as db:
        assert {
            row[0] for row in db.execute("SELECT DISTINCT job_name FROM spends").fetchall()
        } == names


def test_an_import_says_what_it_did_in_plain_words(folder: Path) -> None:
    assert run("import", SPENDS).stdout.splitlines() == [
        "Loaded 10,460 records of 90 days, 2026-08-23 to 2026-11-20.",
        "EC2 $58,023.86 + Databricks $46,234.14 = $104,257.99",
        "Without EC2 cost: 2,278 records; unknown, not zero.",
        f"Stored in {folder}, which now holds 10,460 records.",
    ]
    again = run("import", SPENDS).stdout
    assert "Replaced 10,460 older records of these days." in again


def test_rejected_records_are_told_one_a_line(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "job_spends.csv"
    path.write_text(HEADER + "c,1,1,1,2026-02-30,1\n" * 25 + "c,1,1,1,2026-03-01,-3\n")
    said = refused("import", path).splitlines()
    assert said[0] == 'job_spends.csv line 2: usage_date "2026-02-30" is not a date (YYYY-MM-DD)'
    assert said[20:] == [
        "and 5 more rejected records",
        "Error: 25 of 26 records cannot be loaded, so nothing was imported: "
        "correct them, or skip them with --skip-bad.",
    ]
    skipping = run("import", "--skip-bad", path)
    assert skipping.exit_code == 0
    assert "Skipped 25 bad records." in skipping.stdout
    assert "EC2 $1.00 + Databricks -$3.00 = -$2.00" in skipping.stdout


def test_append_adds(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "spends.csv"
    path.write_text(HEADER + "c,1,1,1,2026-03-01,1\n")
    run("import", path)
    said = run("import", "--append", path).stdout
    assert said.endswith(f"Stored in {folder}, which now holds 2 records.\n")


def test_a_missing_file_is_refused_in_a_sentence(folder: Path) -> None:
    assert refused("import", "gone.csv") == "Error: gone.csv does not exist.\n"
    assert not folder.exists()


@pytest.mark.parametrize("words", [["import"], ["serve", "--port", "0"], ["demo", "--days", "0"]])
def test_a_wrong_use_ends_with_2(folder: Path, words: list[str]) -> None:
    assert run(*words).exit_code == 2


@pytest.mark.parametrize("command", ["serve", "demo", "import", "init", "check"])
def test_every_help_shows_an_example(command: str) -> None:
    said = run(command, "--help").stdout
    assert f"\n  dbspend360 {command}" in said


def test_demo_makes_data_but_never_over_imported_data(folder: Path) -> None:
    assert run("demo", "--records", 200, "--days", 10).stdout.startswith("Made 200 demo records")
    run("import", SPENDS)
    assert "holds imported data" in refused("demo")
    assert run("demo", "--records", 10, "--days", 2, "--replace").exit_code == 0


def test_check_says_what_is_there(folder: Path) -> None:
    run("import", SPENDS)
    result = run("check")
    words = dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
    assert result.exit_code == 0
    assert words["Data"] in (f"folder  {folder}", "imported, readable")
    assert words["Days"] == "2026-08-23 to 2026-11-20"
    assert words["Records"] == "10,460"
    assert words["Cache"].endswith(" s")
    assert "takes" in words["Speed"]


def test_check_says_how_to_mend_what_is_wrong(folder: Path) -> None:
    assert "holds no data: run `dbspend360 demo`" in refused("check")
    run("demo", "--records", 10, "--days", 2)
    path = next(folder.glob("spends-*"))
    path.write_text("not a database")
    assert f"is damaged: delete {folder / 'current.json'} and import again" in refused("check")
    assert "is damaged" in refused("import", SPENDS)
    path.unlink()
    assert "is missing: put it back" in refused("check")
    (folder / "current.json").unlink()
    assert run("import", SPENDS).exit_code == 0
    assert run("check").exit_code == 0


def test_check_never_shows_a_password(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBSPEND360_CACHE_URL", "redis://cache:s3cret@127.0.0.1:6379/0")
    assert "redis://cache:***@127.0.0.1:6379/0" in run("check").stdout


@pytest.mark.parametrize(
    ("name", "value"), [("CACHE_URL", "memcached://host"), ("LOG_LEVEL", "loud"), ("PORT", "0")]
)
def test_serve_and_check_refuse_a_wrong_setting_with_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"DBSPEND360_{name}", value)
    for command in ("serve", "check"):
        assert refused(command).startswith(f"Error: DBSPEND360_{name} ")


def test_a_setting_that_makes_no_sense_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBSPEND360_PORT", "many")
    assert refused("check").startswith("Error: DBSPEND360_PORT is 'many': ")


def test_serve_says_that_its_port_is_taken_before_it_makes_anything(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refused("serve", "--host", "127.0.0.1", "--port", port)
    assert said.startswith(f"Error: Port {port} of 127.0.0.1 is not free")
    assert f"`dbspend360 serve --port {port + 1}`" in said
    assert not folder.exists()


def test_serve_says_that_its_address_is_not_of_this_machine(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBSPEND360_AUTH", "basic")
    assert "of 203.0.113.9 is not free" in refused("serve", "--host", "203.0.113.9")


def test_the_configuration_of_the_server_is_found() -> None:
    assert gunicorn_config().name == "gunicorn.conf.py"
