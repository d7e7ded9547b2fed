"""Which files can be imported, how they are recognised, and what is said of the others."""

import gzip
import os
from pathlib import Path

import pytest
from spend_file import as_csv, loaded, reasons, refusal, spends, stored, write, write_parquet

from dbspend360.errors import BadFile
from dbspend360.warehouse.imports.importer import import_files

HEADER = "cluster_id,ec2_cost,job_id,run_id,usage_date,databricks_cost"
GOOD = "c,1.5,11,21,2026-03-01,2.5"
ALL = "* REPLACE (usage_date::VARCHAR AS usage_date)"


def said_of(tmp_path: Path, content: str | bytes) -> str:
    """The sentence that refuses a file, which leaves nothing behind."""
    path = write(tmp_path / "spends.csv", content)
    with pytest.raises(BadFile) as error:
        import_files([path], tmp_path / "data")
    assert [left.name for left in (tmp_path / "data").iterdir()] == ["import.lock"]
    return str(error.value)


def test_a_file_that_is_not_there_or_not_a_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, said in {
        "gone": "does not exist",
        ".": "is not a file",
        "pipe": "is not a f",
    }.items():
        with pytest.raises(BadFile, match=said):
            import_files([tmp_path / name], tmp_path / "data")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"spends\.csv is empty"):
        import_files([write(tmp_path / "spends.csv", "")], tmp_path / "data")
    assert "is empty" in said_of(tmp_path, "\n \n")
    assert "is empty" in said_of(tmp_path, gzip.compress(b""))


@pytest.mark.parametrize("content", [HEADER, HEADER + "\n", HEADER + "\r\n\r\n"])
def test_a_header_without_records_is_refused(tmp_path: Path, content: str) -> None:
    assert said_of(tmp_path, content) == "spends.csv has no records, only a header."


def test_missing_columns_are_named(tmp_path: Path) -> None:
    said = said_of(tmp_path, "job_id,run_id,usage_date,ec2_cost\n1,2,2026-03-01,4\n")
    assert said.startswith("spends.csv has no column cluster_id, databricks_cost. ")


def test_columns_that_are_there_twice_are_named(tmp_path: Path) -> None:
    assert "the column job_id more than once" in said_of(tmp_path, f"{HEADER}, JOB_ID\n{GOOD},1\n")


def test_both_names_of_one_cost_are_refused(tmp_path: Path) -> None:
    said = said_of(tmp_path, f"{HEADER},cloud_cost\n{GOOD},1\n")
    assert "has both ec2_cost and cloud_cost" in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"{HEADER}\n{GOOD}\n".encode("utf-16"), "is UTF-16 text"),
        (b"PK\x03\x04spreadsheet", "is a spreadsheet or a zip file"),
        (b"\x7fELF\x00\x00\x01", "is not text"),
        (b"PAR1 and then nothing", "is damaged and cannot be read"),
        (b"PAR1PAR1", "is damaged and cannot be read"),
        (b"\x1f\x8b\x08 and then nothing", "is a damaged gzip file"),
        (gzip.compress(f"{HEADER}\n{GOOD}\n".encode() * 99)[:-9], "is a damaged gzip file"),
        (f"{HEADER}\n{GOOD}\nc,1,caf\xe9,2".encode("latin-1"), "spends.csv line 3 is not UTF-8"),
    ],
)
def test_what_is_not_a_table_of_text_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in said_of(tmp_path, content)


def test_a_file_named_twice_is_refused(tmp_path: Path) -> None:
    path = spends(tmp_path / "spends.csv", {})
    with pytest.raises(BadFile, match="named twice"):
        import_files([path, tmp_path / "." / "spends.csv"], tmp_path / "data")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_usual_dialect_is_recognised(tmp_path: Path, delimiter: str, newline: str) -> None:
    content = as_csv({"job_name": "a,b;c\td|e"}, delimiter=delimiter, lineterminator=newline)
    assert loaded(tmp_path, content, "job_name") == ["a,b;c\td|e"]


def test_columns_come_in_any_order_and_case_behind_a_byte_order_mark(tmp_path: Path) -> None:
    content = (
        '\ufeff"Usage_Date", DATABRICKS_COST ,run_id,JOB_ID,Cloud_Cost,cluster_id,Team\n'
        "2026-03-01,2.5,21,11,1.5,c,data\n"
    )
    stored_values = loaded(tmp_path, content, "job_id, ec2_cost::FLOAT, cluster_id, team")
    assert stored_values == [("11", 1.5, "c", "data")]


def test_lines_need_not_end_alike(tmp_path: Path) -> None:
    content = f"{HEADER}\r\n{GOOD}\n{GOOD}\r\n\n{GOOD}"
    assert loaded(tmp_path, content, "job_id") == ["11"] * 3


def test_unknown_columns_are_ignored_and_listed(tmp_path: Path) -> None:
    record = {"notes": "x", "is_serverless": "maybe", "Region": "eu", "team": "data"}
    report = import_files([spends(tmp_path / "spends.csv", record)], tmp_path / "data")
    assert report.ignored_columns == ("notes", "Region")


def test_every_optional_column_is_stored(tmp_path: Path) -> None:
    optional = {
        "workspace_id": "w",
        "job_name": "load",
        "run_as": "me",
        "result_state": "FAILED",
        "team": "data",
    }
    content = as_csv(optional)
    assert loaded(tmp_path, content, ", ".join(optional)) == [tuple(optional.values())]


def test_torn_records_are_rejected_with_their_line(tmp_path: Path) -> None:
    content = "\n".join(
        [HEADER, "c,1,1,1,2026-03-01", GOOD, GOOD + ",", '"c"x,1,1,1,2026-03-01,1', GOOD]
    )
    assert reasons(tmp_path, content) == [
        "2: has 5 fields where the header has 6",
        "4: has 7 fields where the header has 6",
        "5: has text after a closing quote: a quote inside quotes is written twice",
    ]


def test_a_quote_that_is_never_closed_costs_one_record(tmp_path: Path) -> None:
    content = "\n".join([HEADER, GOOD, 'c,1,1,1,2026-03-01,"1', *[GOOD] * 3])
    assert reasons(tmp_path, content) == ["3: has a quote that is never closed"]
    report = import_files([tmp_path / "spends.csv"], tmp_path / "data", skip_bad=True)
    assert (report.records_loaded, report.records_rejected) == (4, 1)


def test_a_quote_that_is_never_closed_is_found_in_a_long_file_too(tmp_path: Path) -> None:
    content = "\n".join([HEADER, 'c,1,1,1,2026-03-01,"1', *[GOOD] * 10_000])
    report = refusal(tmp_path, content)
    assert report.records_rejected == 1
    assert "of more than 131,072 characters" in report.rejected[0].reason


def test_torn_and_faulty_records_are_told_in_the_order_of_lines(tmp_path: Path) -> None:
    content = "\n".join([HEADER, "c,1,,1,2026-03-01,1", "torn", "c,1,1,,2026-03-01,1", "torn"])
    lines = [(r.line, r.reason[:6]) for r in refusal(tmp_path, content).rejected]
    assert lines == [(2, "job_id"), (3, "has 1 "), (4, "run_id"), (5, "has 1 ")]


def test_control_characters_of_a_value_are_made_visible(tmp_path: Path) -> None:
    [reason] = reasons(tmp_path, as_csv({"ec2_cost": "\x1b[31m\n\u202e1"}))
    assert reason == '2: ec2_cost "\\x1b[31m\\n\\u202e1" is not a number'


def test_the_name_of_a_file_is_never_a_pattern_or_sql(tmp_path: Path) -> None:
    folder = tmp_path / "it's [x]*"
    folder.mkdir()
    spends(tmp_path / "spend1.csv", {"job_id": "other"})
    path = write_parquet(tmp_path / "all.parquet", f"FROM '{spends(tmp_path / 'a.csv', {})}'")
    for name in ("spend[1].csv", "*", "it's.csv"):
        import_files([path.rename(tmp_path / name)], folder / "data", append=True)
        path = tmp_path / name
    assert stored(folder / "data", "job_id") == ["11"] * 3


def test_csv_gzip_and_parquet_of_the_same_records_give_the_same_data(tmp_path: Path) -> None:
    source = Path(__file__).parents[1] / "data" / "job_spends.csv"
    zipped = write(tmp_path / "named.csv", gzip.compress(source.read_bytes()))
    types = "{'usage_date': 'DATE', 'ec2_cost': 'DOUBLE', 'databricks_cost': 'DECIMAL(38,6)'}"
    parquet = write_parquet(
        tmp_path / "named.gz",
        f"FROM read_csv('{source}', all_varchar = true, types = {types})",
    )
    states = []
    for number, path in enumerate([source, zipped, parquet]):
        import_files([path], tmp_path / str(number))
        states.append(sorted(map(str, stored(tmp_path / str(number), ALL))))
    assert len(states[0]) == 10_460
    assert states[0] == states[1] == states[2]


def test_a_parquet_file_keeps_numbers_exact_whatever_their_type(tmp_path: Path) -> None:
    path = write_parquet(
        tmp_path / "spends.parquet",
        "SELECT TIMESTAMPTZ '2026-03-01 00:00:00+00' AS usage_date, 7::BIGINT AS job_id, "
        "8::UTINYINT AS run_id, 'c'::BLOB AS cluster_id, 0.1::DOUBLE AS ec2_cost, "
        "1.0000005::DECIMAL(38, 7) AS databricks_cost, {'a': {'job_id': 1}, 'b': 2} AS nested, "
        "[1] AS list, 'x' AS \" Team \"",
    )
    report = import_files([path], tmp_path / "data")
    columns = "usage_date::VARCHAR, job_id, run_id, cluster_id, team"
    assert stored(tmp_path / "data", columns) == [("2026-03-01", "7", "8", "c", "x")]
    assert (str(report.ec2_cost), str(report.databricks_cost)) == ("0.100000", "1.000001")
    assert report.ignored_columns == ("nested", "list")


def test_a_parquet_file_without_records_is_refused(tmp_path: Path) -> None:
    csv = spends(tmp_path / "spends.csv", {})
    path = write_parquet(tmp_path / "none.parquet", f"FROM '{csv}' LIMIT 0")
    with pytest.raises(BadFile, match="has no records"):
        import_files([path], tmp_path / "data")


def test_a_parquet_file_cut_short_in_the_middle_is_refused(tmp_path: Path) -> None:
    csv = spends(tmp_path / "spends.csv", *[{}] * 5000)
    path = write_parquet(tmp_path / "cut.parquet", f"FROM '{csv}'")
    content = path.read_bytes()
    path.write_bytes(content[:100] + bytes(200) + content[300:])
    with pytest.raises(BadFile, match="damaged"):
        import_files([path], tmp_path / "data")
