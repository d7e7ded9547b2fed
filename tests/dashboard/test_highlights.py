"""What a late or a hanging lookup of alerts does to the page: nothing."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from page_driver import MakePage, words
from spend_records import MakeSpend, record, view

from dbspend360.dashboard.highlights import Highlights, Marks
from dbspend360.dashboard.messages import alerts_message
from dbspend360.errors import NoData, NotYet, StoreError, TooLarge
from dbspend360.models.alert import Rule
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.answer import Answer
from dbspend360.services import look
from dbspend360.services.alert_desk import AlertDesk, ViewAlerts
from dbspend360.services.job_costs import JobCosts
from dbspend360.services.wide_costs import WideCosts

MARCH = view()
MARCH_DAYS = (date(2026, 3, 1), date(2026, 3, 31))


class SlowDesk(AlertDesk):
    def __init__(self) -> None:
        self.go_on = threading.Event()

    def of_view(self, *_: object) -> Answer[ViewAlerts]:
        self.go_on.wait(20)
        return Answer(ViewAlerts(), datetime.now(UTC), cached=False)

    def open_count(self, *_: object) -> int:
        self.go_on.wait(20)
        return 7


def test_a_lookup_that_takes_too_long_is_not_waited_for() -> None:
    desk = SlowDesk()
    highlights = Highlights(desk, seconds=0.1)
    begun = time.monotonic()
    marks = highlights.of_view(MARCH).value
    assert highlights.open_count().value is None
    assert time.monotonic() - begun < 5
    assert marks.alerts == ViewAlerts()
    assert isinstance(marks.trouble, NotYet)
    desk.go_on.set()
    assert highlights.open_count().value == 7


def test_lookups_that_hang_do_not_pile_up() -> None:
    desk = SlowDesk()
    highlights = Highlights(desk, seconds=0.01)
    for _ in range(40):
        assert isinstance(highlights.of_view(MARCH).value.trouble, NotYet)
    assert len(highlights._threads._threads) <= 8
    assert highlights._threads._work_queue.qsize() <= 32
    desk.go_on.set()


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (None, ""),
        (NoData("x", "There is no data."), ""),
        (NotYet("x", "…", since=datetime.now(UTC)), "their marks follow by themselves"),
        (StoreError("No settings."), "so nothing is marked. No settings. Retry"),
        (TooLarge("x", "Too many cross."), "mark too much, so nothing is marked. Too many cross."),
    ],
)
def test_missing_marks_are_explained(trouble: Any, said: str) -> None:
    assert said in words(alerts_message(Marks(trouble=trouble).trouble))
    assert bool(said) == bool(alerts_message(trouble))


# The days of the back-test, looked at once


RUNS = [record(f"2026-03-{n:02}", f"r{n}", ec2=str(n)) for n in range(1, 20)]
CENT = AlertConfig(threshold_amount=Decimal("0.01"))


def keys(costs: JobCosts, first: int, last: int) -> list[str]:
    """What costs a cent or more in some days of March."""
    days = date(2026, 3, first), date(2026, 3, last)
    found = costs.crossed(*days, CENT, date.max).value
    return [each.observed.key for each in found if each.rule is Rule.AMOUNT]


@pytest.mark.parametrize(("first", "last"), [(1, 19), (5, 5), (3, 12), (19, 25), (20, 25)], ids=str)
def test_a_narrow_look_is_a_part_of_the_wide_one(spend: MakeSpend, first: int, last: int) -> None:
    repository = spend(*RUNS, record("2026-03-04", "r3", ec2="1"), record("2026-03-05", "x"))
    assert keys(WideCosts(repository), first, last) == keys(JobCosts(repository), first, last)


def test_days_before_the_wide_look_are_looked_at_for_themselves(spend: MakeSpend) -> None:
    repository = spend(record("2025-10-01", "old"), *RUNS)
    days = date(2025, 9, 1), date(2025, 10, 30)
    wide = WideCosts(repository).crossed(*days, CENT, date.max).value
    assert [each.observed.run_id for each in wide] == ["old"]


def test_a_long_view_that_ends_with_the_data_is_answered_from_the_wide_look(
    spend: MakeSpend,
) -> None:
    costs = WideCosts(spend(record("2025-10-01", "old"), *RUNS))
    one = costs._wide(*MARCH_DAYS)
    assert one
    assert costs._wide(date(2025, 4, 1), date(2026, 3, 31)) is one
    assert costs._wide(date(2025, 4, 1), date(2026, 2, 28)) is None


def test_the_wide_look_is_taken_once(spend: MakeSpend) -> None:
    costs = WideCosts(spend(*RUNS))
    one = costs._wide(date(2026, 3, 19), date(2026, 3, 19))
    assert one
    assert costs._wide(*MARCH_DAYS) is one


def test_many_who_come_at_once_take_one_look(
    spend: MakeSpend, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs, asked = WideCosts(spend(*RUNS)), list[date]()
    bounds = costs.bounds()
    monkeypatch.setattr(costs, "bounds", lambda: bounds)
    most_striking = costs._judged.most_striking

    def slow(first: date, last: date) -> Any:
        asked.append(last)
        time.sleep(0.2)
        return most_striking(first, last)

    monkeypatch.setattr(costs._judged, "most_striking", slow)
    with ThreadPoolExecutor(6) as threads:
        looks = set(threads.map(lambda _: costs._wide(*MARCH_DAYS), range(6)))
    assert (len(looks), len(asked)) == (1, 1)


RULES = [{"threshold_amount": 5}, {"threshold_amount": 12}, {"threshold_percentage": 10}]


@pytest.mark.parametrize(("first", "last"), [(1, 19), (5, 5), (3, 12), (19, 25), (20, 25)], ids=str)
def test_what_crosses_a_rule_is_the_same_from_the_wide_look(
    spend: MakeSpend, first: int, last: int
) -> None:
    repository = spend(*RUNS, record("2026-03-04", "r3", ec2="1"), record("2026-03-05", "x"))
    days, wide = (date(2026, 3, first), date(2026, 3, last)), WideCosts(repository)
    for each in (*RULES, *RULES):
        config = AlertConfig.model_validate({"minimum_increase_usd": 0, **each})
        for final in (date(2026, 3, 10), date(2026, 3, 30)):
            expected = JobCosts(repository).crossed(*days, config, final).value
            assert list(wide.crossed(*days, config, final).value) == list(expected)


@pytest.mark.parametrize(("name", "most"), [("_MOST_CONFIGS", 2), ("_MOST_ALERTS", 40)])
def test_rules_of_many_people_do_not_pile_up(
    spend: MakeSpend, monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    monkeypatch.setattr(look, name, most)
    costs = WideCosts(spend(*RUNS))
    for each in (5, 6, 7, 5):
        config = AlertConfig.model_validate({"threshold_amount": each})
        found = costs.crossed(date(2026, 3, 1), date(2026, 3, 19), config, date(2026, 3, 19))
        assert found.value
    wide = costs._wide(*MARCH_DAYS)
    assert wide
    assert len(wide._verdicts) == 2


def test_a_page_that_loads_begins_the_look(page: MakePage, monkeypatch: Any) -> None:
    begun = threading.Event()
    looked = WideCosts._look_wide

    def noted(self: WideCosts, *asked: Any) -> Any:
        begun.set()
        return looked(self, *asked)

    monkeypatch.setattr(WideCosts, "_look_wide", noted)
    visitor = page(*RUNS)
    assert not begun.is_set()
    assert visitor.client.get("/_dash-layout").status_code == 200
    assert begun.wait(10)


def test_looking_ahead_without_data_harms_nothing(page: MakePage) -> None:
    visitor = page()
    assert visitor.client.get("/_dash-layout").status_code == 200
    assert visitor.rows()["count"] == 0


def test_new_records_are_looked_at_at_once(spend: MakeSpend) -> None:
    costs = WideCosts(spend(*RUNS))
    assert len(keys(costs, 1, 31)) == 19
    spend(*RUNS, record("2026-03-20", "new"))
    assert len(keys(costs, 1, 31)) == 20
