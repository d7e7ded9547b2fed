import json
import pickle
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbspend360.models.answer import Answer
from dbspend360.warehouse.answers_json import dumped, loaded
from dbspend360.warehouse.base import Rows

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)

zones = st.sampled_from([None, UTC, timezone(timedelta(hours=5, minutes=45))])
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.decimals(allow_nan=False),
    st.dates(),
    st.datetimes(timezones=zones),
    st.text(),
)
rows = st.lists(st.dictionaries(st.sampled_from(["a", "b", "日"]), values), max_size=3)


# The first text on a machine builds a table of all of Unicode: slow once, and no fault of ours.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows)
def test_any_rows_come_back_exactly(before: Rows) -> None:
    after = loaded(dumped(Answer(before, NOON, cached=False)))
    assert after is not None
    assert (after.asked_at, after.cached) == (NOON, True)
    assert typed(after.value) == typed(before)


def typed(rows: Rows) -> list[dict[str, tuple[type, str]]]:
    # Equal is not enough: 1, True and Decimal("1.0") are equal.
    return [{name: (type(value), str(value)) for name, value in row.items()} for row in rows]


@pytest.mark.parametrize(
    "value", ["2026-03-01", '["date"]', "\N{PILE OF POO}", "日本", "العربية", "", "1"]
)
def test_text_stays_text(value: str) -> None:
    after = loaded(dumped(Answer([{"job_name": value}], NOON, cached=False)))
    assert after is not None
    assert after.value == [{"job_name": value}]


def test_a_day_and_a_midnight_are_told_apart() -> None:
    before: Rows = [{"day": date(2026, 3, 1), "midnight": datetime(2026, 3, 1)}]
    after = loaded(dumped(Answer(before, NOON, cached=False)))
    assert after is not None
    assert [type(value) for value in after.value[0].values()] == [date, datetime]


def test_a_row_that_holds_something_else_is_an_error_of_ours() -> None:
    before: Rows = [{"tags": ["a"]}]  # type: ignore[dict-item]
    assert loaded(dumped(Answer(before, NOON, cached=False))) is None
    with pytest.raises(TypeError, match="cannot hold a set"):
        dumped(Answer([{"tags": {"a"}}], NOON, cached=False))  # type: ignore[dict-item]


def entry(asked_at: object = NOON.isoformat(), rows: object = ()) -> bytes:
    return json.dumps({"asked_at": asked_at, "rows": rows}).encode()


HOSTILE = {
    "empty": b"",
    "cut short": entry(rows=[{"cost": 1}])[:-3],
    "not text": b"\xff\xfe\x00\x80",
    "a pickle": pickle.dumps([1]),
    "a number": b"5",
    "nothing": b"null",
    "another shape": b'{"rows": []}',
    "a million brackets": b"[" * 1_000_000,
    "no time": entry(asked_at="yesterday"),
    "a time that is a number": entry(asked_at=5),
    "a time without a zone": entry(asked_at="2026-03-01T12:00:00"),
    "rows that are text": entry(rows="ab"),
    "rows that are a number": entry(rows=5),
    "a row that is a list": entry(rows=[[1]]),
    "an object in a row": entry(rows=[{"cost": {"a": 1}}]),
    "an unknown tag": entry(rows=[{"cost": ["exec", "1"]}]),
    "a list as a tag": entry(rows=[{"cost": [["date"], "1"]}]),
    "a tag and a number": entry(rows=[{"day": ["date", 5]}]),
    "a wrong day": entry(rows=[{"day": ["date", "2026-02-31"]}]),
    "a wrong decimal": entry(rows=[{"cost": ["decimal", "ten"]}]),
    "too many digits": b'{"asked_at": "x", "rows": [' + b"9" * 5000 + b"]}",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_anything_else_is_nothing(data: bytes) -> None:
    assert loaded(data) is None


@pytest.mark.parametrize("data", [None, 5, "text", {"rows": []}])
def test_what_is_not_bytes_is_nothing(data: object) -> None:
    assert loaded(data) is None
