"""How the warehouse is doing, for `dbspend360 check` and the page `/check`."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from dbspend360.errors import DBSpendError, NoData
from dbspend360.models.finding import Finding
from dbspend360.settings import Settings
from dbspend360.warehouse.databricks.endpoint import is_chosen
from dbspend360.warehouse.embedded import read_only
from dbspend360.warehouse.imports.folder import current_version, damaged
from dbspend360.warehouse.versions import Origin

_QUESTION = "whole range"
_SQL = """
    SELECT count(*), min(usage_date), max(usage_date), sum(ec2_cost), sum(databricks_cost)
    FROM spends
"""


def findings(settings: Settings) -> Iterator[Finding]:
    """Each thing that was looked at, as soon as it was.

    Raises:
        DBSpendError: the data folder cannot be read; the sentence says how to mend it.
    """
    if is_chosen(settings):
        from dbspend360.warehouse.databricks.checkup import examine as examine_databricks

        yield from examine_databricks(settings)
    else:
        yield from _of_folder(settings.data_dir.resolve())


def _of_folder(folder: Path) -> Iterator[Finding]:
    yield Finding("Data folder", str(folder))
    found = examine(folder)
    yield Finding("Data", f"{'demo data' if found.origin == 'demo' else 'imported'}, readable")
    yield Finding("Days", f"{found.first_date} to {found.last_date}")
    yield Finding("Records", f"{found.records:,}")
    yield Finding("Size", f"{found.megabytes:,.1f} MB")
    milliseconds = found.seconds * 1000
    yield Finding("Speed", f"a question about all of it takes {milliseconds:,.0f} ms")


@dataclass(frozen=True)
class Checkup:
    """What is in the folder, and how long it takes to sum all of it."""

    origin: Origin
    records: int
    first_date: date
    last_date: date
    megabytes: float
    seconds: float


def examine(folder: Path) -> Checkup:
    """Read the whole data once; the error says how to mend what is wrong."""
    version = current_version(folder)
    if version is None:
        raise NoData(
            _QUESTION,
            f"{folder} holds no data: run `dbspend360 demo`, or `dbspend360 import FILE`.",
        )
    try:
        with read_only(version.path) as db:
            started = time.perf_counter()
            records, first, last, *_ = db.execute(_SQL).fetchall()[0]
            seconds = time.perf_counter() - started
    except duckdb.Error as error:
        raise damaged(version) from error
    _require_writing(folder)
    size = version.path.stat().st_size / 1e6
    return Checkup(version.origin, records, first, last, size, seconds)


def _require_writing(folder: Path) -> None:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise DBSpendError(
            f"{folder} cannot be written, so nothing can be imported: change its owner or rights."
        )
