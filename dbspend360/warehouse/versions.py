"""Which data the embedded warehouse shows: versioned files, and a pointer to the current one.

A DuckDB file that is open for reading cannot be written, and a file replaced under an open
connection goes on serving the old rows. So every import writes a file of its own, and the pointer
`current.json` is swapped in one step: readers see the old data or the new, never half of either.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

from dbspend360.warehouse.small_file import SmallFile

Origin = Literal["demo", "import"]

POINTER = "current.json"


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


def pointed(folder: Path) -> SmallFile[Version | None]:
    """What the pointer of a folder names, for whoever asks often. See `current`."""
    return SmallFile(folder / POINTER, lambda _: current(folder), missing=None)


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
