"""The embedded warehouse: the current version of the data in DuckDB, read only."""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from dbspend360.errors import NoData, WarehouseError
from dbspend360.models.answer import Answer
from dbspend360.warehouse import roll_ups, versions
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse
from dbspend360.warehouse.embedded_stream import MEMORIES, dicts, streamed
from dbspend360.warehouse.noting import note_answer
from dbspend360.warehouse.questions import bound

log = logging.getLogger("dbspend360.questions")

# Given at connect: all readers of one file in a process share it, and must give the same.
_LIMITS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "128MB",  # of each worker; a question beyond it spills to disk, if it can
    "threads": "2",
    "lock_configuration": "true",
}


_ROOMY = "512MB"  # of the one question that could not, for as long as it takes


@dataclass(frozen=True)
class _Open:
    version: versions.Version
    connection: duckdb.DuckDBPyConnection
    has_roll_ups: bool


class EmbeddedWarehouse(Warehouse):
    """Answers from `<folder>/current.json`; a newly published version shows with the next question.

    Safe under many threads and many processes: each question runs on a cursor of its own, and an
    old version stays open until its last question is answered.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._roomy = threading.Lock()
        self._open: _Open | None = None
        self._pointed = versions.pointed(folder)

    def source(self) -> versions.Version:
        """The version that would answer now.

        Raises:
            NoData: nothing was ever published.
        """
        try:
            version = self._pointed.read()
        except (OSError, ValueError) as error:
            raise WarehouseError("source", "The data folder cannot be read.") from error
        if version is None:
            raise NoData(
                "source",
                "There is no data yet: run `dbspend360 import FILE` or `dbspend360 demo`.",
            )
        return version

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        """See `Warehouse.query`."""
        began = time.perf_counter()
        asked_at = datetime.now(UTC)
        with _told(question):
            try:
                rows = self._asked(question, values)
            except duckdb.OutOfMemoryException:
                rows = self._asked_with_room(question, values)
        note_answer(question.name, len(rows), began)
        return Answer(rows, asked_at, cached=False)

    def stream(self, question: Question, values: Mapping[str, Value]) -> Iterator[Rows]:
        """See `Warehouse.stream`. The cursor keeps its file, whatever is imported meanwhile."""
        began, count, path = time.perf_counter(), 0, Path()
        with _told(question):
            for memory in MEMORIES:
                try:
                    path = path if count else self.source().path
                    for rows in streamed(path, memory, (question, values), skip=count):
                        count += len(rows)
                        yield rows
                    break
                # It needs more; or an import has just removed the file, and there is a newer one.
                except (duckdb.OutOfMemoryException, duckdb.IOException):
                    if memory == MEMORIES[-1]:
                        raise
        note_answer(question.name, count, began)

    def close(self) -> None:
        """Let go of the file: at once, or with the last question that is being answered."""
        with self._lock:
            self._open = None  # to close it is refused while a question runs

    def _asked(self, question: Question, values: Mapping[str, Value]) -> Rows:
        now = self._opened()
        text = question.quickest(values) if now.has_roll_ups else question.text
        with now.connection.cursor() as cursor:
            cursor.execute(*bound(text, values))
            return dicts(cursor, cursor.fetchall())

    def _asked_with_room(self, question: Question, values: Mapping[str, Value]) -> Rows:
        with self._roomy:  # one at a time
            parts = streamed(self.source().path, _ROOMY, (question, values), skip=0)
            return [row for rows in parts for row in rows]

    def _opened(self) -> _Open:
        version = self.source()
        with self._lock:
            if self._open is None or self._open.version != version:
                # The old connection is dropped, not closed: its running questions finish first.
                connection = self._connected(version)
                self._open = _Open(version, connection, roll_ups.are_in(connection))
            return self._open

    def _connected(self, version: versions.Version) -> duckdb.DuckDBPyConnection:
        try:
            return read_only(version.path)
        except duckdb.Error:
            # Published and removed again between reading the pointer and opening: look once more.
            return read_only(self.source().path)


def read_only(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection that whoever reads the same file in this process can share."""
    return duckdb.connect(str(path), read_only=True, config=_LIMITS)


@contextmanager
def _told(question: Question) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        log.exception("question=%s failed", question.name)
        reason = "The embedded warehouse could not answer. The log says why."
        raise WarehouseError(question.name, reason) from error
