"""Reads the audit log from its end, where the newest entries are."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbspend360.services.audit import months

_CHUNK = 64 * 1024
MOST_LINES = 200_000  # looked at for one page: a filter that nothing fits must end, too

Line = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """Which entries; an empty text is any."""

    who: str = ""
    what: str = ""  # how the deed begins
    outcome: str = ""
    day: str = ""  # as in 2026-11-25

    def fits(self, line: Line) -> bool:
        """Whether an entry is one of them."""
        return (
            (not self.who or str(line.get("who", "")).lower() == self.who.strip().lower())
            and str(line.get("what", "")).startswith(self.what.strip())
            and (not self.outcome or line.get("outcome") == self.outcome)
            and str(line.get("at", "")).startswith(self.day.strip())
        )


def entries(folder: Path, wanted: Wanted, most: int = MOST_LINES) -> Iterator[Line]:
    """The newest first; a line that cannot be read is left out.

    Raises:
        OSError: the folder or a file cannot be read.
    """
    looked = 0
    for path in months(folder):
        if wanted.day[:7] and not path.stem.startswith(wanted.day.strip()[:7]):
            continue
        for text in backwards(path):
            looked += 1
            if looked > most:
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


Reading = Callable[[Wanted], Iterator[Line]]
