"""How long the files of a view take, and how much memory: `python benchmarks/exports.py`.

Each file is made in a process of its own, from the same records in a data folder of its own, best
of three. `times` is the time against the CSV of the same rows; the memory is the process's peak
above what it had before the first row.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dbspend360.models.report import FileFormat
from dbspend360.services.own_exporter import own_exporter
from dbspend360.services.user_settings import settings_store
from dbspend360.settings import Settings
from dbspend360.warehouse.demo import make_demo
from dbspend360.warehouse.source import make_source
from dbspend360.warehouse.spends import SpendRepository

SIZES = (50, 500, 2_000, 10_000, 100_000)
DAYS = 30
MEGABYTE = 1_000_000


def one(folder: Path, kind: FileFormat) -> dict[str, Any]:
    """One file, in this process."""
    settings = Settings.model_validate({"data_dir": folder, "cache_url": "simple"})
    source = make_source(settings)
    spend, store = SpendRepository(source.warehouse), settings_store(settings, source)
    exporter = own_exporter(settings, spend, store)
    view = exporter.view(f"preset=last_{DAYS}_days&group_by=record")
    exporter.report(view, user_id="", marked=False)  # the questions are not what is measured
    before, begun = _peak(), time.perf_counter()
    with tempfile.TemporaryFile() as file:
        written = exporter.write(view, kind, file, user_id="")
        seconds, size = time.perf_counter() - begun, file.tell()
    source.close()
    return {
        "seconds": seconds,
        "megabytes": _peak() - before,
        "size": size / MEGABYTE,
        "rows": written.rows,
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(folder: Path, kind: FileFormat, tries: int) -> dict[str, Any]:
    """The best of some processes."""
    command = [sys.executable, __file__, "--one", str(folder), kind]
    found = []
    for _ in range(tries):
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        found.append(json.loads(done.stdout))
    return min(found, key=lambda each: each["seconds"])


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", nargs=2, metavar=("FOLDER", "FORMAT"))
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--tries", type=int, default=3)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(one(Path(asked.one[0]), FileFormat(asked.one[1]))))
        return
    print(f"| rows | file | seconds | times | MB above start | size, MB |  {datetime.now(UTC):%F}")
    print("|---|---|---|---|---|---|")
    for size in asked.sizes:
        with tempfile.TemporaryDirectory() as folder:
            make_demo(Path(folder), records=size, days=DAYS)
            _print_size(Path(folder), asked.tries)


def _print_size(folder: Path, tries: int) -> None:
    found = {kind: measured(folder, kind, tries) for kind in reversed(FileFormat)}
    basis = found[FileFormat.CSV]["seconds"]
    for kind, each in found.items():
        print(
            f"| {each['rows']:,} | {kind.words} | {each['seconds']:.2f} "
            f"| {each['seconds'] / basis:.1f} | {each['megabytes']:.0f} | {each['size']:.2f} |"
        )


if __name__ == "__main__":
    main()
