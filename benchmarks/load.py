"""Fifty people click through the dashboard for two minutes; before that, how much it can bear.

    .venv/bin/python benchmarks/load.py --records 1000000

People ask for what a browser asks for: the page's description, its figures, rows, breakdowns, and
think for a second or three between two clicks. The records are those of `make bench`.
"""

import argparse
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl

from bench_data import data_folder, import_anew
from bench_questions import Taken, interleaved, query
from bench_server import Client, Running, callback, serving

Json = Any
CLICKING = "dbspend360.app:create_app()"
LONGEST = 365
ACTS = ("preset", "preset", "sort", "page", "group", "search", "run", "api")
SORTS = ("total_cost", "ec2_cost", "databricks_cost", "last_date")
GROUPS = ("run", "job", "day", "cluster")


@dataclass
class Seen:
    """What people saw."""

    taken: list[float] = field(default_factory=list)  # seconds of each click
    errors: list[str] = field(default_factory=list)


class Visitor:
    """One of them, with a browser's one connection."""

    def __init__(self, port: int, number: int) -> None:
        self._client = Client(port)
        self._dice = random.Random(number)  # noqa: S311 - no secret
        self._query = query(30)
        self._clicks: list[str] = []
        self._callbacks: list[Json] = []

    def click_until(self, end: float, seen: Seen) -> None:
        """Open the page, and go on from there."""
        self._timed(self._open, seen)
        while time.monotonic() < end:
            time.sleep(self._dice.uniform(1, 3))
            act: Callable[[], None] = getattr(self, f"_{self._dice.choice(ACTS)}")
            self._timed(act, seen)
        self._client.close()

    def _timed(self, act: Callable[[], None], seen: Seen) -> None:
        began = time.perf_counter()
        try:
            act()
        except (AssertionError, OSError) as error:
            seen.errors.append(f"{act.__name__}: {error!r}")
        seen.taken.append(time.perf_counter() - began)

    def _open(self) -> None:
        for path in ("/", "/_dash-layout"):
            self._client.get(path)
        self._callbacks = json.loads(self._client.read("/_dash-dependencies"))
        self._show()

    def _preset(self) -> None:
        days = self._dice.choice((7, 30, 30, 90, LONGEST))
        self._query = query(days)
        self._show()

    def _sort(self) -> None:
        way = self._dice.choice(("", "-"))
        self._rows(f"&sort={way}{self._dice.choice(SORTS)}")

    def _page(self) -> None:
        self._rows("", start=self._dice.choice((100, 200, 1_000)))

    def _group(self) -> None:
        self._query = f"{query(30)}&group_by={self._dice.choice(GROUPS)}"
        self._show()

    def _search(self) -> None:
        self._query = f"{query(30)}&job_name=load_{self._dice.randrange(10)}"
        self._show()

    def _api(self) -> None:
        self._client.get(f"/api/job-spends/summary?{query(self._dice.choice((7, 30, 90)))}")

    def _run(self) -> None:
        """Open the breakdown of a row that is shown."""
        if self._clicks:
            [(_, run)] = parse_qsl(self._dice.choice(self._clicks))
            self._ask("run-question.data", {"run": run, "query": f"?{self._query}", "again": 0})

    def _show(self) -> None:
        """The two callbacks of a changed view."""
        self._ask("view.data", {"query": f"?{self._query}", "again": 0, "forget": False})
        self._rows("")

    def _rows(self, more: str, start: int = 0) -> None:
        asked = {"query": f"?{self._query}{more}", "start": start, "end": start + 100, "token": 1}
        rows = self._ask("rows-question.data", asked)["response"]["rows-answer"]["data"]["rows"]
        self._clicks = [each["click"] for each in rows if "run=" in each.get("click", "")]

    def _ask(self, source: str, value: Json) -> Json:
        body = callback(self._callbacks, source, value)
        return self._client.post("/_dash-update-component", body)


def clicked(server: Running, users: int, seconds: float) -> tuple[Seen, list[float]]:
    """What all of them saw, and the megabytes of the largest worker, every few seconds."""
    seen, end = Seen(), time.monotonic() + seconds
    visitors = [
        threading.Thread(target=Visitor(server.port, number).click_until, args=(end, seen))
        for number in range(users)
    ]
    for each in visitors:
        each.start()
        time.sleep(0.1)  # nobody opens a page at the same moment as fifty others
    memory = []
    while time.monotonic() < end:
        time.sleep(seconds / 24)
        memory.append(server.worker_megabytes())
    for each in visitors:
        each.join()
    return seen, memory


def rate(port: int, path: str, seconds: float, lines: int = 8) -> float:
    """Requests a second, over so many connections that never wait."""
    many = [0] * lines
    end = time.monotonic() + seconds

    def ask(number: int) -> None:
        client = Client(port)
        while time.monotonic() < end:
            client.get(path)
            many[number] += 1
        client.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(lines)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return sum(many) / seconds


def callbacks(floor: Running, ours: Running, seconds: float) -> Taken:
    """Milliseconds of the page's own callbacks, from memory, and of one that does nothing."""
    one, other = floor.client(), ours.client()
    nothing = callback(json.loads(one.read("/_dash-dependencies")), "in.data", 1)
    known = json.loads(other.read("/_dash-dependencies"))
    view = {"query": f"?{query(30)}", "again": 0, "forget": False}
    rows = {"query": f"?{query(30)}", "start": 0, "end": 100, "token": 1}
    where = "/_dash-update-component"
    return interleaved(
        {
            "empty": lambda: one.post(where, nothing),
            "above the table": lambda: other.post(where, callback(known, "view.data", view)),
            "rows": lambda: other.post(where, callback(known, "rows-question.data", rows)),
        },
        seconds,
    )


def main() -> None:
    """Print what was seen."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=1_000_000)
    options.add_argument("--users", type=int, default=50)
    options.add_argument("--seconds", type=float, default=120)
    asked = options.parse_args()
    folder = data_folder(asked.records)
    if not folder.exists():
        import_anew(asked.records)
    path = f"/api/job-spends/summary?{query(30)}"
    with (
        TemporaryDirectory() as memory,
        serving("bench_server:empty()", "/empty") as floor,
        serving("bench_server:empty_dash()", "/_dash-dependencies") as dash,
        serving(CLICKING, "/healthz", data_dir=folder, cache_url=f"file://{memory}") as ours,
    ):
        taken = callbacks(dash, ours, min(20, asked.seconds))
        for name, each in taken.items():
            ratio = median(each) / median(taken["empty"])
            print(f"{name} callback: {median(each):.1f} ms, {ratio:.1f}x the empty one")
        for turn in range(3):
            least, warm = rate(floor.port, "/empty", 5), rate(ours.port, path, 5)
            print(f"turn {turn}: empty route {least:.0f}/s, warm summary {warm:.0f}/s")
        seen, held = clicked(ours, asked.users, asked.seconds)
    slowest = quantiles(seen.taken, n=20)[-1]
    print(
        f"{asked.users} people, {asked.seconds:.0f} s: {len(seen.taken)} clicks, "
        f"{len(seen.errors)} errors, median {median(seen.taken) * 1e3:.0f} ms, "
        f"p95 {slowest * 1e3:.0f} ms, slowest {max(seen.taken):.1f} s"
    )
    print("MB of the largest worker: " + " ".join(f"{each:.0f}" for each in held))
    print("\n".join(seen.errors[:5]))


if __name__ == "__main__":
    main()
