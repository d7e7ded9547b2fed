from datetime import date
from decimal import Decimal

import pytest

from dbspend360.theme import (
    UNKNOWN,
    count,
    day,
    day_range,
    percent,
    plural,
    short_usd,
    span,
    usd,
    whole_usd,
)


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (None, UNKNOWN),
        ("0", "$0.00"),
        ("-0", "$0.00"),
        ("0.005", "$0.01"),
        ("0.004999", "$0.00"),
        ("-0.004", "$0.00"),  # never minus nothing
        ("-0.005", "−$0.01"),
        ("1234.5", "$1,234.50"),
        ("-1234567.891", "−$1,234,567.89"),
        ("2.675", "$2.68"),  # a float would say 2.67
        ("999999999999.995", "$1,000,000,000,000.00"),
    ],
)
def test_dollars_are_said_to_the_cent(amount: str | None, said: str) -> None:
    assert usd(None if amount is None else Decimal(amount)) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [("9.994", "$9.99"), ("10.5", "$11"), ("-3", "−$3.00"), ("-1234.5", "−$1,235"), ("0", "$0.00")],
)
def test_whole_dollars_keep_their_cents_only_when_few(amount: str, said: str) -> None:
    assert whole_usd(Decimal(amount)) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("9.5", "$9.50"),
        ("999999", "$999,999"),
        ("1000000", "$1.00M"),
        ("1236799.91", "$1.24M"),
        ("-2500000", "−$2.50M"),
        ("1234567890", "$1,234.57M"),
    ],
)
def test_millions_are_short_where_the_exact_sum_is_a_point_away(amount: str, said: str) -> None:
    assert short_usd(Decimal(amount)) == said


@pytest.mark.parametrize(
    ("share", "options", "said"),
    [
        ("12.35", {}, "12.4 %"),
        ("99.96", {}, "100.0 %"),
        ("100", {}, "100 %"),
        ("212.5", {"signed": True}, "+213 %"),
        ("-0.04", {"signed": True}, "0.0 %"),
        ("-12.5", {"whole": True}, "−13 %"),
        ("1234567", {}, "1,234,567 %"),
    ],
)
def test_shares_are_said_in_percent(share: str, options: dict[str, bool], said: str) -> None:
    assert percent(Decimal(share), **options) == said


def test_counts_are_said_with_commas_and_their_noun() -> None:
    assert count(3214) == "3,214"
    assert plural(1, "run") == "1 run"
    assert plural(0, "run") == "0 runs"
    assert plural(2, "entry", "entries") == "2 entries"


def test_days_are_said_without_a_needless_year() -> None:
    assert day(date(2026, 11, 1)) == "1 Nov 2026"
    assert day_range(date(2026, 11, 1), date(2026, 11, 1)) == "1 Nov 2026"
    assert day_range(date(2026, 10, 23), date(2026, 11, 1)) == "23 Oct – 1 Nov 2026"
    assert day_range(date(2025, 12, 31), date(2026, 1, 1)) == "31 Dec 2025 – 1 Jan 2026"


def test_the_days_of_a_run_are_said_as_short_as_can_be() -> None:
    assert span(date(2026, 11, 1), date(2026, 11, 1)) == "1 Nov 2026"
    assert span(date(2026, 11, 20), date(2026, 11, 21)) == "20–21 Nov 2026"
    assert span(date(2026, 10, 31), date(2026, 11, 1)) == "31 Oct – 1 Nov 2026"
