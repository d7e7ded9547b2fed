"""How long an admin waits for a log of a million entries, as multiples of the first page.

python benchmarks/audit_log.py
"""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter

from dbspend360.services.audit import Entry, line
from dbspend360.services.audit_reading import MOST_LINES, Looked, Wanted, entries

ENTRIES = 1_000_000
ROUNDS = 5
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
EACH = timedelta(days=29) / ENTRIES


def written(folder: Path) -> Path:
    """A busy month, as the app writes it."""
    path = folder / "2026-11.jsonl"
    with path.open("wb") as file:
        for number in range(ENTRIES):
            about = {"query": f"preset=last_30_days&job_name={number % 90}", "rows": "12,345"}
            who, at = f"p{number % 500}@example.com", FIRST + number * EACH
            file.write(line(Entry(at, who, "export.csv", "done", about, "192.0.2.1", "0" * 32)))
    return path


def page(folder: Path, **wanted: str) -> Callable[[], int]:
    """One page of a hundred, as `/admin` reads it."""
    return lambda: len(list(islice(entries(folder, Wanted(**wanted), Looked(MOST_LINES)), 101)))


def whole(folder: Path) -> int:
    """All of it, as the admin takes it home."""
    return sum(1 for _ in entries(folder, Wanted()))


def main() -> None:
    """Print a line for each question."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = written(folder)
        print(f"{ENTRIES:,} entries, {path.stat().st_size / 1e6:.0f} MB")
        questions: dict[str, Callable[[], int]] = {
            "first page": page(folder),
            "one person": page(folder, who="p7@example.com"),
            "first day of the month": page(folder, day="2026-11-01"),
            "nothing fits": page(folder, what="nothing"),
            "all, as JSON lines": partial(whole, folder),
        }
        taken: dict[str, list[float]] = {each: [] for each in questions}
        for _ in range(ROUNDS):
            for each, ask in questions.items():
                began = perf_counter()
                ask()
                taken[each].append(perf_counter() - began)
        floor = median(taken["first page"])
        for each, seconds in taken.items():
            print(f"{each:24} {median(seconds) * 1e3:9.1f} ms  {median(seconds) / floor:9.0f}x")


if __name__ == "__main__":
    main()
