"""Runs and days beside what is normal: by records, by roll-ups, and by another way of counting."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from observing import RunDay, observe
from spend_records import Record, publish, record

from dbspend360.models.job_cost import Observation
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.spends import SpendRepository

FIRST = date(2026, 3, 1)
ZERO = Decimal(0)

costs = some.none() | some.decimals("-5", "50", places=6) | some.sampled_from([ZERO, Decimal(10)])
records = some.builds(
    Record,
    usage_date=some.integers(0, 75).map(lambda days: FIRST + timedelta(days=days)),
    workspace_id=some.sampled_from(["", "w"]),
    job_id=some.sampled_from(["10", "11"]),
    run_id=some.integers(0, 60).map(str),
    cluster_id=some.sampled_from(["c1", None]),
    job_name=some.sampled_from(["load", "Load ÉTÉ", "", None]),
    ec2_cost=costs,
    databricks_cost=costs,
)


def without_gaps(found: Iterable[Record]) -> list[Record]:
    """Runs whose records are not weeks apart: such a one has another id after the gap."""
    last: dict[tuple[str, str, str], tuple[date, int]] = {}
    kept = []
    for each in sorted(found, key=lambda each: each.usage_date):
        key = (each.workspace_id, each.job_id, each.run_id)
        before, turn = last.get(key, (each.usage_date, 0))
        turn += each.usage_date - before >= timedelta(days=14)
        last[key] = each.usage_date, turn
        kept.append(replace(each, run_id=f"{each.run_id}.{turn}"))
    return kept


def run_days(found: Iterable[Record]) -> list[RunDay]:
    parts: dict[tuple[date, str, str, str], list[Record]] = defaultdict(list)
    for each in found:
        parts[each.usage_date, each.workspace_id, each.job_id, each.run_id].append(each)
    return [
        RunDay(
            *key,
            job_name=max(each.job_name or "" for each in own),
            ec2_cost=sum((each.ec2_cost or ZERO for each in own), ZERO),
            databricks_cost=sum((each.databricks_cost or ZERO for each in own), ZERO),
            late_ec2_records=sum(each.ec2_cost is None and bool(each.cluster_id) for each in own),
        )
        for key, own in sorted(parts.items())
    ]


def by_time(found: Iterable[Observation]) -> list[Observation]:
    return sorted(found, key=lambda it: (it.last_date, it.workspace_id, it.job_id, it.key))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.lists(records, max_size=90), some.integers(0, 75), some.integers(0, 40))
@example([record("2026-03-01"), record("2026-03-15")], 0, 20)
def test_what_is_judged_is_the_same_in_three_ways(
    found: list[Record], start: int, length: int
) -> None:
    found = without_gaps(found)
    first, last = FIRST + timedelta(days=start), FIRST + timedelta(days=start + length)
    known = [each for each in run_days(found) if each.usage_date <= last + timedelta(days=14)]
    expected = [each for each in observe(known, first) if each.first_date <= last]
    with TemporaryDirectory() as folder:
        for rolled in (False, True):
            publish(Path(folder) / str(rolled), *found, rolled=rolled)
            warehouse = EmbeddedWarehouse(Path(folder) / str(rolled))
            judged = SpendRepository(warehouse).judged
            seen = judged.most_striking(first, last).value
            assert by_time(seen) == expected, rolled
            assert judged.ended_dates(first, last).value == sorted(
                {each.last_date for each in expected}
            )
            warehouse.close()
