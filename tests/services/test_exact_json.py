import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spend_records import view

from dbspend360.models.columns import COLUMNS, Grouping
from dbspend360.models.presets import Preset
from dbspend360.services.exact_json import indented_json, json_text, money_text
from dbspend360.services.ndjson_export import ndjson_chunks

amounts = st.decimals(-(10**30), 10**30, places=6)
plain = st.none() | st.booleans() | st.integers() | st.text() | amounts
values = st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


def read(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


@given(values)
def test_what_is_written_is_read_again(value: object) -> None:
    assert read(json_text(value)) == value
    assert read(indented_json(value)) == value


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("120.5", "120.500000"),
        ("-4", "-4.000000"),
        ("1E-7", "0.000000"),
        ("-1E-7", "0.000000"),
        ("1E+20", "100000000000000000000.000000"),
        ("11.27967028778535107649031700", "11.279670"),
        ("99999999999999999999999999999999.123456", "99999999999999999999999999999999.123456"),
    ],
)
def test_money_has_six_decimals_no_exponent_and_no_float(amount: str, text: str) -> None:
    assert money_text(Decimal(amount)) == text


def test_days_and_words_are_texts() -> None:
    assert json_text([date(2026, 3, 1), Preset.TODAY]) == '["2026-03-01","today"]'


@pytest.mark.parametrize("odd", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_not_written(odd: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_text(odd)


def test_ndjson_is_a_line_for_each_row_and_nothing_without_rows() -> None:
    asked = view("group_by=day")
    names = [each.name for each in COLUMNS[Grouping.DAY]]
    rows: Any = [dict.fromkeys([*names, "serverless_records"]), dict.fromkeys(names, "a\nb")]
    lines = "".join(ndjson_chunks(asked, [rows[:1], rows[1:]])).splitlines()
    assert [json.loads(line) for line in lines] == [
        dict.fromkeys(names),
        dict.fromkeys(names, "a\nb"),
    ]
    assert "".join(ndjson_chunks(asked, [])) == ""
