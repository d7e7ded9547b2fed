"""A small file that is looked at with every request, and read only when it says something new."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

_SETTLED_SECONDS = 2.0  # coarser than the clock of any file system


class SmallFile(Generic[T]):
    """What a file says, read again only when it is another file or was changed.

    Safe under many threads. A file younger than a moment is always read: two changes in a row may
    bear the same time.
    """

    def __init__(self, path: Path, read: Callable[[Path], T], *, missing: T) -> None:
        """`missing` is what it says while there is none."""
        self._path, self._text = path, str(path)
        self._read = read
        self._missing = missing
        self._known: tuple[object, T] | None = None

    def read(self) -> T:
        """Raises what reading raises."""
        try:
            found = os.stat(self._text)
        except FileNotFoundError:
            return self._missing
        except OSError:
            return self._read(self._path)
        mark = (found.st_ino, found.st_mtime_ns, found.st_size)
        known = self._known
        if known and known[0] == mark:
            return known[1]
        said = self._read(self._path)
        if time.time() - found.st_mtime > _SETTLED_SECONDS:
            self._known = mark, said
        return said
