"""How much memory and time a file of all rows takes: `python benchmarks/stream_rows.py`.

Runs the app in a process of its own for each size, downloads a whole year, and prints by how much
the memory grew at most, how often that of a million records it is, and rows a second. The last line
is of a client that takes its time.
"""

import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import duckdb

from dbspend360.app import create_app
from dbspend360.settings import Settings
from dbspend360.warehouse import versions
from dbspend360.warehouse.schema import SPENDS_TABLE
from dbspend360.warehouse.versions import Version

SIZES = (1_000_000, 4_000_000)
SLOW_SECONDS = 0.02  # that a slow client thinks about 2,000 rows
TODAY = date(2026, 11, 21)
YEAR = "start_date=2025-11-21&end_date=2026-11-20"
FORMATS = ("text/csv", "application/x-ndjson")

_RECORDS = """
INSERT INTO spends
SELECT DATE '2026-11-20' - CAST(i % 365 AS INT), '7032981465520871',
       CAST(865057131580000 + i % 500 AS VARCHAR), CAST(314060377500000 + i // 2 AS VARCHAR),
       '1117-032823-' || lpad(to_hex(i % 5000), 8, '0'), 'nightly_load_' || (i % 500),
       (i % 9973) * 0.0137, (i % 7919) * 0.00917, 'someone@example.com', 'SUCCESS',
       'team ' || (i % 20)
FROM range(?) AS made(i)
ORDER BY 1
"""


def make_data(folder: Path, records: int) -> None:
    """A data folder with so many records of a year."""
    folder.mkdir()
    path = folder / "spends.duckdb"
    with duckdb.connect(str(path)) as db:
        db.execute(SPENDS_TABLE)
        db.execute(_RECORDS, [records])
    versions.publish(Version(path, "import", datetime.now(UTC)))


def memory_mb(name: str) -> float:
    """`VmRSS` is what this process holds now, `VmHWM` the most that it held."""
    status = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line.split()[1] for line in status if line.startswith(name))) / 1024


def forget_the_most() -> None:
    """From here on the most counts anew."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def measure(folder: Path, grouping: str, media: str, pause: float, answer: Connection) -> None:
    """Download once in this process, and tell rows, growth in MB and seconds."""
    settings = Settings(data_dir=folder, log_level="ERROR")
    client = create_app(settings, today=lambda: TODAY).test_client()
    client.get("/api/filters/presets")  # everything is loaded, and next to nothing read
    forget_the_most()
    before = memory_mb("VmRSS")

    def download() -> int:
        address = f"/api/job-spends?{YEAR}&group_by={grouping}"
        response = client.get(address, headers={"Accept": media})
        return sum(lines_of(part, pause) for part in response.iter_encoded())

    began = time.perf_counter()
    lines = download()
    answer.send((lines, memory_mb("VmHWM") - before, time.perf_counter() - began))


def lines_of(part: bytes, pause: float) -> int:
    """As a client takes them."""
    time.sleep(pause)
    return part.count(b"\n")


def measured(folder: Path, grouping: str, media: str, pause: float = 0) -> tuple[int, float, float]:
    """The same in a process of its own, whose memory nobody has touched."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=measure, args=(folder, grouping, media, pause, theirs))
    process.start()
    found: tuple[int, float, float] = ours.recv()
    process.join()
    return found


def results(folder: Path) -> Iterator[str]:
    """A line for each grouping, format and size."""
    for grouping, media, pause in asked():
        fewest = 0.0
        for size in SIZES:
            lines, growth, seconds = measured(folder / str(size), grouping, media, pause)
            fewest = fewest or growth
            yield (
                f"{grouping:7}{media:22}{size:>10,} records {lines:>10,} lines  "
                f"+{growth:6.0f} MB  x{growth / fewest:5.2f}  {lines / seconds:>9,.0f} rows/s"
            )


def asked() -> Iterator[tuple[str, str, float]]:
    """What is downloaded, and how long the client pauses."""
    yield from ((grouping, media, 0) for grouping in ("record", "run") for media in FORMATS)
    yield "record", FORMATS[0], SLOW_SECONDS


def main() -> None:
    """Make the data, and print what it takes."""
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            make_data(Path(folder) / str(size), size)
        for line in results(Path(folder)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
