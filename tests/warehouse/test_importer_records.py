"""Which records are legal, what is stored of them, and what is said of the others."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spend_file import as_csv, loaded, reasons, refusal, write_parquet

from dbspend360.warehouse.imports.importer import import_files
from dbspend360.warehouse.imports.report import RejectedFile

NOT_A_DATE = "is not a date (YYYY-MM-DD)"
HAS_TIME = "has a time of day: write YYYY-MM-DD"
OUT_OF_RANGE = "is not between 2000-01-01 and 2100-12-31"
SPREADSHEET = "was shortened by a spreadsheet: export the column as text, not as a number"
DECIMALS = "is a number with decimals: export the column as text or as a whole number"
COMMA = "has a comma in it: write 1234.5"
CURRENCY = "has a currency sign: write the number alone"
TOO_MUCH = "is more than 1,000,000,000 dollars"


def faults(tmp_path: Path, column: str, values: Iterable[str]) -> list[str]:
    """What is said of each value, all of them in one file."""
    return [
        rejected.reason
        for rejected in refusal(tmp_path, as_csv(*({column: v} for v in values))).rejected
    ]


def kept(tmp_path: Path, column: str, values: Iterable[str]) -> list[Any]:
    """What is stored of each value, all of them in one file."""
    records = [{"run_id": str(number), column: value} for number, value in enumerate(values)]
    stored = dict(loaded(tmp_path, as_csv(*records), f"run_id::INT, {column}"))
    return [stored[number] for number in range(len(records))]


def test_a_day_that_is_not_one_is_refused(tmp_path: Path) -> None:
    said = {
        "2026-1-5": NOT_A_DATE,
        "2026-02-30": NOT_A_DATE,
        "2026-02-29": NOT_A_DATE,
        "01/02/2026": NOT_A_DATE,
        "2026/01/05": NOT_A_DATE,
        "20260105": NOT_A_DATE,
        "2026-13-01": NOT_A_DATE,
        " 2026-01-05": NOT_A_DATE,
        "２０２６-01-05": NOT_A_DATE,
        "0044-03-15 (BC)": NOT_A_DATE,
        "epoch": NOT_A_DATE,
        "today": NOT_A_DATE,
        "2026-01-05x": NOT_A_DATE,
        "infinity": OUT_OF_RANGE,
        "-infinity": OUT_OF_RANGE,
        "1999-12-31": OUT_OF_RANGE,
        "2101-01-01": OUT_OF_RANGE,
        "2026-01-05 12:00:00": HAS_TIME,
        "2026-01-05T00:00:00+02:00": HAS_TIME,
    }
    expected = [f'usage_date "{day}" {fault}' for day, fault in said.items()]
    assert faults(tmp_path, "usage_date", said) == expected


def test_a_record_without_a_day_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, "usage_date", ["", "  "]) == ["usage_date is missing"] * 2


def test_a_day_may_come_from_a_timestamp_column(tmp_path: Path) -> None:
    days = ["2000-01-01", "2024-02-29", "2100-12-31"]
    midnights = ["", " 00:00:00", "T00:00:00", " 00:00:00.000000", "T00:00:00Z"]
    written = [day + midnight for day in days for midnight in midnights]
    stored = [str(day) for day in kept(tmp_path, "usage_date", written)]
    assert stored == [day for day in days for _ in midnights]


@pytest.mark.parametrize("column", ["job_id", "run_id"])
def test_an_id_that_is_missing_or_mangled_is_refused(tmp_path: Path, column: str) -> None:
    said = {
        "": "is missing",
        "  ": "is missing",
        "\u2003": "is missing",
        "5.00E+14": f'"5.00E+14" {SPREADSHEET}',
        "5,00E+14": f'"5,00E+14" {SPREADSHEET}',
        "5e+14": f'"5e+14" {SPREADSHEET}',
        "5.0E14": f'"5.0E14" {SPREADSHEET}',
        "500.0": f'"500.0" {DECIMALS}',
        "a\tb": '"a\\tb" has a control character in it',
        "a\0b": '"a\\x00b" has a control character in it',
        "a\x85b": '"a\\x85b" has a control character in it',
        "9" * 256: '"' + "9" * 60 + '…" is longer than 255 characters',
    }
    assert faults(tmp_path, column, said) == [f"{column} {fault}" for fault in said.values()]


def test_an_id_is_any_other_text(tmp_path: Path) -> None:
    ids = ["0", "9" * 255, "run-2026", "売上", "1e5", "12.5", "' OR 1=1 --", "007"]
    assert kept(tmp_path, "job_id", ids) == ids


def test_blank_ids_of_cluster_and_workspace_are_no_cluster_and_one_workspace(
    tmp_path: Path,
) -> None:
    content = as_csv({"cluster_id": " ", "workspace_id": " "})
    assert loaded(tmp_path, content, "cluster_id, workspace_id") == [(None, "")]


def test_a_job_name_is_kept_exactly(tmp_path: Path) -> None:
    names = [
        "  padded name  ",
        "tab\tinside",
        'nightly "orders", EU',
        "two\nlines",
        "windows\r\nlines",
        "<script>alert(1)</script>",
        "=HYPERLINK(0)",
        "🚀 launch 売上",
        "NULL",
        "\\N",
        "nan",
        "'; DROP TABLE spends --",
        "x" * 240,
        "é" * 1000,
    ]
    assert kept(tmp_path, "job_name", names) == names


def test_a_blank_job_name_is_no_name(tmp_path: Path) -> None:
    assert kept(tmp_path, "job_name", ["", "  ", "\t", "\u00a0"]) == [None] * 4


def test_a_job_name_that_no_database_likes_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, "job_name", ["a\0b", "x" * 1001]) == [
        'job_name "a\\x00b" has a NUL character in it',
        'job_name "' + "x" * 60 + '…" is longer than 1,000 characters',
    ]


@pytest.mark.parametrize("column", ["ec2_cost", "databricks_cost"])
@pytest.mark.parametrize(
    "said",
    [
        {
            "NaN": "is not a finite number",
            "-inf": "is not a finite number",
            "Infinity": "is not a finite number",
            "1,234.5": COMMA,
            "12,5": COMMA,
            "$1": CURRENCY,
            "1 €": CURRENCY,
            "1_000": "has an underscore in it: write 1234.5",
            "1e10": TOO_MUCH,
            "-1000000000.000001": TOO_MUCH,
            "1e400": TOO_MUCH,
            "9" * 50: TOO_MUCH,
        },
        dict.fromkeys(
            ["free", "0x10", "--1", "1 2", "1.2.3", "1e", "-", "NULL", "(5.00)", "٣", "1\n"],
            "is not a number",
        ),
    ],
)
def test_an_amount_that_is_not_one_is_refused(
    tmp_path: Path, column: str, said: dict[str, str]
) -> None:
    expected = [f'{column} "{amount}" {fault}' for amount, fault in said.items()]
    visible = [text.replace("\n", "\\n") for text in expected]
    assert faults(tmp_path, column, said) == visible


@pytest.mark.parametrize("column", ["ec2_cost", "databricks_cost"])
def test_an_amount_is_kept_to_the_sixth_decimal(tmp_path: Path, column: str) -> None:
    values = {
        "0": "0",
        "-0": "0",
        " 1.5 ": "1.5",
        "+1.5": "1.5",
        ".5": "0.5",
        "5.": "5",
        "-3.25": "-3.25",
        "1.5e-3": "0.0015",
        "1E+3": "1000",
        "1000000000": "1000000000",
        "-1e9": "-1000000000",
        "0.0000005": "0.000001",
        "-0.0000005": "-0.000001",
        "0.00000049999999999999999999": "0",
        "1.0000014999999999": "1.000001",
        "12345.6789015e-1": "1234.567890",
        "1e-400": "0",
    }
    assert kept(tmp_path, column, values) == [Decimal(value) for value in values.values()]


@pytest.mark.parametrize("column", ["ec2_cost", "databricks_cost"])
def test_a_blank_amount_is_unknown_and_not_zero(tmp_path: Path, column: str) -> None:
    assert kept(tmp_path, column, ["", "  ", "0"]) == [None, None, Decimal(0)]


AMOUNTS = st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False)


@settings(max_examples=15, deadline=None)
@given(st.lists(AMOUNTS, min_size=1, max_size=300))
def test_amounts_are_what_exact_decimals_say(amounts: list[Decimal]) -> None:
    texts = [form.format(a) for a in amounts for form in ("{:f}", "{:e}") if abs(a.adjusted()) < 90]
    texts = texts or ["0"]
    with TemporaryDirectory() as folder:
        content = as_csv(*({"ec2_cost": text, "run_id": str(n)} for n, text in enumerate(texts)))
        stored = dict(loaded(Path(folder), content, "run_id::INT, ec2_cost"))
    micro = Decimal("0.000001")
    exact = [Decimal(text).quantize(micro, ROUND_HALF_UP) for text in texts]
    assert [stored[n] for n in range(len(texts))] == exact


def test_an_amount_in_another_currency_cannot_be_added(tmp_path: Path) -> None:
    fault = "is not USD: amounts of two currencies cannot be added"
    said = [f'currency "{currency}" {fault}' for currency in ("EUR", "US")]
    assert faults(tmp_path, "currency", ["EUR", "US"]) == said


def test_dollars_need_not_be_called_so(tmp_path: Path) -> None:
    content = as_csv({"currency": ""}, {"currency": "USD"}, {"currency": " usd "})
    assert loaded(tmp_path, content, "job_id") == ["11"] * 3


def test_records_that_look_the_same_are_all_kept(tmp_path: Path) -> None:
    content = as_csv({}, {}, {"ec2_cost": "-10.5"}, {})
    assert loaded(tmp_path, content, "sum(ec2_cost)::DOUBLE, count(*)") == [(21.0, 4)]


def test_only_the_first_fault_of_a_record_is_told(tmp_path: Path) -> None:
    content = as_csv({"usage_date": "x", "job_id": "", "ec2_cost": "$"})
    assert reasons(tmp_path, content) == ['2: usage_date "x" is not a date (YYYY-MM-DD)']


def test_twenty_rejected_records_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    report = refusal(tmp_path, as_csv(*([{"job_id": ""}, {}] * 500)))
    assert report.records_rejected == 500
    assert [rejected.line for rejected in report.rejected] == list(range(2, 42, 2))


def test_lines_are_right_after_blank_lines_and_quoted_newlines(tmp_path: Path) -> None:
    head, good, bad = as_csv({"job_name": "two\nlines"}, {"job_name": "x", "job_id": ""}).split(
        "\r\n"
    )[:3]
    content = "\r\n".join(["", head, good, "", "  ", good, bad, good, bad, ""])
    assert [reason[:2] for reason in reasons(tmp_path, content)] == ["9:", "12"]


def test_the_row_of_a_parquet_file_is_told(tmp_path: Path) -> None:
    path = write_parquet(
        tmp_path / "spends.parquet",
        "SELECT 'c' AS cluster_id, 1.5 AS ec2_cost, i AS job_id, 5e14 + i AS run_id, "
        "DATE '2026-03-01' AS usage_date, 2.5 AS databricks_cost FROM range(3) AS t(i)",
    )
    with pytest.raises(RejectedFile) as error:
        import_files([path], tmp_path / "data")
    first = str(error.value.report.rejected[0])
    assert first.startswith('spends.parquet row 1: run_id "500000000000000.0" is a number with')
