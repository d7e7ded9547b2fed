"""What our side adds to a question on Databricks: `python benchmarks/databricks_overhead.py`.

The same statements with the same values go through the bare connector, through our pool with its
retries, and through all that stands in front of it, in interleaved rounds against one loopback
warehouse in a process of its own. The ratio is to the bare connector.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from databricks import sql

from dbspend360.models.view_query import read_view
from dbspend360.models.view_state import ViewState
from dbspend360.settings import Settings
from dbspend360.warehouse.base import KNOCK, Question, Value, Warehouse
from dbspend360.warehouse.databricks.connections import connector
from dbspend360.warehouse.databricks.endpoint import read_endpoint
from dbspend360.warehouse.databricks.joined import databricks_warehouse
from dbspend360.warehouse.databricks.login import read_login
from dbspend360.warehouse.databricks.values import bindable
from dbspend360.warehouse.databricks.warehouse import DatabricksWarehouse
from dbspend360.warehouse.demo import make_demo
from dbspend360.warehouse.questions import bound
from dbspend360.warehouse.source import make_source
from dbspend360.warehouse.spends import SpendRepository

TESTS = Path(__file__).parent.parent / "tests"
Asked = tuple[Question, dict[str, Value]]


class Recorder(Warehouse):
    """A warehouse in front of a warehouse that keeps what it was asked."""

    def __init__(self, inner: Warehouse) -> None:
        self._inner = inner
        self.asked: list[Asked] = []

    def query(self, question: Question, values: Any) -> Any:
        """See `Warehouse.query`."""
        self.asked.append((question, dict(values)))
        return self._inner.query(question, values)


@contextmanager
def loopback(folder: Path) -> Iterator[str]:
    """The address of a warehouse over the data in the folder."""
    command = [sys.executable, "-m", "loopback", "--data", str(folder)]
    env = {**os.environ, "PYTHONPATH": str(TESTS)}
    server = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait(20)


def asked_by_the_page(warehouse: Warehouse) -> list[Asked]:
    """The questions of one page, and the smallest there is."""
    recorder = Recorder(warehouse)
    spend, view = SpendRepository(recorder), last_month()
    spend.bounds()
    spend.summary(view)
    spend.daily(view)
    spend.top_jobs(view)
    spend.table_page(view, skip=0, most=200)
    return [(KNOCK, {}), *recorder.asked]


def last_month() -> ViewState:
    """The view of the page when it is opened."""
    today = datetime.now(UTC).date()
    return read_view("", today=today, last_date=today)[0]


def bare(connection: Any, warehouse: DatabricksWarehouse) -> Callable[[Asked], Any]:
    """Asks through the connector alone."""

    def ask(asked: Asked) -> Any:
        question, values = asked
        text = warehouse.spends.ask(question.text) if question != KNOCK else question.text
        sent, ordered = bound(text, values)
        with connection.cursor() as cursor:
            cursor.execute(sent, bindable(ordered))
            return cursor.fetchall_arrow().to_pylist()

    return ask


def milliseconds(ask: Callable[[Asked], Any], asked: Asked) -> float:
    """How long one answer takes."""
    began = time.perf_counter()
    ask(asked)
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Print a line for each question."""
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=60)
    rounds = options.parse_args().rounds
    with TemporaryDirectory() as name:
        folder = Path(name)
        make_demo(folder)
        with loopback(folder) as uri:
            measure(Settings.model_validate(settings_of(uri, folder)), rounds)


def settings_of(uri: str, folder: Path) -> dict[str, Any]:
    """Nothing is remembered: every question goes to the warehouse."""
    return {
        "databricks_uri": uri,
        "databricks_token": "loopback-token",
        "data_dir": folder,
        "cache_seconds": 0,
        "stale_hours": 0,
        "log_level": "WARNING",
    }


def measure(settings: Settings, rounds: int) -> None:
    """Ask all three ways in turn, so that a noisy machine is noisy for each."""
    endpoint = read_endpoint(settings)
    login = read_login(settings, endpoint)
    connect = connector(settings, endpoint, login, reply_seconds=settings.reply_seconds)
    source = make_source(settings)
    with closing(databricks_warehouse(settings)) as warehouse, closing(connect()) as connection:
        ways: dict[str, Callable[[Asked], Any]] = {
            "bare": bare(connection, warehouse),
            "pool": lambda asked: warehouse.query(*asked),
            "all": lambda asked: source.warehouse.query(*asked),
        }
        print(f"connector {sql.__version__}, {rounds} rounds, medians")
        print(f"{'question':<16}{'bare ms':>9}{'pool ms':>9}{'ratio':>7}{'all ms':>9}{'ratio':>7}")
        for asked in asked_by_the_page(warehouse):
            taken: dict[str, list[float]] = {way: [] for way in ways}
            for n in range(rounds + 5):
                for way, ask in ways.items():
                    each = milliseconds(ask, asked)
                    if n >= 5:  # the first ones warm up
                        taken[way].append(each)
            base, pool, whole = (median(taken[way]) for way in ways)
            print(
                f"{asked[0].name:<16}{base:>9.2f}{pool:>9.2f}{pool / base:>7.2f}"
                f"{whole:>9.2f}{whole / base:>7.2f}"
            )
    source.close()


if __name__ == "__main__":
    main()
