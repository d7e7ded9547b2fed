"""Which data the embedded warehouse shows: versioned files, and a pointer to the current one.

A DuckDB file that is open for reading cannot be written, and a file replaced under an open
connection goes on serving the old rows. So every import writes a file of its own, and the pointer
`current.json` is swapped in one step: readers see the old data or the new, never half of either.
"""

import json
import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

Origin = Literal["demo", "import"]

POINTER = "current.json"
_SETTLED_SECONDS = 2.0  # coarser than the clock of any file system


@dataclass(frozen=True)
class Version:
    """One published state of the data."""

    path: Path
    origin: Origin
    published_at: datetime


def current(folder: Path) -> Version | None:
    """The version to read now; None when nothing was ever published here.

    Raises:
        OSError: The pointer cannot be read.
        ValueError: The pointer is not one of ours.
    """
    try:
        text = (folder / POINTER).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        pointer = json.loads(text)
        origin: Origin = pointer["origin"]
        file, published_at = Path(pointer["file"]).name, pointer["published_at"]
        if origin in get_args(Origin) and file.isprintable():
            return Version(folder / file, origin, datetime.fromisoformat(published_at))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{folder / POINTER} is not a pointer to data") from error
    raise ValueError(f"{folder / POINTER} names an odd origin or file")


class Pointed:
    """What the pointer of a folder names, read again only when it is another file or was changed.

    Safe under many threads. A pointer younger than a moment is always read: two changes in a row
    may bear the same time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: tuple[object, Version | None] | None = None

    def read(self) -> Version | None:
        """See `current`."""
        try:
            found = (self._folder / POINTER).stat()
        except OSError:
            return current(self._folder)
        mark = (found.st_ino, found.st_mtime_ns, found.st_size)
        known = self._known
        if known and known[0] == mark:
            return known[1]
        version = current(self._folder)
        if time.time() - found.st_mtime > _SETTLED_SECONDS:
            self._known = mark, version
        return version


def publish(version: Version) -> None:
    """Make `version` the one that readers see, durably and in one step."""
    folder = version.path.parent
    _flush(version.path)
    draft = folder / f"{POINTER}.{os.getpid()}.tmp"
    draft.write_text(
        json.dumps(
            {
                "file": version.path.name,
                "origin": version.origin,
                "published_at": version.published_at.isoformat(),
            }
        ),
        encoding="utf-8",
    )
    _flush(draft)
    draft.replace(folder / POINTER)
    _flush(folder)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
