"""What one question takes, three ways in turn: in this process, on the same data file.

`plain` is the text over the records, as any SQL tool would ask it; `asked` is the text that the
app asks, on a bare DuckDB connection; `ours` is the repository with all that it does around it.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
from bench_data import LAST_DAY, TODAY

from dbspend360.models.answer import Answer
from dbspend360.models.view_query import read_view
from dbspend360.models.view_state import ViewState
from dbspend360.warehouse import deep_pages
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.questions import bound
from dbspend360.warehouse.spends import SpendRepository

DEEP = 500_000  # rows before the page; fewer where there are not as many
FEWEST = 3  # rounds, of what takes seconds each
PATIENCE = 10.0  # seconds more than asked for, then one round has to do
SEARCHED = "load+12"  # one job in ten or so
Taken = dict[str, list[float]]  # a way -> milliseconds of each round
Ask = Callable[[SpendRepository, ViewState], object]


@dataclass(frozen=True)
class Case:
    """Something people ask, and of which days."""

    name: str
    ask: Ask
    days: int
    more: str = ""  # of the query


def _page(spend: SpendRepository, view: ViewState) -> None:
    spend.table_totals(view)
    spend.table_page(view, skip=0, most=50)


def _deep(spend: SpendRepository, view: ViewState) -> None:
    rows = spend.table_totals(view).value["table_rows"]
    assert isinstance(rows, int)
    spend.table_page(view, skip=min(DEEP, rows * 9 // 10), most=50)


def cases() -> Iterator[Case]:
    """Everything that is measured."""
    for days in (30, 365):
        yield Case("summary", lambda spend, view: spend.summary(view), days)
        yield Case("trend", lambda spend, view: spend.daily(view), days)
        yield Case("top jobs", lambda spend, view: spend.top_jobs(view), days)
        yield Case("first page", _page, days)
    yield Case("deep page", _deep, 365)
    yield Case("job search", _page, 365, f"&job_name={SEARCHED}")
    yield Case("page by job", _page, 365, "&group_by=job")
    yield Case("page by day", _page, 365, "&group_by=day")
    yield Case("bounds", lambda spend, _view: spend.bounds(), 365)


def query(days: int, more: str = "") -> str:
    """A view of so many days, as a query."""
    first = LAST_DAY - timedelta(days=days - 1)
    return f"start_date={first}&end_date={LAST_DAY}{more}"


class Recorder(Warehouse):
    """A warehouse in front of a warehouse that keeps what it was asked."""

    def __init__(self, inner: Warehouse) -> None:
        self._inner = inner
        self.asked: list[tuple[Question, Mapping[str, Value]]] = []

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        """See `Warehouse.query`."""
        self.asked.append((question, dict(values)))
        return self._inner.query(question, values)


def measured(folder: Path, case: Case, seconds: float) -> Taken:
    """Rounds of all ways in turn, so that a noisy machine is noisy for each."""
    warehouse = EmbeddedWarehouse(folder)
    view, problems = read_view(query(case.days, case.more), today=TODAY, last_date=LAST_DAY)
    assert not problems
    spend = SpendRepository(warehouse)
    plain, asked = (
        _recorded(warehouse, case, view, deep_rows=10**9),
        _recorded(warehouse, case, view),
    )
    connection = _as_any_tool(warehouse.source().path)
    ways: dict[str, Callable[[], Any]] = {
        "plain": lambda: _bare(connection, [_plain(*each) for each in plain]),
        "asked": lambda: _bare(connection, [_asked(*each) for each in asked]),
        "ours": lambda: case.ask(spend, view),
    }
    found = interleaved(ways, seconds)
    connection.close()
    warehouse.close()
    return found


def _as_any_tool(path: Path) -> duckdb.DuckDBPyConnection:
    """With the memory that it takes to read ten million records without roll-ups."""
    connection = duckdb.connect(":memory:", config={"threads": 2, "memory_limit": "1GB"})
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"ATTACH '{path}' AS data (READ_ONLY)")
    connection.execute("USE data")
    return connection


def _recorded(
    warehouse: Warehouse, case: Case, view: ViewState, deep_rows: int = deep_pages.DEEP_ROWS
) -> list[tuple[Question, Mapping[str, Value]]]:
    """What is asked; nothing is looked up first for pages before `deep_rows`."""
    recorder, usual = Recorder(warehouse), deep_pages.DEEP_ROWS
    deep_pages.DEEP_ROWS = deep_rows
    try:
        case.ask(SpendRepository(recorder), view)
    finally:
        deep_pages.DEEP_ROWS = usual
    return recorder.asked


def interleaved(ways: Mapping[str, Callable[[], Any]], seconds: float, most: int = 200) -> Taken:
    """Milliseconds of each way, round by round for so long; the first round warms up."""
    taken: Taken = {way: [] for way in ways}
    until = time.perf_counter() + seconds
    for n in range(most + 1):
        over = time.perf_counter() - until
        if (n > FEWEST and over > 0) or (n > 1 and over > PATIENCE):
            break
        for way, act in ways.items():
            began = time.perf_counter()
            act()
            if n:
                taken[way].append((time.perf_counter() - began) * 1000)
    return taken


Bound = tuple[str, list[Value]]


def _plain(question: Question, values: Mapping[str, Value]) -> Bound:
    return bound(question.text, values)


def _asked(question: Question, values: Mapping[str, Value]) -> Bound:
    return bound(question.quickest(values), values)


def _bare(connection: duckdb.DuckDBPyConnection, asked: list[Bound]) -> None:
    for each in asked:
        connection.execute(*each).fetchall()
