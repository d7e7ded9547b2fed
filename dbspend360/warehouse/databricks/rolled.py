"""Roll-ups beside the table of job spends: which are there, and whether they say what it says.

Each making has tables of its own, named by the version of the table it was made of. A stamp names
the latest that is whole. It counts as long as nothing has changed the table's records since.
"""

import hashlib
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from dbspend360.errors import WarehouseError
from dbspend360.warehouse.base import Question, Rows
from dbspend360.warehouse.databricks.spends_table import SpendsTable
from dbspend360.warehouse.questions import question

EDITION = 2  # of the texts in `sql/rolled`: another number when a table of theirs changes
_FRESH_SECONDS = 10.0  # so old may be what we know of the table's version
_LOOK_AGAIN_SECONDS = 600.0  # for roll-ups that are not there
_HISTORY = 50  # versions: more without a change of records are not looked through
# What makes a version without changing a record.
_HARMLESS = {"OPTIMIZE", "VACUUM START", "VACUUM END", "COMPUTE STATS", "CLUSTER BY"}

Ask = Callable[[Question], Rows]


@dataclass(frozen=True)
class Stamp:
    """Which roll-ups are there and whole."""

    edition: int
    version: int  # of the table they were made of
    previous_version: int | None  # whose roll-ups may still be read
    layout: str  # how the table was read


@dataclass(frozen=True)
class _Look:
    version: int | None  # whose roll-ups may be read; None: none
    at: float  # monotonic
    asked_at: datetime


class RolledUp:
    """Looks at the table's version now and then. Safe under many threads."""

    def __init__(self, spends: SpendsTable, ask: Ask) -> None:
        """`ask` sends a read whose text is whole."""
        self._spends, self._ask = spends, ask
        self._lock = threading.Lock()
        self._look: _Look | None = None

    def forget(self) -> None:
        """Look again with the next question."""
        self._look = None

    def ready(self, text: str) -> tuple[str, datetime] | None:
        """A text over roll-ups with the tables of today, and when they were the table's own.

        None: there are none that say what the table says.
        """
        look = self._latest()
        if look.version is None:
            return None
        return named(text, self._spends.name, look.version), look.asked_at

    def _latest(self) -> _Look:
        with self._lock:  # who comes meanwhile has the same question
            known = self._look
            if known is None or time.monotonic() - known.at > _FRESH_SECONDS:
                known = self._look = self._looked()
            return known

    def _looked(self) -> _Look:
        at, asked_at = time.monotonic(), datetime.now(UTC)
        try:
            stamp = read_stamp(self._spends.name, self._ask)
            is_ours = stamp and stamp.edition == EDITION
            if not (stamp and is_ours and stamp.layout == layout_of(self._spends)):
                return _Look(None, at + _LOOK_AGAIN_SECONDS - _FRESH_SECONDS, asked_at)
            is_fresh = is_unchanged(history(self._spends.name, self._ask), stamp.version)
        except WarehouseError:  # the records themselves can be asked, and say what is wrong
            return _Look(None, at, asked_at)
        return _Look(stamp.version if is_fresh else None, at, asked_at)


def read_stamp(table: str, ask: Ask) -> Stamp | None:
    """The stamp beside a quoted table; None where there is none.

    Raises:
        WarehouseError: it cannot be read.
    """
    asked = question("rolled/stamp")
    try:
        rows = ask(Question("rolled/stamp", named(asked.text, table, None), is_remembered=False))
    except WarehouseError as error:
        if getattr(error, "kind", "") == "TABLE_OR_VIEW_NOT_FOUND":
            return None
        raise
    return Stamp(**rows[0]) if rows else None  # type: ignore[arg-type]  # the columns are these


def history(table: str, ask: Ask) -> Rows:
    """The latest versions of a quoted table, the newest first: `version`, `operation` and more.

    Raises:
        WarehouseError: it has none, or may not be seen.
    """
    text = f"DESCRIBE HISTORY {table} LIMIT {_HISTORY}"
    return ask(Question("history", text, is_remembered=False))


def is_unchanged(versions: Rows, since: int) -> bool:
    """Whether no record was changed since that version, as far as the history says."""
    numbers = [int(str(each["version"])) for each in versions]
    newer = [each for each in versions if int(str(each["version"])) > since]
    return since in numbers and all(each["operation"] in _HARMLESS for each in newer)


def layout_of(spends: SpendsTable) -> str:
    """Another word where the table is read in another way, such as with another column."""
    return hashlib.sha256(spends.layout().relation.encode()).hexdigest()[:16]


def named(text: str, table: str, version: int | None) -> str:
    """A text with each `rolled.<name>` as the table that lies beside the quoted `table`."""
    of_version = "" if version is None else f"{version}_"

    def name(found: re.Match[str]) -> str:
        own = found[1] if found[1] == "stamp" else f"{of_version}{found[1]}"
        return f"{table[:-1]}_rolled_{own}`"

    return re.sub(r"\brolled\.(\w+)", name, text)
