"""What the current month will come to, if the next weeks are like the last ones.

A day to come costs what its weekday has cost on average in the last two weeks. How far that may be
off follows from the last eight weeks: from how much their days differ from what is usual for their
weekday, and from how much one week differs from the next. `benchmarks/forecasts.py` tries it on the
past and says how often the range holds. A jump that has not begun yet is foreseen by nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

WEEKS = 2  # that a guess looks at
RANGE_WEEKS = 8  # that its range looks at
LEAST_DAYS = 7 * WEEKS
HISTORY_DAYS = 7 * RANGE_WEEKS
STALE_DAYS = 10  # data that ends earlier says nothing about this month

TOO_FEW = "A forecast needs two whole weeks of complete days."
STALE = "A forecast needs newer data."
NOTHING = "There is no spend lately to forecast from."

_DAY = timedelta(days=1)
_NINE_OF_TEN = Decimal("1.645")  # standard deviations
_LEAST_DRIFT = Decimal("0.08")  # of the level, however calm the weeks were
_DRIFT_PART = Decimal("0.8")  # of what one week differs from the next
_ZERO = Decimal(0)

DaySums = Mapping[date, Decimal]


@dataclass(frozen=True)
class Forecast:
    """Dollars of a calendar month. `low` and `high` hold about nine times of ten."""

    first_date: date  # of the month
    last_date: date
    through: date  # the last complete day; later ones are guessed
    so_far: Decimal  # in the data, days that are not complete as far as they are known
    expected: Decimal
    low: Decimal
    high: Decimal
    course: tuple[tuple[date, Decimal], ...]  # each day of the month, and the sum through it

    def passes(self, amount: Decimal) -> date | None:
        """The day on which more than `amount` is expected to be spent; None: not in this month."""
        return next((day for day, total in self.course if total > amount), None)


@dataclass(frozen=True)
class NoForecast:
    """Why there is none."""

    reason: str


def forecast(
    days: DaySums, *, today: date, final: date, first_date: date, last_date: date
) -> Forecast | NoForecast:
    """The month of `today`.

    `days` are the dollars of each day with spend; `final` is the last day that can be complete;
    the data as a whole reaches from `first_date` to `last_date`: in between, no spend is zero.
    """
    through = min(final, last_date)
    if through < today - STALE_DAYS * _DAY:
        return NoForecast(STALE)
    start = max(first_date, through - (HISTORY_DAYS - 1) * _DAY)
    known = [days.get(each, _ZERO) for each in _days(start, through)]
    if len(known) < LEAST_DAYS:
        return NoForecast(TOO_FEW)
    month = _days(*month_of(today))
    open_days = [each for each in month if each > through]
    guessed = guess(known, (month[-1] - through).days if open_days else 0)
    ahead = {through + (number + 1) * _DAY: each for number, each in enumerate(guessed)}
    course = _course(month, days, ahead)
    expected = course[-1][1]
    if expected <= 0:
        return NoForecast(NOTHING)
    spent = sum((days.get(each, _ZERO) for each in month), _ZERO)
    off = margin(known, len(open_days))
    return Forecast(
        month[0],
        month[-1],
        through,
        spent,
        expected,
        max(expected - off, min(spent, expected)),
        expected + off,
        course,
    )


def month_of(today: date) -> tuple[date, date]:
    """First and last day of its calendar month."""
    first = today.replace(day=1)
    return first, (first + 31 * _DAY).replace(day=1) - _DAY


def guess(known: Sequence[Decimal], ahead: int) -> list[Decimal]:
    """The next days: each the average of the same weekday, of `known` days in a row."""
    recent = known[-WEEKS * 7 :]
    by_weekday = [_average(recent[len(recent) - 7 + each :: -7]) for each in range(7)]
    return [by_weekday[each % 7] for each in range(ahead)]


def margin(known: Sequence[Decimal], ahead: int) -> Decimal:
    """How many dollars such a guess of the next days may be off, nine times of ten."""
    whole = len(known) // 7 * 7
    recent = known[len(known) - whole :][-7 * RANGE_WEEKS :]
    weeks = [recent[start : start + 7] for start in range(0, len(recent), 7)]
    sums = [sum(week, _ZERO) for week in weeks]
    level = _average(sums)
    if level <= 0:
        return _ZERO
    usual = [_average(each) / level for each in zip(*weeks, strict=True)]
    odd = [
        (amount - total * share) ** 2
        for week, total in zip(weeks, sums, strict=True)
        for amount, share in zip(week, usual, strict=True)
    ]
    noise = sum(odd, _ZERO) / (6 * (len(weeks) - 1))
    steps = [abs(later - earlier) for earlier, later in pairwise(sums)]
    drift = max(_LEAST_DRIFT * level, _DRIFT_PART * _average(steps)) / 7 * ahead
    by_chance = noise * ahead * (1 + Decimal(ahead) / LEAST_DAYS)
    return _NINE_OF_TEN * (by_chance + drift**2).sqrt()


def _course(
    month: Sequence[date], days: DaySums, ahead: DaySums
) -> tuple[tuple[date, Decimal], ...]:
    """A day that is not complete costs what is known of it, at least."""
    total, course = _ZERO, []
    for each in month:
        known = days.get(each, _ZERO)
        guessed = ahead.get(each, known)
        total += max(known, guessed) if each in days else guessed
        course.append((each, total))
    return tuple(course)


def _average(amounts: Sequence[Decimal]) -> Decimal:
    return sum(amounts, _ZERO) / len(amounts) if amounts else _ZERO


def _days(first: date, last: date) -> list[date]:
    return [first + number * _DAY for number in range((last - first).days + 1)]
