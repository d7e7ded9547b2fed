"""Who did what, when and from where: one JSON line each, a file a month."""

import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

from dbspend360.settings import Settings

log = logging.getLogger("dbspend360.audit")

LONGEST = 500  # letters of each value
ENDING = ".jsonl"

Outcome = Literal["done", "refused", "failed"]


@dataclass(frozen=True)
class Entry:
    """One deed. `what` is a name with dots, such as `alerts.save`; it never changes its meaning."""

    at: datetime  # UTC
    who: str  # the person's id; '' without a sign-in
    what: str
    outcome: Outcome
    about: Mapping[str, str] = field(default_factory=dict)  # never a secret
    address: str = ""  # of the client
    request_id: str = ""


Note = Callable[[Entry], None]


def log_only(entry: Entry) -> None:
    """Write it into the log, and nowhere else."""
    known = {"who": plain(entry.who), "what": plain(entry.what), "outcome": entry.outcome}
    about = {plain(name): plain(text) for name, text in entry.about.items()}
    extra = known | {"about": about, "address": plain(entry.address)}
    log.info("who=%(who)s what=%(what)s outcome=%(outcome)s", known, extra=extra)


class Audit:
    """A folder of files. Any number of processes may write at once."""

    def __init__(self, folder: Path, kept_days: int) -> None:
        """Opens and makes nothing yet."""
        self.folder, self._kept_days = folder, kept_days
        self._tidied = date.min

    def note(self, entry: Entry) -> None:
        """Write it down, and into the log. Where that cannot be, the deed goes on all the same."""
        log_only(entry)
        try:
            self._tidy(entry.at.date())
            _append(self.folder / f"{entry.at:%Y-%m}{ENDING}", line(entry))
        except OSError as error:
            log.warning("The audit log cannot be written in %s: %s", self.folder, error.strerror)

    def _tidy(self, today: date) -> None:
        """Remove the months that are over for longer than entries are kept; once a day."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._tidied == today:
            return
        self._tidied = today
        for path in months(self.folder):
            if _end(path) < today - timedelta(days=self._kept_days):
                path.unlink(missing_ok=True)


def make_audit(settings: Settings) -> Audit:
    """The one that the settings name."""
    folder = settings.audit_dir or settings.data_dir / "audit"
    return Audit(folder, settings.audit_kept_days)


def months(folder: Path) -> list[Path]:
    """The files, the newest month first."""
    return sorted(folder.glob(f"[0-9][0-9][0-9][0-9]-[0-9][0-9]{ENDING}"), reverse=True)


def line(entry: Entry) -> bytes:
    """The entry as it is written: nothing in it can end the line, or begin another."""
    fields = {
        "at": entry.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "who": entry.who[:LONGEST],
        "what": entry.what[:LONGEST],
        "outcome": entry.outcome,
        "about": {name[:LONGEST]: text[:LONGEST] for name, text in entry.about.items()},
        "address": entry.address[:LONGEST],
        "request_id": entry.request_id[:LONGEST],
    }
    # ASCII alone: everything else is escaped, halves of characters too.
    return json.dumps(fields, separators=(",", ":")).encode("ascii") + b"\n"


def plain(text: str) -> str:
    """For one line of a log: what is not to be seen is escaped, and so is what could forge."""
    if text.isascii() and text.isprintable() and not set(text) & set(' "=\\'):
        return text[:LONGEST]
    return json.dumps(text[:LONGEST]) if text else text


def _end(path: Path) -> date:
    """The last day of a month's file."""
    first = date.fromisoformat(f"{path.stem}-01")
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _append(path: Path, data: bytes) -> None:
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    file = os.open(path, flags, 0o600)
    try:
        size = os.fstat(file).st_size
        # What a full disk has cut short must not take this line with it.
        is_cut = size > 0 and os.pread(file, 1, size - 1) != b"\n"
        whole = b"\n" + data if is_cut else data
        if os.write(file, whole) < len(whole):
            raise OSError(None, "the disk is full")
    finally:
        os.close(file)
