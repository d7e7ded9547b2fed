"""How long a printed report takes and how much memory: `python benchmarks/pdf_report.py`.

Each report is written by a process of its own, which has no memory of an earlier one; so is the
floor beside it: the same rows in a plain table of ReportLab's, with no fonts, charts or colours.
Seconds are those of writing, once the libraries are imported and the questions are answered; the
first report of a process takes the seconds of the import, too.
"""

import argparse
import io
import logging
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from dbspend360.models.columns import COLUMNS, Grouping
from dbspend360.models.view_state import ViewState
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.alert_rows import AlertRows
from dbspend360.services.job_costs import JobCosts
from dbspend360.services.report import Report, read_report
from dbspend360.store.places import make_store
from dbspend360.theme import usd
from dbspend360.warehouse.base import STREAM_ROWS, Row, Rows
from dbspend360.warehouse.demo import make_demo
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.spends import SpendRepository

SIZES = (50, 500, 2_000, 10_000)
LAST_DAY = date(2026, 11, 21)
TITLES = "  rows  seconds  first s  MB before  peak MB      kB  pages  plain table s  times it"


def main() -> None:
    """Print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", choices=["report", "floor"], help="in this process")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--rows", type=int)
    asked = parser.parse_args()
    logging.disable()
    if asked.one:
        print(*measured(asked.one, asked.folder, asked.rows))
        return
    with TemporaryDirectory() as folder:
        make_demo(Path(folder), last_day=LAST_DAY)
        print(TITLES)
        for rows in SIZES:
            print(line(Path(folder), rows), flush=True)


def line(folder: Path, rows: int) -> str:
    """One size, the report beside its floor."""
    seconds, first, before, peak, size, pages = in_own_process("report", folder, rows)
    floor = in_own_process("floor", folder, rows)[0]
    told = f"{rows:>6,} {seconds:>8.2f} {first:>8.2f} {before:>10.0f} {peak:>8.0f}"
    return f"{told} {size:>7.0f} {pages:>6.0f} {floor:>14.2f} {seconds / floor:>9.1f}"


def in_own_process(what: str, folder: Path, rows: int) -> list[float]:
    """What `measured` says there."""
    command = [sys.executable, __file__, "--one", what, "--folder", str(folder)]
    done = subprocess.run([*command, "--rows", str(rows)], capture_output=True, check=True)
    return [float(each) for each in done.stdout.split()]


def measured(what: str, folder: Path, rows: int) -> tuple[float, ...]:
    """Seconds, those with the import, MB of the process before and at its peak, kB, pages."""
    report, chunks = asked_for(folder, rows)
    before = peak_mb()
    began = time.perf_counter()
    if what == "floor":
        pass
    else:
        import dbspend360.services.pdf.document  # noqa: F401
    imported = time.perf_counter()
    file = io.BytesIO()
    pages = plain_table(report, chunks, file) if what == "floor" else printed(report, chunks, file)
    ended = time.perf_counter()
    size = len(file.getvalue()) / 1000
    return ended - imported, ended - began, before, peak_mb(), size, pages


def peak_mb() -> float:
    """The most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def asked_for(folder: Path, rows: int) -> tuple[Report, Iterator[Rows]]:
    """A view of a quarter, as if it had only so many rows."""
    spend = SpendRepository(EmbeddedWarehouse(folder))
    view = ViewState(start_date=LAST_DAY - timedelta(days=89), end_date=LAST_DAY)
    report = read_report(
        spend,
        AlertDesk(JobCosts(spend), AlertRows(make_store("", folder)), final_date=lambda: date.max),
        view,
        user_id="",
        title="Databricks job spend",
        final_date=LAST_DAY - timedelta(days=2),
        now=lambda: datetime.now(UTC),
    )
    found = islice(chain.from_iterable(spend.table_rows(view)), rows)
    report = replace(report, totals=report.totals | {"table_rows": rows})
    return report, in_chunks(found)


def in_chunks(rows: Iterator[Row]) -> Iterator[Rows]:
    """As the warehouse streams them."""
    while chunk := list(islice(rows, STREAM_ROWS)):
        yield chunk


def printed(report: Report, rows: Iterator[Rows], file: io.BytesIO) -> int:
    """Our report; its pages."""
    from dbspend360.services.pdf.document import write_pdf

    write_pdf(report, rows, file, lambda _done, _of: None)
    return pages_in(file)


def plain_table(report: Report, rows: Iterator[Rows], file: io.BytesIO) -> int:
    """The same texts in ReportLab's table, with the titles on every page; its pages."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.platypus import LongTable, SimpleDocTemplate

    columns = [each for each in COLUMNS[Grouping.RUN] if each.shown]
    texts = [[each.title for each in columns]]
    for row in chain.from_iterable(rows):
        values = (row[each.name] for each in columns)
        texts.append([usd(v) if isinstance(v, Decimal) else str(v or "") for v in values])
    table = LongTable(texts, repeatRows=1)
    SimpleDocTemplate(file, pagesize=landscape(A4)).build([table])
    return pages_in(file)


def pages_in(file: io.BytesIO) -> int:
    """How many pages a file has."""
    return file.getvalue().count(b"/Type /Page\n") or file.getvalue().count(b"/Type /Page ")


if __name__ == "__main__":
    main()
