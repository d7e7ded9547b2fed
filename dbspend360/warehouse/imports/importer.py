"""Files become data: every record is checked, then old and new are written to a new version.

    a person's files -> read -> `checked` (typed, with the reason of each refused record)
    `checked` + kept old records -> sorted into a new data file, added up -> published

Nothing is visible before the last step, and nothing that is visible is ever written to.
"""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from dbspend360.errors import BadFile
from dbspend360.warehouse import roll_ups, versions
from dbspend360.warehouse.imports.checking import STORED, check_files
from dbspend360.warehouse.imports.folder import (
    alone_in,
    current_version,
    damaged,
    failures_as_sentences,
    sweep_versions,
    work_folder,
)
from dbspend360.warehouse.imports.reading import check_path
from dbspend360.warehouse.imports.report import ImportReport, Progress
from dbspend360.warehouse.imports.task import ImportTask, Stage, open_task, sql_text
from dbspend360.warehouse.schema import SPENDS_TABLE
from dbspend360.warehouse.versions import Origin, Version

_READING = Stage("reading", 0.0, 0.6)
_STORING = Stage("storing", 0.6, 0.2)
_ADDING_UP = Stage("adding up", 0.8, 0.2)


def import_files(
    files: Sequence[Path],
    folder: Path,
    *,
    skip_bad: bool = False,
    append: bool = False,
    origin: Origin = "import",
    progress: Progress | None = None,
) -> ImportReport:
    """Load `files` into the data folder, all of them or, when a record is bad, none.

    The files are the truth for the days that occur in them: old records of those days make room.
    `append` keeps them. `skip_bad` loads the good records. Demo data never mixes with other data.

    Raises:
        BadFile: A file or a record cannot be loaded; `RejectedFile` holds the report.
        Busy: Another import is running.
        DBSpendError: The disk is full, or the folder cannot be written.
    """
    _refuse_the_same_file_twice(files)
    for path in files:
        check_path(path)
    with failures_as_sentences(folder), alone_in(folder), work_folder(folder) as work:
        old = current_version(folder)
        draft = work / "spends.duckdb"
        fresh_start = old is not None and "demo" in (old.origin, origin)
        with open_task(draft, progress) as task:
            task.db.execute(SPENDS_TABLE)
            report = check_files(task, files, _READING, skip_bad=skip_bad)
            kept = kept_records(task, old, append=append, fresh_start=fresh_start)
            task.db.execute("SET enable_external_access = false")  # all files are open by now
            report = _store(task, report, kept)
        _publish(draft, folder, origin, old)
    return demo_dropped(report, old)


def demo_dropped(report: ImportReport, old: Version | None) -> ImportReport:
    """The report with demo data named as such, where they were what made room."""
    if old and old.origin == "demo":
        return replace(report, dropped_demo=report.replaced_records, replaced_records=0)
    return report


def _refuse_the_same_file_twice(files: Sequence[Path]) -> None:
    if not files:
        raise BadFile("Name at least one file to import.")
    seen = [path.resolve() for path in files]
    if twice := next((path for path in seen if seen.count(path) > 1), None):
        raise BadFile(f"{twice.name} is named twice: its records would count double.")


def kept_records(task: ImportTask, old: Version | None, *, append: bool, fresh_start: bool) -> str:
    """SQL for the old records that stay; all of them are the view `old_spends`."""
    if old is None:
        task.db.execute("CREATE TEMP VIEW old_spends AS FROM spends LIMIT 0")
    else:
        try:
            task.db.execute(f"ATTACH {sql_text(old.path)} AS old (READ_ONLY)")
        except duckdb.Error as error:
            raise damaged(old) from error
        task.db.execute("CREATE TEMP VIEW old_spends AS FROM old.spends")
    if fresh_start:
        return "SELECT * FROM old_spends WHERE false"
    if append:
        return "SELECT * FROM old_spends"
    days = "SELECT DISTINCT usage_date FROM work.good"
    return f"SELECT * FROM old_spends WHERE usage_date NOT IN ({days})"  # noqa: S608


def _store(task: ImportTask, report: ImportReport, kept: str) -> ImportReport:
    """Write the new data file, sorted so that a question about a month reads one stretch of it."""
    report = with_figures(task, report, kept)
    everything = f"SELECT {STORED} FROM work.good UNION ALL SELECT {STORED} FROM ({kept})"  # noqa: S608
    insert = f"INSERT INTO spends ({STORED}) SELECT * FROM ({everything})"  # noqa: S608
    task.run(f"{insert} ORDER BY usage_date, job_id, run_id", _STORING)
    _add_up(task)
    task.db.execute("CHECKPOINT")
    return replace(report, total_records=task.number("SELECT count(*) FROM spends"))


def _add_up(task: ImportTask) -> None:
    """Make the sums that questions read in place of the records."""
    steps = list(roll_ups.statements(task.db))
    for number, step in enumerate(steps):
        length = _ADDING_UP.length / len(steps)
        task.run(step, Stage(_ADDING_UP.words, _ADDING_UP.start + length * number, length))


def with_figures(task: ImportTask, report: ImportReport, kept: str) -> ImportReport:
    """The report with the sums of `work.good`, and with what becomes of the old records."""
    figures = task.db.execute("""
        SELECT
            count(*) AS records_loaded,
            count(DISTINCT usage_date) AS days,
            min(usage_date) AS first_date,
            max(usage_date) AS last_date,
            count(*) - count(ec2_cost) AS unknown_ec2_records,
            count(*) - count(databricks_cost) AS unknown_databricks_records,
            coalesce(sum(ec2_cost), 0) AS ec2_cost,
            coalesce(sum(databricks_cost), 0) AS databricks_cost
        FROM work.good
    """)
    names = [column[0] for column in figures.description or ()]
    named = dict(zip(names, figures.fetchall()[0], strict=True))
    kept_records = task.number(f"SELECT count(*) FROM ({kept})")  # noqa: S608
    replaced = task.number("SELECT count(*) FROM old_spends") - kept_records
    return replace(report, **named, kept_records=kept_records, replaced_records=replaced)


def _publish(draft: Path, folder: Path, origin: Origin, old: Version | None) -> None:
    now = datetime.now(UTC)
    name = f"spends-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}.duckdb"
    version = Version(draft.rename(folder / name), origin, now)
    try:
        versions.publish(version)
    except OSError:
        if versions.current(folder) == old:  # else readers have it already
            version.path.unlink(missing_ok=True)
        raise
    with suppress(OSError):  # what cannot be removed now is removed by the next import
        sweep_versions(folder, keep={version.path} | ({old.path} if old else set()))
