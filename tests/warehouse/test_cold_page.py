"""What a page that nobody has asked for yet sends to a SQL warehouse."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from databricks_side import copy_of, settings_of
from loopback.rpc import Statement
from loopback.server import Loopback, loopback_warehouse
from page_driver import Page, words
from shared_figures import SHARED_TODAY

from dbspend360.app import create_app
from dbspend360.errors import Unreachable, WarehouseError
from dbspend360.models.answer import Answer
from dbspend360.models.columns import Grouping
from dbspend360.models.presets import Preset
from dbspend360.services.forecast import HISTORY_DAYS as FORECAST_DAYS
from dbspend360.services.job_costs import MOST_DAYS
from dbspend360.warehouse.base import Part, Question, Rows, Value, Warehouse
from dbspend360.warehouse.judged import HISTORY_DAYS, LONGEST_RUN_DAYS
from dbspend360.warehouse.together import TogetherWarehouse

MakePage = Callable[..., Page]
DAY = timedelta(days=1)
OF_SPENDS = "usage_date BETWEEN"
DATES = "start_date=2026-11-02&end_date=2026-11-15"
JOB = "294256503752956"
SHOWN = ("2026-11-02", "2026-11-15")
WITH_BEFORE = ("2026-10-19", "2026-11-15")


@pytest.fixture
def loopback(shared_folder: Path) -> Iterator[Loopback]:
    with loopback_warehouse() as warehouse:
        copy_of(warehouse, shared_folder)
        yield warehouse


@pytest.fixture
def page(loopback: Loopback, tmp_path: Path) -> Iterator[MakePage]:
    """A visitor of a server that just started; what is there of settings lies on Databricks."""
    closers = []

    def of(**changes: Any) -> Page:
        chosen = {"data_dir": tmp_path, "patience_seconds": 40, "reply_seconds": 40, **changes}
        server = create_app(settings_of(loopback, **chosen), today=lambda: SHARED_TODAY)
        closers.append(server.extensions["dbspend360"].close)
        return Page(server)

    yield of
    for close in closers:
        close()


def opened(page: Page, query: str) -> tuple[Any, Any]:
    """What a browser gets: the layout, then everything above the table and its rows at once."""
    other = Page(page.client.application)
    page.client.get("/_dash-layout")
    with ThreadPoolExecutor(2) as threads:
        overview = threads.submit(page.overview, query)
        rows = threads.submit(other.rows, query)
        return overview.result(), rows.result()


def name(asked: Statement) -> str:
    found = re.search(r"question:([\w./]+)", asked.tags)
    assert found
    return found[1]


def names(loopback: Loopback) -> list[str]:
    return sorted(map(name, loopback.service.statements))


def read_days(asked: Statement) -> list[tuple[str | None, str | None]]:
    """First and last day of each reading of the records."""
    return [
        (asked.values[number], asked.values[number + 1])
        for number in (
            asked.text[: found.start()].count("?")
            for found in re.finditer(rf"{OF_SPENDS} \? AND \?", asked.text)
        )
    ]


def test_fewer_days_than_a_forecast_looks_at_ask_three_times_as_well_and_all_at_once(
    loopback: Loopback, page: MakePage
) -> None:
    loopback.service.meet(3, OF_SPENDS)  # one after the other would be refused
    overview, rows = opened(page(), DATES)
    asked = [each for each in loopback.service.statements if OF_SPENDS in each.text]
    assert sorted(map(name, asked)) == ["overview_and_month", "spend_by_run.first", "striking"]
    assert "November: on track for $" in words(overview["cards"]["children"])
    assert len(overview["cards"]["children"]) == 6
    assert overview["chart-trend-source"]["data"]["data"]
    assert rows["count"] > 200


def test_the_last_thirty_days_ask_three_times(loopback: Loopback, page: MakePage) -> None:
    loopback.service.meet(3, OF_SPENDS)
    overview, _ = opened(page(), "")
    asked = [each for each in loopback.service.statements if OF_SPENDS in each.text]
    assert sorted(map(name, asked)) == ["overview", "spend_by_run.first", "striking"]
    assert "November: on track for $" in words(overview["cards"]["children"])


SHORT = "preset=last_7_days"


@pytest.mark.parametrize(
    "query",
    [
        *(f"preset={each.value}" for each in Preset),
        *(f"{SHORT}&group_by={each.value}" for each in Grouping),
        f"{SHORT}&alerts=only",
        f"{SHORT}&where=total_cost.greaterThan.100",
        f"{SHORT}&job_name=orders",
        f"{SHORT}&job_id={JOB}",
        f"{SHORT}&job_id={JOB}&job_name=a",
        "start_date=2026-11-20&end_date=2026-11-20",
        "start_date=2026-10-01&end_date=2026-10-31",
        "start_date=2025-12-01&end_date=2026-11-20",
        "start_date=2027-01-01&end_date=2027-01-05",
    ],
)
def test_no_page_asks_more_than_three_times(loopback: Loopback, page: MakePage, query: str) -> None:
    overview, rows = opened(page(), query)
    asked = [each for each in loopback.service.statements if OF_SPENDS in each.text]
    assert len(asked) == 3, sorted(map(name, asked))
    assert len(overview["cards"]["children"]) == 6
    assert "error" not in rows


def test_each_reads_the_dates_asked_for_and_no_others(loopback: Loopback, page: MakePage) -> None:
    opened(page(), DATES)
    asked = {name(each): each for each in loopback.service.statements if OF_SPENDS in each.text}
    last = date(2026, 11, 20)  # with records
    longest = LONGEST_RUN_DAYS * DAY
    begin = last - (MOST_DAYS - 1 + HISTORY_DAYS) * DAY - 2 * longest
    # The last complete day is three before today.
    foreseen = (str(SHARED_TODAY - (FORECAST_DAYS + 2) * DAY), str(SHARED_TODAY))
    expected = {
        "overview_and_month": [foreseen, WITH_BEFORE],
        "spend_by_run.first": [SHOWN],
        "striking": [(str(begin), str(last + longest))],
    }
    for each, readings in expected.items():
        assert Counter(read_days(asked[each])) == Counter(readings), each
        assert len(re.findall(r"\bFROM spends\b", asked[each].text)) == len(readings)


def test_beside_them_it_asks_what_is_asked_once_for_many_pages(
    loopback: Loopback, page: MakePage
) -> None:
    visitor = page()
    opened(visitor, DATES)
    first = names(loopback)
    small = ["app_configs/of_user", "columns", "data_bounds"]
    making = ["app_configs/get", "app_configs/of_user", "app_configs/prepare"]
    three = ["overview_and_month", "spend_by_run.first", "striking"]
    assert Counter(first) == Counter(small + making + three)
    loopback.service.statements.clear()
    opened(visitor, "start_date=2026-10-01&end_date=2026-10-31")
    assert names(loopback) == ["overview", "spend_by_run.first"]
    loopback.service.statements.clear()
    opened(visitor, DATES)
    assert names(loopback) == []


def test_settings_in_a_database_ask_databricks_nothing(
    loopback: Loopback, page: MakePage, tmp_path: Path
) -> None:
    opened(page(state_url=f"sqlite:///{tmp_path}/state.sqlite"), DATES)
    assert names(loopback) == [
        "columns",
        "data_bounds",
        "overview_and_month",
        "spend_by_run.first",
        "striking",
    ]


def test_refresh_asks_each_once_more(loopback: Loopback, page: MakePage) -> None:
    visitor = page()
    opened(visitor, DATES)
    loopback.service.statements.clear()
    visitor.overview(DATES, forget=True)
    visitor.rows(DATES)
    assert names(loopback) == [
        "app_configs/of_user",
        "data_bounds",
        "overview_and_month",
        "spend_by_run.first",
    ]


def test_pages_within_the_first_rows_and_another_way_to_ask_them_ask_nobody(
    loopback: Loopback, page: MakePage
) -> None:
    visitor = page()
    whole = visitor.rows(DATES)
    loopback.service.statements.clear()
    parts = [visitor.rows(DATES, start=start, end=start + 50) for start in (0, 50, 100, 150)]
    assert [each["count"] for each in parts] == [whole["count"]] * 4
    assert [row for each in parts for row in each["rows"]] == whole["rows"]
    assert names(loopback) == []
    visitor.rows(DATES, start=200, end=400)
    assert names(loopback) == ["spend_by_run.page"]


# A part of a larger question


class Picky(Warehouse):
    """Answers with the text it was asked, unless it must not."""

    def __init__(self, refuse: str = "", error: WarehouseError | None = None) -> None:
        self.refuse, self.error = refuse, error

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        if self.error and question.name == self.refuse:
            raise self.error
        return Answer([{"name": question.name, **values}], datetime.now(UTC), cached=False)


WHOLE = Question("whole", "SELECT :a AS a")
PART = Question("part", "SELECT :b AS b", within=Part(WHOLE, lambda rows: [*rows, {"of": "whole"}]))


def test_a_part_is_asked_as_the_whole_with_the_values_of_the_whole() -> None:
    answer = TogetherWarehouse(Picky()).query(PART, {"a": 1, "b": 2})
    assert answer.value == [{"name": "whole", "a": 1}, {"of": "whole"}]


def test_a_whole_that_is_refused_is_asked_part_by_part() -> None:
    picky = Picky("whole", WarehouseError("whole", "That was too much."))
    answer = TogetherWarehouse(picky).query(PART, {"a": 1, "b": 2})
    assert answer.value == [{"name": "part", "a": 1, "b": 2}]


def test_a_whole_that_nobody_hears_is_not_asked_again_part_by_part() -> None:
    picky = Picky("whole", Unreachable("whole", "The line is down."))
    with pytest.raises(Unreachable, match="The line is down"):
        TogetherWarehouse(picky).query(PART, {"a": 1, "b": 2})
