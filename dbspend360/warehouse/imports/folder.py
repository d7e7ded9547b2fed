"""The data folder while something is imported: one importer at a time, and no litter.

Everything unfinished lives in one work folder inside it, so that a killed import leaves one thing
to sweep up, and a finished file moves to its place in one step on the same disk.
"""

import errno
import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from dbspend360.errors import Busy, DBSpendError
from dbspend360.warehouse import versions
from dbspend360.warehouse.versions import Version

LOCK = "import.lock"
WORK = "importing-"
DATA = "spends-*.duckdb"

_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
_FULL_WORDS = ("No space left", "File too large", "quota exceeded")


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder against other imports; Busy at once when there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(
                f"Another import into {folder} is running: try again when it is done."
            ) from error
        yield  # closing the file lets go, and so does dying


@contextmanager
def work_folder(folder: Path) -> Iterator[Path]:
    """A place for what is unfinished; gone afterwards, with what killed imports left."""
    sweep_work(folder)
    work = Path(tempfile.mkdtemp(prefix=WORK, dir=folder))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def sweep_work(folder: Path) -> None:
    """Remove what killed imports left. Only for who holds the folder."""
    for left in folder.glob(f"{WORK}*"):
        shutil.rmtree(left, ignore_errors=True)
    for draft in folder.glob(f"{versions.POINTER}.*.tmp"):
        draft.unlink(missing_ok=True)


def sweep_versions(folder: Path, keep: set[Path]) -> None:
    """Remove the data files that nobody will ask for again."""
    for path in set(folder.glob(DATA)) - keep:
        path.unlink(missing_ok=True)


def current_version(folder: Path) -> Version | None:
    """The data to build on; a sentence when it is announced but not there."""
    pointer = folder / versions.POINTER
    try:
        version = versions.current(folder)
    except (ValueError, KeyError, TypeError) as error:
        raise DBSpendError(
            f"{pointer} is damaged: delete it and import your files again."
        ) from error
    if version and not version.path.is_file():
        raise DBSpendError(
            f"{version.path} is missing: put it back, or delete {pointer} and import again."
        )
    return version


def damaged(version: Version) -> DBSpendError:
    """The sentence for data that is there but cannot be read."""
    pointer = version.path.parent / versions.POINTER
    return DBSpendError(f"{version.path} is damaged: delete {pointer} and import again.")


@contextmanager
def failures_as_sentences(folder: Path) -> Iterator[None]:
    """Say what stopped an import that was not about the records."""
    try:
        yield
    except (OSError, duckdb.Error, MemoryError) as error:
        if is_out_of_space(error):
            reason = f"There is not enough space in {folder}: free some and import again."
        else:
            first_line = str(error).partition("\n")[0]
            reason = f"The import into {folder} could not be finished ({first_line})."
        raise DBSpendError(f"{reason} The data is as it was.") from error


def is_out_of_space(error: Exception) -> bool:
    """Whether the disk, a quota or the memory was not enough."""
    return (
        isinstance(error, (MemoryError, duckdb.OutOfMemoryException))
        or getattr(error, "errno", None) in _FULL
        or any(words in str(error) for words in _FULL_WORDS)
    )
