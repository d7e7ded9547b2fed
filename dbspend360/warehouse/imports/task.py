"""One import on its way: its database, its work folder and what it found so far."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from dbspend360.warehouse.imports.report import Progress, Rejections
from dbspend360.warehouse.imports.validation import MACROS

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "1GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_LOOK_EVERY = 0.2  # seconds between two looks at how far a statement is


@dataclass(frozen=True)
class Stage:
    """A stretch of the work, as shares of the whole."""

    words: str
    start: float
    length: float


@dataclass(frozen=True)
class ImportTask:
    """One import on its way."""

    db: duckdb.DuckDBPyConnection  # the new data file; scratch tables go to `work`
    folder: Path  # of what is unfinished
    progress: Progress | None
    rejections: Rejections = field(default_factory=Rejections)

    def tell(self, stage: Stage, share: float) -> None:
        """Say that `share` of a stage is done."""
        if self.progress:
            self.progress(stage.words, stage.start + stage.length * share)

    def run(self, sql: str, stage: Stage) -> None:
        """Run a long statement in another thread, to say meanwhile how far it is."""
        with ThreadPoolExecutor(1) as worker:
            running = worker.submit(self.db.execute, sql)
            try:
                while not wait([running], timeout=_LOOK_EVERY).done:
                    self.tell(stage, max(0.0, self.db.query_progress() / 100))
            except KeyboardInterrupt:
                self.db.interrupt()
                raise
            running.result()

    def number(self, sql: str) -> int:
        """The one number that `sql` asks for."""
        return int(self.db.execute(sql).fetchall()[0][0])


@contextmanager
def open_task(draft: Path, progress: Progress | None) -> Iterator[ImportTask]:
    """Begin an import that ends up in the file `draft`, in a folder of its own."""
    folder = draft.parent
    config = _CONFIG | {"temp_directory": str(folder / "spill")}
    with duckdb.connect(str(draft), config=config) as db:
        db.execute("SET TimeZone = 'UTC'")
        db.execute("SET enable_progress_bar = true")
        db.execute("SET enable_progress_bar_print = false")
        db.execute(f"ATTACH {sql_text(folder / 'work.duckdb')} AS work")
        for macro in MACROS:
            db.execute(macro)
        yield ImportTask(db, folder, progress)


def sql_text(path: Path) -> str:
    """`path` as a literal, for the statements that take no values."""
    return "'" + str(path.resolve()).replace("'", "''") + "'"
