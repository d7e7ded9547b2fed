"""How fast the app is, at a hundred thousand, a million and ten million records: `make bench`.

Everything is compared with its floor, measured in turn with it in the same rounds, so that the
ratios hold on a machine that does other things too. Milliseconds are medians, with the quartiles.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import distribution, requires
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from bench_data import Import, data_folder, import_anew, parquet
from bench_measure import Measure
from bench_page import BARE_PARTS, PARTS, ROUNDS, chromium, clicks, fetched, opened, p95
from bench_questions import Taken, cases, interleaved, measured, query
from bench_server import Client, serving
from bench_table import compared, row, table
from bench_targets import verdicts
from load import callbacks
from packaging.requirements import Requirement

QUICK = (100_000, 1_000_000)
FULL = (100_000, 1_000_000, 10_000_000)
PAGE_AT = 1_000_000  # records: of the page's own targets
ROUTES = {  # of the API -> the question behind it
    "summary": ("summary", ""),
    "trend": ("trend", ""),
    "top": ("top jobs", ""),
    "": ("first page", "&per_page=50"),
}


def _of(records: int, name: str, taken: Taken, way: str, floor: str, called: str) -> Measure:
    times = taken[way]
    low, _, high = quantiles(times, n=4) if len(times) > 1 else (times[0],) * 3
    ratio = median(times) / median(taken[floor])
    return Measure(records, name, "ms", median(times), low, high, called, ratio)


def questions(records: int, seconds: float) -> Iterator[Measure]:
    """What the questions take in one process."""
    for case in cases():
        taken = measured(data_folder(records), case, seconds)
        name = f"{case.name}, {case.days} days"
        yield _of(records, f"{name}: plain", taken, "plain", "plain", "itself")
        yield _of(records, f"{name}: asked", taken, "asked", "plain", "plain")
        yield _of(records, name, taken, "ours", "plain", "plain")


def web(records: int, seconds: float) -> Iterator[Measure]:
    """What the JSON API takes, and what its workers hold afterwards."""
    folder = data_folder(records)
    with (
        TemporaryDirectory() as memory,
        serving("bench_server:empty()", "/empty") as floor,
        serving(
            "dbspend360.app:create_app()", "/healthz", data_dir=folder, cache_seconds=0
        ) as cold,
        serving(
            "dbspend360.app:create_app()", "/healthz", data_dir=folder, cache_url=f"file://{memory}"
        ) as warm,
    ):
        yield Measure(records, "ready", "s", warm.seconds)
        yield Measure(records, "ready: empty", "s", floor.seconds)
        one, other, third = floor.client(), cold.client(), warm.client()
        yield from _least(records, one, third, seconds)
        for route, (question, more) in ROUTES.items():
            for days in (30, 365):
                path = f"/api/job-spends/{route}".rstrip("/") + f"?{query(days, more)}"
                tags = {"If-None-Match": third.get(path).headers["ETag"]}
                name = f"API {question}, {days} days"
                # Cold answers apart: they leave the processor's caches to nobody after them.
                again: dict[str, Callable[[], object]] = {
                    "route": partial(one.get, "/empty"),
                    "warm": partial(third.get, path),
                    "known": partial(third.get, path, tags),
                }
                taken = interleaved(again, seconds / 2, most=400)
                yield _of(records, f"{name}: route", taken, "route", "route", "itself")
                yield _of(records, f"{name}: warm", taken, "warm", "route", "empty route")
                yield _of(records, f"{name}: known", taken, "known", "route", "empty route")
                taken = interleaved(
                    {"route": again["route"], "cold": partial(other.get, path)}, seconds / 2
                )
                yield _of(records, f"{name}: cold", taken, "cold", "route", "empty route")
        for each in (other, third):
            each.get("/_dash-layout")  # a page that loads: alerts are looked for, in a thread
        time.sleep(5)
        yield Measure(
            records, "worker memory", "MB", max(warm.worker_megabytes(), cold.worker_megabytes())
        )
        yield Measure(records, "worker memory: empty", "MB", floor.worker_megabytes())


def _least(records: int, floor: Client, ours: Client, seconds: float) -> Iterator[Measure]:
    """The least that our own server answers: 304 to whoever has the description already."""
    path = "/api/openapi.json"
    tags = {"If-None-Match": ours.get(path).headers["ETag"]}
    ways: dict[str, Callable[[], object]] = {
        "route": partial(floor.get, "/empty"),
        "least": partial(ours.get, path, tags),
    }
    taken = interleaved(ways, seconds / 2, most=400)
    yield _of(
        records, "API least, a description that is known", taken, "least", "route", "empty route"
    )


def importing(records: int) -> Iterator[Measure]:
    """What an import of the records takes."""
    found: Import = import_anew(records)
    yield Measure(records, "import", "s", found.seconds)
    yield Measure(records, "import memory", "MB", found.megabytes)
    yield Measure(records, "data file", "MB", found.stored_megabytes)
    yield Measure(records, "data file: Parquet", "MB", parquet(records).stat().st_size / 1e6)


def page(records: int, seconds: float) -> Iterator[Measure]:
    """What the page takes in a browser, and its callbacks against one that does nothing."""
    folder = data_folder(records)
    with (
        TemporaryDirectory() as memory,
        serving("bench_server:bare_page()", "/_dash-dependencies") as bare,
        serving("bench_server:empty_dash()", "/_dash-dependencies") as empty,
        serving(
            "dbspend360.app:create_app()", "/healthz", data_dir=folder, cache_url=f"file://{memory}"
        ) as ours,
        chromium() as browser,
    ):
        address = f"http://127.0.0.1:{ours.port}/"
        fetched(browser, address)  # the first visitor has what is being packed for all others
        time.sleep(20)
        files = fetched(browser, address)
        yield Measure(records, "page: fetched", "kB", sum(size for size, _ in files) / 1000)
        yield Measure(records, "page: requests", "", len(files))
        taken: Taken = {}
        for _ in range(ROUNDS):
            for name, server, parts in (("bare", bare, BARE_PARTS), ("page", ours, PARTS)):
                for part, at in opened(browser, server, parts).items():
                    taken.setdefault(f"{name}: {part}", []).append(at)
        for part in BARE_PARTS:
            yield _of(
                records, f"page: {part}", taken, f"page: {part}", f"bare: {part}", "bare page"
            )
        yield _of(records, "page: card", taken, "page: card", "page: card", "itself")
        for name, each in clicks(browser, ours, many=max(5, int(5 * seconds))).items():
            low, _, high = quantiles(each, n=4)
            yield Measure(records, f"click: {name}", "ms", median(each), low, high)
            yield Measure(records, f"click: {name}, p95", "ms", p95(each))
        taken = callbacks(empty, ours, seconds)
        for name in taken:
            yield _of(records, f"callback: {name}", taken, name, "empty", "empty callback")
        yield Measure(records, "worker memory, with alerts", "MB", ours.worker_megabytes())


def install_megabytes(*, compiled: bool) -> float:
    """The app with all it needs on the disk, without what only developers need.

    `compiled`: with the bytecode of every module, as pip makes it unless told otherwise.
    """
    found: set[str] = set()
    wanted = ["dbspend360"]
    while wanted:
        name = wanted.pop().lower().replace("_", "-")
        if name in found:
            continue
        found.add(name)
        needed = (Requirement(each) for each in requires(name) or ())
        wanted += [
            each.name for each in needed if not each.marker or each.marker.evaluate({"extra": ""})
        ]
    files = (file for name in found for file in distribution(name).files or ())
    places = (Path(str(file.locate())) for file in files)
    kept = (each for each in places if compiled or each.suffix != ".pyc")
    return sum(each.stat().st_size for each in kept if each.is_file()) / 1e6


def main() -> None:
    """Measure, print the table and keep the numbers; exit 1 never: a target missed is a line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="without ten million records")
    options.add_argument("--sizes", type=int, nargs="+")
    options.add_argument("--seconds", type=float, help="for each thing that is measured")
    options.add_argument("--keep-data", action="store_true", help="do not import anew")
    options.add_argument("--out", type=Path, help="where to keep the numbers as JSON")
    options.add_argument("--compare", type=Path, help="numbers of an earlier run")
    asked = options.parse_args()
    sizes = asked.sizes or (QUICK if asked.quick else FULL)
    seconds = asked.seconds or (1.0 if asked.quick else 4.0)
    found = [
        Measure(0, "install size", "MB", install_megabytes(compiled=False)),
        Measure(0, "install size: all compiled", "MB", install_megabytes(compiled=True)),
    ]
    for records in sizes:
        for part in _parts(records, seconds, keep_data=asked.keep_data):
            found.append(part)
            print(row(part), file=sys.stderr, flush=True)
    print(table(found))
    print("\n".join(verdicts(found)))
    if asked.compare:
        print(compared(json.loads(asked.compare.read_text())["measures"], found))
    if asked.out:
        kept = {"at": datetime.now(UTC).isoformat(), "measures": [asdict(each) for each in found]}
        asked.out.write_text(json.dumps(kept, indent=1))


def _parts(records: int, seconds: float, *, keep_data: bool) -> Iterator[Measure]:
    if not (keep_data and data_folder(records).exists()):
        yield from importing(records)
    yield from questions(records, seconds)
    yield from web(records, seconds)
    if records == PAGE_AT:
        yield from page(records, seconds)


if __name__ == "__main__":
    main()
