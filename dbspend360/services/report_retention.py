"""Removes the files and the history of reports after their time."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from dbspend360.errors import Conflict
from dbspend360.models.delivery import UNSENT, Delivery, write_delivery
from dbspend360.models.setting import Setting
from dbspend360.services.outbox import read_row
from dbspend360.services.report_rows import OUTBOX, ReportRows

log = logging.getLogger(__name__)

_ORPHAN_SECONDS = 86_400  # a file that no delivery names: somebody was killed while making it


class Retention:
    """May be done by anybody at any time."""

    def __init__(
        self, rows: ReportRows, folder: Path, kept: timedelta, now: Callable[[], datetime]
    ) -> None:
        self._rows, self._folder, self._kept, self._now = rows, folder, kept, now

    def remove_old(self) -> None:
        """Remove what is over and old, and files that belong to nothing.

        The newest delivery of a schedule that is still there stays without its file: it says up
        to where the due times were seen to.
        """
        rows = [(row, read_row(row)) for row in self._rows.store.with_key(OUTBOX)]
        found = [(row, each) for row, each in rows if each and each.order]
        there = {(each.user_id, each.id) for each in self._rows.all_schedules()}
        newest = _newest(found, there)
        for row, each in found:
            if self._is_old(each):
                self._remove(row, each, is_newest=each.id in newest)
        self._remove_orphans({each.file.path for _, each in found if each.file})

    def _is_old(self, each: Delivery) -> bool:
        is_over = each.stage not in UNSENT
        due_at = each.order.due_at if each.order else each.created_at
        return is_over and max(due_at, each.created_at) < self._now() - self._kept

    def _remove(self, row: Setting, each: Delivery, *, is_newest: bool) -> None:
        if each.file:
            with suppress(OSError):
                (self._folder / Path(each.file.path).name).unlink(missing_ok=True)
        with suppress(Conflict):
            if not is_newest:
                self._rows.store.delete(row.user_id, row.key, seen=row.updated_at)
            elif each.file:
                value = write_delivery(replace(each, file=None))
                self._rows.store.put(row.user_id, row.key, value, seen=row.updated_at)

    def _remove_orphans(self, named: set[str]) -> None:
        # By the clock of the files: the other one may be a test's.
        before = time.time() - _ORPHAN_SECONDS
        for path in _files(self._folder):
            with suppress(OSError):
                if path.name not in named and path.stat().st_mtime < before:
                    path.unlink(missing_ok=True)
                    log.info("Removed %s, which belongs to no report", path.name)


def _newest(found: list[tuple[Setting, Delivery]], there: set[tuple[str, str]]) -> set[str]:
    """The ids of the last delivery, but for those by hand, of each schedule that is there."""
    last: dict[tuple[str, str], tuple[datetime, str]] = {}
    for row, each in found:
        if each.order and not each.order.is_by_hand:
            key, mark = (row.user_id, each.order.schedule_id), (each.order.due_at, each.id)
            last[key] = max(mark, last.get(key, mark))
    return {id_ for key, (_, id_) in last.items() if key in there}


def _files(folder: Path) -> Iterator[Path]:
    try:
        yield from [each for each in folder.iterdir() if each.is_file()]
    except OSError:
        return
