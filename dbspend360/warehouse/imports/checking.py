"""The first half of an import: every record of every file, checked and typed."""

from collections.abc import Sequence
from pathlib import Path

from dbspend360.errors import BadFile
from dbspend360.warehouse.imports import validation
from dbspend360.warehouse.imports.reading import RawFile, damage_as_bad_file, read_raw
from dbspend360.warehouse.imports.report import (
    SHOWN,
    ImportReport,
    RejectedFile,
    RejectedRecord,
    Rejections,
)
from dbspend360.warehouse.imports.task import ImportTask, Stage

STORED = ", ".join(validation.STORED)

_CHECKED = f"""
    CREATE TABLE work.checked AS
    SELECT 0 AS file, 0::BIGINT AS line, {STORED}, ''::VARCHAR AS reason FROM spends LIMIT 0
"""  # noqa: S608
_GOOD = "CREATE VIEW work.good AS FROM work.checked WHERE reason IS NULL"


def check_files(
    task: ImportTask, files: Sequence[Path], stage: Stage, *, skip_bad: bool
) -> ImportReport:
    """Fill `work.good` with the records of all files, typed as they are stored.

    Raises:
        RejectedFile: A record is bad and `skip_bad` is off, or no record is good.
        BadFile: A file cannot be read at all.
    """
    task.db.execute(_CHECKED)
    task.db.execute(_GOOD)
    ignored: list[str] = []
    for number, path in enumerate(files):
        length = stage.length / len(files)
        part = Stage(f"reading {path.name}", stage.start + length * number, length)
        ignored += _check_file(task, path, number, part).columns.ignored
    report = ImportReport(
        files=tuple(path.name for path in files),
        records_rejected=task.rejections.total,
        rejected=tuple(task.rejections.first),
        ignored_columns=tuple(dict.fromkeys(ignored)),
    )
    good = task.number("SELECT count(*) FROM work.good")
    if report.records_rejected and not (skip_bad and good):
        raise RejectedFile(_refusal(report.records_rejected, good), report)
    return report


def _check_file(task: ImportTask, path: Path, number: int, stage: Stage) -> RawFile:
    torn = Rejections()  # records that are not even whole

    def refuse(line: int, reason: str) -> None:
        torn.add(RejectedRecord(path.name, line, reason))

    copy = task.folder / f"{number}.csv"
    raw = read_raw(path, task.db, copy, refuse, lambda share: task.tell(stage, share))
    with damage_as_bad_file(path.name):
        task.run(_checking(raw, number), stage)
    copy.unlink(missing_ok=True)
    _gather(task, raw, number, torn)
    return raw


def _checking(raw: RawFile, number: int) -> str:
    stored = ", ".join(validation.STORED.values())
    return (
        f"INSERT INTO work.checked SELECT {number}, line, {stored}, {validation.reason()} "  # noqa: S608
        f"FROM ({raw.select})"
    )


def _gather(task: ImportTask, raw: RawFile, number: int, torn: Rejections) -> None:
    """Put the rejected records of one file in the order of its lines, behind the others'."""
    ours = f"FROM work.checked WHERE file = {number}"
    if task.number(f"SELECT count(*) {ours}") + torn.total == 0:
        raise BadFile(f"{raw.name} has no records, only a header.")
    refused = f"{ours} AND reason IS NOT NULL"
    rows = task.db.execute(f"SELECT line, reason {refused} ORDER BY line LIMIT {SHOWN}").fetchall()
    shown = [
        RejectedRecord(raw.name, line, validation.visible(reason), raw.place)
        for line, reason in rows
    ]
    total = task.rejections.total + torn.total + task.number(f"SELECT count(*) {refused}")
    for record in sorted([*torn.first, *shown], key=lambda record: record.line):
        task.rejections.add(record)
    task.rejections.total = total


def _refusal(bad: int, good: int) -> str:
    if not good:
        return f"None of the {bad:,} records can be loaded, so nothing was imported."
    return (
        f"{bad:,} of {bad + good:,} records cannot be loaded, so nothing was imported: "
        "correct them, or skip them with --skip-bad."
    )
