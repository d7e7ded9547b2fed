"""What a month will come to, by weeks that one can add up in one's head."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from dbspend360.services.forecast import (
    NOTHING,
    STALE,
    TOO_FEW,
    Forecast,
    NoForecast,
    forecast,
    guess,
    margin,
)

D = Decimal
TODAY = date(2026, 4, 15)  # a Wednesday; the first is one, too
FINAL = date(2026, 4, 12)  # a Sunday
DAY = timedelta(days=1)


def weekly(first: date, last: date, *, workday: str = "10", weekend: str = "3") -> dict[date, D]:
    days = [first + number * DAY for number in range((last - first).days + 1)]
    return {each: D(workday if each.weekday() < 5 else weekend) for each in days}


def asked(days: dict[date, D], **more: date) -> Forecast | NoForecast:
    given = {"today": TODAY, "final": FINAL, "first_date": min(days), "last_date": max(days)}
    return forecast(days, **(given | more))


def found(days: dict[date, D], **more: date) -> Forecast:
    answer = asked(days, **more)
    assert isinstance(answer, Forecast)
    return answer


def test_weeks_that_are_all_the_same_go_on() -> None:
    coming = found(weekly(date(2026, 2, 1), FINAL))
    assert coming.expected == 22 * 10 + 8 * 3  # April 2026
    assert coming.so_far == 8 * 10 + 4 * 3
    assert coming.low < coming.expected < coming.high
    assert (coming.first_date, coming.last_date) == (date(2026, 4, 1), date(2026, 4, 30))
    assert coming.course[-1] == (date(2026, 4, 30), coming.expected)
    assert coming.through == FINAL


def test_a_day_that_is_not_complete_is_guessed_unless_it_is_dearer_already() -> None:
    days = weekly(date(2026, 2, 1), FINAL)
    usual = found(days).expected
    assert found(days | {date(2026, 4, 14): D(1)}, last_date=date(2026, 4, 14)).expected == usual
    dear = found(days | {date(2026, 4, 14): D(500)}, last_date=date(2026, 4, 14))
    assert dear.expected == usual + 490
    assert dear.so_far == 92 + 500
    assert dear.low >= dear.so_far


@pytest.mark.parametrize(("length", "is_enough"), [(13, False), (14, True)])
def test_it_needs_two_whole_weeks(length: int, is_enough: bool) -> None:
    answer = asked(weekly(FINAL - (length - 1) * DAY, FINAL))
    assert isinstance(answer, Forecast) is is_enough
    assert is_enough or answer == NoForecast(TOO_FEW)


def test_days_without_records_are_zero_and_not_left_out() -> None:
    days = {FINAL - 7 * number * DAY: D(70) for number in range(4)}  # Sundays alone
    coming = found(days, first_date=date(2026, 1, 1))
    assert coming.expected == 4 * 70
    assert coming.passes(D(200)) == date(2026, 4, 19)


def test_old_data_says_nothing_about_this_month() -> None:
    old = weekly(date(2026, 1, 1), date(2026, 4, 4))
    assert asked(old) == NoForecast(STALE)
    assert isinstance(asked(old, today=date(2026, 4, 14)), Forecast)


def test_nothing_is_no_forecast() -> None:
    days = {date(2026, 1, 1): D(5)}
    assert asked(days, last_date=FINAL) == NoForecast(NOTHING)
    assert asked(weekly(date(2026, 2, 1), FINAL, workday="-5")) == NoForecast(NOTHING)


def test_on_the_first_days_the_whole_month_is_foreseen() -> None:
    today = date(2026, 4, 2)
    coming = found(
        weekly(date(2026, 2, 1), date(2026, 3, 30)), today=today, final=date(2026, 3, 30)
    )
    assert coming.so_far == 0
    assert coming.expected == 244


def test_a_month_that_is_over_but_for_its_last_days_has_a_narrow_range() -> None:
    days = weekly(date(2026, 2, 1), date(2026, 4, 29))
    late = found(days, today=date(2026, 4, 30), final=date(2026, 4, 29))
    early = found(days, today=date(2026, 4, 5), final=date(2026, 4, 2))
    assert late.high - late.low < (early.high - early.low) / 4
    over = found(
        days | {date(2026, 4, 30): D(10)}, today=date(2026, 4, 30), final=date(2026, 4, 30)
    )
    assert over.low == over.expected == over.high == 244


def test_the_day_on_which_a_budget_is_passed() -> None:
    coming = found(weekly(date(2026, 2, 1), FINAL))
    assert coming.passes(D(243)) == date(2026, 4, 30)
    assert coming.passes(D(244)) is None
    assert coming.passes(D("9.99")) == date(2026, 4, 1)


def test_a_guess_follows_the_weekday_and_the_last_two_weeks() -> None:
    known = [D(each) for each in [99] * 7 + [1, 2, 3, 4, 5, 6, 7] + [3, 4, 5, 6, 7, 8, 9]]
    assert guess(known, 9) == [2, 3, 4, 5, 6, 7, 8, 2, 3]
    assert guess(known, 0) == []


def test_the_range_grows_with_the_days_and_with_the_unrest() -> None:
    calm = list(weekly(date(2026, 2, 2), date(2026, 3, 29)).values())
    wild = [each * (3 if number % 5 == 0 else 1) for number, each in enumerate(calm)]
    assert margin(calm, 0) == 0
    assert 0 < margin(calm, 5) < margin(calm, 20) < margin(wild, 20)
    assert margin(wild, 20) == margin(wild, 20)
    assert margin([D(0)] * 28, 20) == 0


def test_sums_are_exact() -> None:
    days = {each: D("0.1") for each in weekly(date(2026, 2, 1), FINAL)}
    assert found(days).expected == D("3.0")
