"""Makes one file from its order, in whatever process that is."""

import errno
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dbspend360.errors import DBSpendError, ExportFailed, NoRoom
from dbspend360.models.report import FileFormat
from dbspend360.services.export_places import ExportPlaces
from dbspend360.services.exporting import Progress
from dbspend360.services.own_exporter import own_exporter
from dbspend360.services.ready_files import ReadyFiles
from dbspend360.services.user_settings import settings_store
from dbspend360.settings import Settings
from dbspend360.warehouse.patience import allow
from dbspend360.warehouse.private_folder import make_private
from dbspend360.warehouse.source import make_source
from dbspend360.warehouse.spends import SpendRepository

PATIENCE_SECONDS = 240.0  # a warehouse that sleeps may wake up meanwhile
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Order:
    """A file that somebody wants."""

    query: str  # of the page
    kind: FileFormat
    user_id: str
    today: date  # where presets stand


def exports_folder(settings: Settings) -> Path:
    """Where large files are made."""
    return settings.data_dir / "cache" / "exports"


def ready_files(settings: Settings) -> ReadyFiles:
    """Those that wait to be fetched."""
    return ReadyFiles(exports_folder(settings) / "ready")


def tidy_exports(settings: Settings) -> None:
    """Remove what a process that was ended has left."""
    ExportPlaces(exports_folder(settings), settings.exports_at_once).tidy()


def make_ready(
    settings: Settings,
    order: Order,
    progress: Progress,
    waiting: Callable[[], None] | None = None,
) -> str:
    """Make the file, and give the token to fetch it with.

    `waiting` is called while too many others are being made; None: do not wait for them.

    Raises:
        DBSpendError: it was not made, and nothing of it is left.
    """
    folder = exports_folder(settings)
    with disk_failures(folder):
        make_private(folder.parent)
        make_private(folder)
        places = ExportPlaces(folder, settings.exports_at_once)
        with places.place(waiting) as work, _temporary_files_in(work):
            return _made(settings, order, work / "file", progress)


def _made(settings: Settings, order: Order, path: Path, progress: Progress) -> str:
    allow(PATIENCE_SECONDS)
    source = make_source(settings)
    try:
        spend, store = SpendRepository(source.warehouse), settings_store(settings, source)
        exporter = own_exporter(settings, spend, store, today=lambda: order.today)
        with path.open("xb") as file:
            view = exporter.view(order.query)
            written = exporter.write(
                view, order.kind, file, user_id=order.user_id, progress=progress
            )
        return ready_files(settings).put(path, written, order.user_id)
    finally:
        source.close()


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """What a writer puts aside goes with the folder, even when the process is killed."""
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


@contextmanager
def disk_failures(place: Path) -> Iterator[None]:
    """Say in a sentence what the disk refused."""
    try:
        yield
    except DBSpendError:
        raise
    except OSError as error:
        raise disk_failure(error, place) from error


def disk_failure(error: OSError, place: Path) -> DBSpendError:
    """The same as an error."""
    if error.errno in _FULL:
        return NoRoom(f"The disk of {place} is full, so the file could not be made. Make room.")
    why = error.strerror or str(error) or type(error).__name__
    return ExportFailed(f"The file could not be written to {place} ({why}).")
