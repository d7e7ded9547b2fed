"""How good the forecast of a month is: on the demo data and on the shared data.

    python -m benchmarks.forecasts

For each day after the first weeks it is asked what the next days come to, as it would be on the
10th, 15th and 20th of a month: of the whole, and of each job that costs something.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from dbspend360.services.forecast import Forecast, forecast
from dbspend360.warehouse.demo import COLUMNS, demo_records

LATE_DAYS = 3  # today is so many days after the last complete one
LEAST_DOLLARS = 100  # that a job costs a month, to be asked about
SHARED = Path(__file__).parent.parent / "tests" / "data" / "job_spends.csv"

Series = dict[date, Decimal]


@dataclass(frozen=True)
class Score:
    """Of many forecasts."""

    number: int
    mape: float  # mean absolute error of the month's total, percent
    coverage: float  # how many months came to something inside the range, percent
    width: float  # of the range, percent of the forecast


def main() -> None:
    """Print a line for each data set and each day of the month."""
    last = date(2026, 11, 20)
    demo = [dict(zip(COLUMNS, each, strict=True)) for each in demo_records(last_day=last)]
    print(f"{'data':<22}{'day':>4}{'forecasts':>11}{'MAPE %':>9}{'in range %':>12}{'width %':>9}")
    for name, records in (("demo", demo), ("shared", list(_shared()))):
        whole, jobs = _series(records)
        for kind, series in (("all jobs", [whole]), ("each job", list(jobs.values()))):
            for day in (10, 15, 20):
                score = _score([each for one in series for each in _trials(one, whole, day)])
                print(
                    f"{name + ', ' + kind:<22}{day:>4}{score.number:>11,}{score.mape:>9.1f}"
                    f"{score.coverage:>12.1f}{score.width:>9.1f}"
                )


def _shared() -> Iterator[Mapping[str, str]]:
    with SHARED.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _series(records: Iterable[Mapping[str, str]]) -> tuple[Series, dict[str, Series]]:
    whole: Series = defaultdict(Decimal)
    jobs: dict[str, Series] = defaultdict(lambda: defaultdict(Decimal))
    for each in records:
        day = date.fromisoformat(each["usage_date"][:10])
        cost = Decimal(each["ec2_cost"] or 0) + Decimal(each["databricks_cost"] or 0)
        whole[day] += cost
        jobs[each["job_id"]][day] += cost
    months = Decimal(len(whole)) / 30
    return whole, {
        job: each for job, each in jobs.items() if sum(each.values()) / months > LEAST_DOLLARS
    }


def _trials(series: Series, whole: Series, day: int) -> Iterator[tuple[Forecast, Decimal]]:
    """Each month of 30 days that the data holds: it is shifted to one that begins on the first."""
    first, last = min(whole), max(whole)
    for number in range((last - first).days):
        begin = first + timedelta(days=number)
        end = begin + timedelta(days=29)
        today = begin + timedelta(days=day - 1)
        final = today - timedelta(days=LATE_DAYS)
        if end > last or final < first + timedelta(days=13):
            continue
        # A calendar month with thirty days that begins on the same weekday.
        shift = _april_from(begin) - begin
        known = {each + shift: cost for each, cost in series.items() if each <= final}
        found = forecast(
            known,
            today=today + shift,
            final=final + shift,
            first_date=first + shift,
            last_date=final + shift,
        )
        actual = sum((cost for each, cost in series.items() if begin <= each <= end), Decimal(0))
        if isinstance(found, Forecast) and actual > 0:
            yield found, actual


def _april_from(begin: date) -> date:
    return next(
        found
        for year in range(2026, 2060)
        if (found := date(year, 4, 1)).weekday() == begin.weekday()
    )


def _score(trials: list[tuple[Forecast, Decimal]]) -> Score:
    errors = [abs(found.expected / actual - 1) for found, actual in trials]
    held = [found.low <= actual <= found.high for found, actual in trials]
    widths = [(found.high - found.low) / found.expected for found, _ in trials]
    number = len(trials) or 1
    return Score(
        len(trials),
        float(sum(errors)) / number * 100,
        sum(held) / number * 100,
        float(sum(widths)) / number * 100,
    )


if __name__ == "__main__":
    main()
