"""How the default rules do on many demo companies: `python benchmarks/demo_alerts.py --dates 120`.

For each end date: whether the back-test tells of the runaway on its day, how many other jobs it
tells of in ninety days and how often; and the means over all of them.
"""

import argparse
import sys
from datetime import date, timedelta
from pathlib import Path

from dbspend360.models.alert_config import UNTIL_SAVED
from dbspend360.services.alert_rules import alerts
from dbspend360.services.backtest import DAYS, backtest
from dbspend360.warehouse.demo import runaway_day
from dbspend360.warehouse.demo_company import RUNAWAY

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from demo_days import demo_run_days
from observing import observe, peaks_of

FIRST = date(2026, 11, 1)


def main() -> None:
    """Print a line for each date, and one for all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dates", type=int, default=60)
    dates = [FIRST + timedelta(days=n) for n in range(parser.parse_args().dates)]
    found = [outcome(each) for each in dates]
    on_its_day = sum(told for told, _, _ in found)
    most = [max(each) for each in zip(*(counts for _, *counts in found), strict=True)]
    few = sum(incidents <= 3 for _, _, incidents in found)
    print(f"found on its day: {on_its_day} of {len(found)}; at most {most[0]} other jobs, ", end="")
    print(f"at most {most[1]} other incidents, and three or fewer on {few} dates")


def outcome(last_day: date) -> tuple[bool, int, int]:
    """Whether the runaway is told on its day, and how many others: jobs, incidents."""
    days = (last_day - timedelta(days=DAYS - 1), last_day)
    seen = observe(demo_run_days(last_day), days[0])
    crossed = alerts(seen, UNTIL_SAVED, date.max)
    found = backtest(crossed, peaks_of(seen), UNTIL_SAVED, days)
    runaway = [each for each in found.incidents if each.job_name == RUNAWAY]
    others = [each for each in found.incidents if each.job_name != RUNAWAY]
    told = any(runaway_day(last_day) in each.told_on for each in runaway)
    jobs = len({(each.rule, each.job_id) for each in others})
    said = "found" if told else "MISSED"
    print(f"{last_day}  {said}  {jobs} other jobs, {len(others)} incidents")
    return told, jobs, len(others)


if __name__ == "__main__":
    main()
