"""Reads the audit log from its end, where the newest entries are."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbspend360.services.audit import months

_CHUNK = 64 * 1024
_AT = b'{"at":"'  # how each line begins: see services/audit.py
MOST_LINES = 200_000  # read for one page: a filter that nothing fits must end, too

Line = dict[str, Any]


@dataclass
class Looked:
    """How many lines were read for an answer, and how many may be; None: all there are."""

    most: int | None = None
    lines: int = 0

    @property
    def is_enough(self) -> bool:
        """Whether older ones may be there that nobody has read."""
        return self.most is not None and self.lines > self.most


@dataclass(frozen=True)
class Wanted:
    """Which entries; an empty text is any."""

    who: str = ""
    what: str = ""  # how the deed begins
    outcome: str = ""
    day: str = ""  # as in 2026-11-25

    def may_fit(self, text: bytes) -> bool:
        """Whether a line is worth reading: of a large file nearly none is of the right day."""
        return text.startswith(_AT + self.day.strip().encode("ascii", "replace"))

    def fits(self, line: Line) -> bool:
        """Whether an entry is one of them."""
        return (
            (not self.who or str(line.get("who", "")).lower() == self.who.strip().lower())
            and str(line.get("what", "")).startswith(self.what.strip())
            and (not self.outcome or line.get("outcome") == self.outcome)
            and str(line.get("at", "")).startswith(self.day.strip())
        )


def entries(folder: Path, wanted: Wanted, looked: Looked | None = None) -> Iterator[Line]:
    """The newest first; a line that cannot be read is left out.

    Raises:
        OSError: the folder or a file cannot be read.
    """
    looked = looked or Looked()
    for path in months(folder):
        if wanted.day[:7] and not path.stem.startswith(wanted.day.strip()[:7]):
            continue
        for text in backwards(path):
            if not wanted.may_fit(text):
                continue
            looked.lines += 1
            if looked.is_enough:
                return
            line = _read(text)
            if line is not None and wanted.fits(line):
                yield line


def backwards(path: Path) -> Iterator[bytes]:
    """The lines of a file, the last first, however large it is."""
    with path.open("rb") as file:
        at, rest = file.seek(0, 2), b""
        while at > 0:
            size = min(_CHUNK, at)
            at -= size
            file.seek(at)
            first, *lines = (file.read(size) + rest).split(b"\n")
            yield from (each for each in reversed(lines) if each)
            rest = first
        if rest:
            yield rest


def _read(text: bytes) -> Line | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


Reading = Callable[[Wanted, Looked], Iterator[Line]]
