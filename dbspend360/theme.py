"""Colours, and how numbers and days are said: the same on page, chart, file and mail."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

# Names of the tokens in assets/tokens.css; the browser knows their value in light and dark.
DATABRICKS = "var(--databricks)"
EC2 = "var(--ec2)"
INK = "var(--ink)"
INK_2 = "var(--ink-2)"
LINE = "var(--line)"
CARD = "var(--card)"
BAD = "var(--bad)"
QUIET = "var(--quiet)"
BAND = "var(--band)"

UNKNOWN = "—"
_CENT = Decimal("0.01")
_MINUS = "\N{MINUS SIGN}"


def usd(amount: Decimal | None) -> str:
    """Dollars to the cent: `$1,234.50`, `−$3.00`; "—" when unknown."""
    if amount is None:
        return UNKNOWN
    cents = amount.quantize(_CENT, ROUND_HALF_UP)
    return f"{_MINUS if cents < 0 else ''}${abs(cents):,.2f}"


def signed_usd(amount: Decimal) -> str:
    """A difference to the cent: `+$12.00`, `−$3.00`, `$0.00`."""
    said = usd(amount)
    return said if said.startswith(_MINUS) or said == usd(Decimal(0)) else f"+{said}"


def whole_usd(amount: Decimal | None) -> str:
    """Dollars without cents, where space is short: `$46,234`; under ten dollars with cents."""
    if amount is None or abs(amount) < 10:
        return usd(amount)
    dollars = amount.quantize(Decimal(1), ROUND_HALF_UP)
    return f"{_MINUS if dollars < 0 else ''}${abs(dollars):,}"


_MILLION = Decimal(1_000_000)


def short_usd(amount: Decimal | None) -> str:
    """`$46,234`, from a million on `$1.24M`: where space is short and pointing at it says all."""
    if amount is None or abs(amount) < _MILLION:
        return whole_usd(amount)
    return f"{usd(amount / _MILLION)}M"


def count(number: int) -> str:
    """`3,214`."""
    return f"{number:,}"


def plural(number: int, one: str, many: str = "") -> str:
    """`1 run`, `3,214 runs`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(share: Decimal, *, signed: bool = False, whole: bool = False) -> str:
    """`12.4 %`; `whole`, or beyond a hundred, without decimals: `+212 %`."""
    digits = Decimal(1) if whole or abs(share) >= 100 else Decimal("0.1")
    rounded = share.quantize(digits, ROUND_HALF_UP)
    sign = _MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{abs(rounded):,} %"


def day(when: date) -> str:
    """`21 Nov 2026`."""
    return f"{when.day} {when:%b} {when.year}"


def day_range(first: date, last: date) -> str:
    """`21 Nov 2026`, `23 Oct – 21 Nov 2026`."""
    if first == last:
        return day(first)
    start = day(first) if first.year != last.year else f"{first.day} {first:%b}"
    return f"{start} – {day(last)}"


def span(first: date, last: date) -> str:
    """The days of a run: `21 Nov 2026`, `20–21 Nov 2026`, `31 Oct – 1 Nov 2026`."""
    if first == last or (first.year, first.month) != (last.year, last.month):
        return day_range(first, last)
    return f"{first.day}–{day(last)}"
