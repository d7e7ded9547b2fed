"""What an import would do, without doing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dbspend360.warehouse.imports.checking import check_files
from dbspend360.warehouse.imports.folder import current_version, failures_as_sentences
from dbspend360.warehouse.imports.importer import demo_dropped, kept_records, with_figures
from dbspend360.warehouse.imports.reading import check_path
from dbspend360.warehouse.imports.report import ImportReport, Progress
from dbspend360.warehouse.imports.task import ImportTask, Stage, open_task
from dbspend360.warehouse.schema import SPENDS_TABLE

FIRST = 5  # records that are shown

_CHECKING = Stage("", 0.0, 1.0)  # each file says its own words
_FIRST = f"""
    SELECT usage_date, job_name, job_id, run_id, cluster_id, ec2_cost, databricks_cost
    FROM work.good ORDER BY line LIMIT {FIRST}
"""  # noqa: S608
_JOBS = "SELECT count(*) FROM (SELECT DISTINCT workspace_id, job_id FROM work.good)"


@dataclass(frozen=True)
class Trial:
    """What is in a file. `report` is that of an import that skips the bad records."""

    report: ImportReport
    jobs: int
    first: tuple[Mapping[str, str | None], ...]  # the first good records, as they would be stored


def try_file(path: Path, folder: Path, work: Path, progress: Progress | None = None) -> Trial:
    """Check a file by the rules of an import into `folder`; nothing but `work` is written to.

    Raises:
        BadFile: the file cannot be read at all, or no record of it can be loaded.
        DBSpendError: the disk is full, or the data folder is damaged.
    """
    check_path(path)
    with failures_as_sentences(folder):
        old = current_version(folder)
        is_demo = old is not None and old.origin == "demo"
        with open_task(work / "trial.duckdb", progress) as task:
            task.db.execute(SPENDS_TABLE)
            report = check_files(task, [path], _CHECKING, skip_bad=True)
            kept = kept_records(task, old, append=False, fresh_start=is_demo)
            found = demo_dropped(with_figures(task, report, kept), old)
            return Trial(found, task.number(_JOBS), _first(task))


def _first(task: ImportTask) -> tuple[Mapping[str, str | None], ...]:
    asked = task.db.execute(_FIRST)
    names = [column[0] for column in asked.description or ()]
    texts = ([None if each is None else str(each) for each in row] for row in asked.fetchall())
    return tuple(dict(zip(names, row, strict=True)) for row in texts)
