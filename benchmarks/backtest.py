"""How long the form waits for its back-test: `python benchmarks/backtest.py --records 1000000`.

The first look asks the warehouse and compares every run with its job's normal; each further one, as
a threshold moves, only applies the rules and steps of ninety days.
"""

import argparse
import logging
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from dbspend360.models.alert_config import AlertConfig
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.alert_rows import AlertRows
from dbspend360.services.job_costs import JobCosts
from dbspend360.settings import Settings
from dbspend360.store.places import make_store
from dbspend360.warehouse.demo import DAYS, RECORDS, make_demo
from dbspend360.warehouse.source import make_source
from dbspend360.warehouse.spends import SpendRepository

FIRST_LOOKS, MOVES = 5, 20


def main() -> None:
    """Print the median of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--days", type=int, default=DAYS)
    asked = parser.parse_args()
    logging.disable()
    with TemporaryDirectory() as folder:
        make_demo(Path(folder), records=asked.records, days=asked.days)
        first, moved = zip(*(measured(Path(folder)) for _ in range(FIRST_LOOKS)), strict=True)
    print(f"{asked.records:,} records: first look {median(first):.3f} s")
    print(f"each move of a threshold {median(moved):.3f} s")


def measured(folder: Path) -> tuple[float, float]:
    """Seconds of a first look, and of a move after it."""
    settings = Settings(data_dir=folder)
    source = make_source(settings)
    rows = AlertRows(make_store("", folder))
    costs = JobCosts(SpendRepository(source.warehouse))
    desk = AlertDesk(costs, rows, final_date=lambda: date.today() - timedelta(days=3))
    first = seconds(desk, 200)
    moves = median(seconds(desk, 100 + 10 * n) for n in range(MOVES))
    source.close()
    return first, moves


def seconds(desk: AlertDesk, percentage: int) -> float:
    """How long one back-test takes."""
    began = time.perf_counter()
    desk.backtest(AlertConfig(threshold_percentage=Decimal(percentage)))
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
