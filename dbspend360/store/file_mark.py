"""Whether a SQLite file is as it was, without opening it."""

import time
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import NamedTuple

_SETTLED_SECONDS = 2.0  # coarser than the clock of any file system


class _Seen(NamedTuple):
    number: int  # of the file in its file system
    written: int
    changed: int  # a file that is put back brings its old time of writing along, and not this one
    size: int


class FileMark:
    """Looks at the file and at the log beside it, to which SQLite writes first."""

    def __init__(self, path: Path, *, now: Callable[[], float] = time.time) -> None:
        self._path, self._log, self._now = path, Path(f"{path}-wal"), now

    def read(self) -> Hashable | None:
        """Another word after each change; None where only opening the file tells.

        So it is while there is no file, and a moment after a change: two changes in a row may bear
        the same time.
        """
        # The log first: what leaves it between the two looks is in the file by then.
        log, found = _seen(self._log), _seen(self._path)
        if found is None:
            return None
        parts = (found, log) if log and log.size else (found,)  # who only reads leaves an empty log
        latest = max(max(each.written, each.changed) for each in parts) / 1e9
        return parts if self._now() - latest > _SETTLED_SECONDS else None


def _seen(path: Path) -> _Seen | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return _Seen(found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size)
