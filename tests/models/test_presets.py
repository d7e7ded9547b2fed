from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbspend360.models.presets import Preset, period

SOME_DAY = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31))
ROLLING = {Preset.LAST_7_DAYS: 7, Preset.LAST_30_DAYS: 30, Preset.LAST_90_DAYS: 90}
LEAP_THURSDAY = date(2024, 2, 29)


def days(preset: Preset, today: date, last_date: date | None = None) -> tuple[str, str]:
    first, last = period(preset, today=today, last_date=last_date)
    return str(first), str(last)


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        (Preset.TODAY, ("2024-02-29", "2024-02-29")),
        (Preset.YESTERDAY, ("2024-02-28", "2024-02-28")),
        (Preset.THIS_WEEK, ("2024-02-26", "2024-02-29")),
        (Preset.LAST_WEEK, ("2024-02-19", "2024-02-25")),
        (Preset.THIS_MONTH, ("2024-02-01", "2024-02-29")),
        (Preset.LAST_MONTH, ("2024-01-01", "2024-01-31")),
        (Preset.LAST_7_DAYS, ("2024-02-22", "2024-02-28")),
        (Preset.LAST_30_DAYS, ("2024-01-30", "2024-02-28")),
        (Preset.LAST_90_DAYS, ("2023-12-01", "2024-02-28")),
    ],
)
def test_every_preset_on_a_leap_day(preset: Preset, expected: tuple[str, str]) -> None:
    assert days(preset, LEAP_THURSDAY) == expected


@pytest.mark.parametrize(
    ("today", "this_week", "last_week"),
    [
        ("2026-11-23", ("2026-11-23", "2026-11-23"), ("2026-11-16", "2026-11-22")),  # a Monday
        ("2026-11-22", ("2026-11-16", "2026-11-22"), ("2026-11-09", "2026-11-15")),  # a Sunday
        ("2026-01-01", ("2025-12-29", "2026-01-01"), ("2025-12-22", "2025-12-28")),
    ],
)
def test_weeks_begin_on_monday(
    today: str, this_week: tuple[str, str], last_week: tuple[str, str]
) -> None:
    now = date.fromisoformat(today)
    assert days(Preset.THIS_WEEK, now) == this_week
    assert days(Preset.LAST_WEEK, now) == last_week


@pytest.mark.parametrize(
    ("today", "last_month"),
    [
        ("2026-01-01", ("2025-12-01", "2025-12-31")),
        ("2026-03-31", ("2026-02-01", "2026-02-28")),
        ("2024-03-01", ("2024-02-01", "2024-02-29")),
        ("2100-03-01", ("2100-02-01", "2100-02-28")),
        ("2026-05-31", ("2026-04-01", "2026-04-30")),
    ],
)
def test_last_month_is_the_whole_month_before(today: str, last_month: tuple[str, str]) -> None:
    assert days(Preset.LAST_MONTH, date.fromisoformat(today)) == last_month


def test_rolling_presets_end_on_the_last_day_with_data() -> None:
    assert days(Preset.LAST_7_DAYS, date(2026, 11, 21), date(2026, 9, 30)) == (
        "2026-09-24",
        "2026-09-30",
    )


@given(today=SOME_DAY, last_date=st.none() | SOME_DAY)
def test_no_period_ends_after_today_or_is_backwards(today: date, last_date: date | None) -> None:
    for preset in Preset:
        first, last = period(preset, today=today, last_date=last_date)
        assert first <= last <= today


@given(today=SOME_DAY, last_date=st.none() | SOME_DAY)
def test_rolling_presets_have_their_number_of_days(today: date, last_date: date | None) -> None:
    for preset, length in ROLLING.items():
        first, last = period(preset, today=today, last_date=last_date)
        assert last - first == timedelta(days=length - 1)


@given(today=SOME_DAY)
def test_calendar_presets_fit_together(today: date) -> None:
    one = timedelta(days=1)
    for this, before in (
        (Preset.THIS_WEEK, Preset.LAST_WEEK),
        (Preset.THIS_MONTH, Preset.LAST_MONTH),
        (Preset.TODAY, Preset.YESTERDAY),
    ):
        first, last = period(this, today=today, last_date=None)
        before_first, before_last = period(before, today=today, last_date=None)
        assert before_last + one == first <= last == today
        if this is Preset.THIS_WEEK:
            assert (before_first.weekday(), before_last.weekday()) == (0, 6)
        if this is Preset.THIS_MONTH:
            assert (before_first.day, first.day) == (1, 1)


def test_every_preset_has_words_for_its_button() -> None:
    assert Preset.LAST_7_DAYS.words == "Last 7 days"
    assert len({each.words for each in Preset}) == len(Preset)
