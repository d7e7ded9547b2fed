"""The files of mailed reports, in a folder of their own."""

import errno
import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from dbspend360.errors import DBSpendError
from dbspend360.models.report import Written
from dbspend360.models.report_order import KeptFile
from dbspend360.settings import Settings

_PART = ".part"


class NotKept(DBSpendError):
    """The file could not be written; the sentence says why."""

    status = 503
    code = "file_not_kept"


class ReportFiles:
    """Each is there whole or not at all, and for nobody but this app."""

    def __init__(self, folder: Path, *, most_attached: int) -> None:
        """`most_attached` is how many bytes go with a mail; a larger file is behind a link."""
        self.folder, self._most_attached = folder, most_attached

    def path(self, file: KeptFile) -> Path:
        """Where it is."""
        return self.folder / Path(file.path).name

    def is_there(self, file: KeptFile | None) -> bool:
        """Whether it still is."""
        return file is not None and self.path(file).is_file()

    def is_attached(self, file: KeptFile) -> bool:
        """Whether it goes with the mail."""
        return file.size <= self._most_attached

    def keep(self, id_: str, ending: str, write: Callable[[BinaryIO], Written]) -> KeptFile:
        """Keep what `write` writes.

        Raises:
            NotKept: there is no room, or no way into the folder.
        """
        # A name of its own for each try: two who make the same never write into one file.
        path = self.folder / f"{id_}.{uuid.uuid4().hex[:8]}.{ending}"
        made = _kept(path, write)
        size = path.stat().st_size
        return KeptFile(made.name, made.kind.media, path.name, size, made.is_cut)


def report_files(settings: Settings) -> ReportFiles:
    """The folder that the settings name."""
    folder = settings.reports_dir or settings.data_dir / "reports"
    return ReportFiles(folder, most_attached=settings.mail_megabytes * 1_000_000)


def _kept(path: Path, write: Callable[[BinaryIO], Written]) -> Written:
    """A file that is there whole or not at all, for nobody but this app."""
    part = path.with_name(path.name + _PART)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(part, "xb", opener=_private) as file:
            made = write(file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise NotKept(_sentence(error)) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return made


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sentence(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk of the reports is full, so the file could not be kept. Make room."
    why = error.strerror or "no reason given"
    return f"The file could not be written to the folder of the reports ({why})."
