"""Runs and days beside what is normal: by records, by roll-ups, and by another way of counting."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from observing import RunDay, learning_of, observe, peaks_of
from spend_records import Record, publish, record

from dbspend360.models.alert import Rule
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.job_cost import Observation, Peak
from dbspend360.services.alert_rules import alerts, is_calm
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.judged import Floors
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


def require_same(found: list[Record], first: date, last: date) -> list[Observation]:
    """What is judged, by records, by roll-ups and by another way of counting."""
    begin, until = first - timedelta(days=58), last + timedelta(days=14)
    known = [each for each in run_days(found) if begin <= each.usage_date <= until]
    expected = [each for each in observe(known, first) if each.first_date <= last]
    with TemporaryDirectory() as folder:
        for rolled in (False, True):
            publish(Path(folder) / str(rolled), *found, rolled=rolled)
            warehouse = EmbeddedWarehouse(Path(folder) / str(rolled))
            judged = SpendRepository(warehouse).judged
            assert by_time(judged.most_striking(first, last).value) == expected, rolled
            ended = {each.last_date for each in expected}
            assert judged.ended_dates(first, last).value == sorted(ended)
            assert judged.learning(first, last).value == learning_of(expected)
            warehouse.close()
    return expected


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.lists(records, max_size=90), some.integers(0, 75), some.integers(0, 40))
def test_what_is_judged_is_the_same_in_three_ways(
    found: list[Record], start: int, length: int
) -> None:
    first = FIRST + timedelta(days=start)
    require_same(without_gaps(found), first, first + timedelta(days=length))


def company(chance: Random) -> list[Record]:
    """Three busy jobs: runs of one day, of some, and as long as they may be or a day longer."""
    found = []
    for number in range(260):
        begin = FIRST + timedelta(days=chance.randrange(70))
        length = chance.choice([1] * 12 + [2, 2, 3, 13, 14, 15])
        one = record(str(begin), f"r{number}", job=chance.choice(["10", "10", "11", "12"]))
        for day in {0, length // 2, length - 1}:
            ec2 = None if chance.random() < 0.15 else Decimal(chance.randrange(-500, 9_000)) / 7
            found.append(
                replace(
                    one,
                    usage_date=begin + timedelta(days=day),
                    ec2_cost=ec2 and round(ec2, 6),
                    databricks_cost=Decimal(chance.randrange(9_000)) / 8,
                    cluster_id=chance.choice(["c1", "c1", None]),
                )
            )
    return found


@pytest.mark.parametrize("seed", range(6))
def test_of_busy_jobs_it_is_the_same_too(seed: int) -> None:
    chance = Random(seed)
    first = FIRST + timedelta(days=chance.randrange(20, 50))
    expected = require_same(company(chance), first, first + timedelta(days=chance.randrange(25)))
    kinds = {(each.is_complete, each.run_id is None) for each in expected}
    assert len(kinds) == 4
    assert any(each.scale > 1 for each in expected)


CONFIGS = [
    Floors(Decimal(900), None),
    Floors(None, Decimal(10), Decimal(5)),
    Floors(Decimal(1500), Decimal(150), Decimal(300)),
    Floors(None, Decimal(1), Decimal(0), "NIGHTLY"),
    Floors(None, Decimal(20), Decimal(1200)),
    Floors(Decimal(0), Decimal(1), Decimal(0), "11"),
    Floors(Decimal(0), Decimal(1), Decimal(0), "nobody's"),
]


@pytest.mark.parametrize("rolled", [False, True])
@pytest.mark.parametrize("floors", CONFIGS, ids=repr)
def test_what_reaches_the_floors_is_all_that_the_rules_find(
    tmp_path: Path, floors: Floors, rolled: bool
) -> None:
    publish(tmp_path, *company(Random(7)), rolled=rolled)
    warehouse = EmbeddedWarehouse(tmp_path)
    judged, days = SpendRepository(warehouse).judged, (FIRST, FIRST + timedelta(days=80))
    everything = judged.most_striking(*days).value
    config = AlertConfig.model_construct(
        threshold_amount=floors.amount,
        threshold_percentage=floors.percentage,
        minimum_increase_usd=floors.increase,
        job_name=floors.job_name,
    )

    def crossing(seen: list[Observation]) -> list[Observation]:
        return by_time({each.observed for each in alerts(seen, config, date.max)})

    found = judged.reaching(floors, *days).value
    assert crossing(found) == crossing(everything)
    assert len(found) - len(crossing(found)) <= 3  # those that just do not
    assert bool(found) is (floors.job_name != "nobody's")
    warehouse.close()


@pytest.mark.parametrize("rolled", [False, True])
def test_peaks_say_of_a_job_what_all_that_is_judged_says(tmp_path: Path, rolled: bool) -> None:
    publish(tmp_path, *company(Random(8)), rolled=rolled)
    warehouse = EmbeddedWarehouse(tmp_path)
    judged, days = SpendRepository(warehouse).judged, (FIRST, FIRST + timedelta(days=80))
    own = [each for each in by_time(judged.most_striking(*days).value) if each.job_id != "12"]
    peaks = judged.peaks({("", "10"), ("", "11"), ("", "1"), ("x", "12")}, *days).value
    assert {each.job_id for each in peaks} == {"10", "11"}
    assert 50 < len(peaks) < len(own)
    for rule in (Rule.AMOUNT, Rule.PERCENTAGE):
        for dollars in (100, 400, 900):
            config = AlertConfig(
                threshold_amount=Decimal(dollars), threshold_percentage=Decimal(dollars)
            )
            assert calm_days(peaks, rule, config) == calm_days(peaks_of(own), rule, config)
    warehouse.close()


def calm_days(peaks: list[Peak], rule: Rule, config: AlertConfig) -> dict[tuple[str, date], bool]:
    found: dict[tuple[str, date], bool] = {}
    for each in peaks:
        key = (each.job_id, each.last_date)
        found[key] = found.get(key, True) and is_calm(each, rule, config)
    return found
