"""Where a file from somebody's browser lies until they have said yes or no: one for each person.

<data>/cache/uploads/<person>/file/<name>   what they sent
<data>/cache/uploads/<person>/state.json    how far it is, see `Upload`
<data>/cache/uploads/<person>/off           nobody wants it any more
<data>/cache/uploads/<person>/work/         what its check needs
<data>/cache/uploads/<person>.lock          held by who works on it: a dead process lets go
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from dbspend360.errors import Busy
from dbspend360.models.upload import BUSY, Upload, UploadStage
from dbspend360.warehouse.private_folder import make_private

KEPT_HOURS = 24  # for a yes or a no
LOST = {
    UploadStage.CHECKING: "The server was stopped while it checked this file. Nothing was changed: "
    "choose the file again.",
    UploadStage.LOADING: "The server was stopped before it had said what became of this. Look at "
    "the dashboard: an import happens as a whole or not at all, and the same file again does no "
    "harm.",
}
_STATE = "state.json"
_OFF = "off"
_PATIENCE_SECONDS = 3.0  # for a check that was called off
_LOOK_SECONDS = 0.1


class UploadPlace:
    """The place of one person."""

    def __init__(self, path: Path) -> None:
        """Makes nothing yet."""
        self.path = path

    @property
    def files(self) -> Path:
        """The folder of what they sent."""
        return self.path / "file"

    def file(self, upload: Upload) -> Path:
        """What they sent."""
        return self.files / upload.name

    @contextmanager
    def taken(self) -> Iterator[int]:
        """Hold it against everybody else; gives the lock, for a process that goes on with it.

        Raises:
            Busy: a file of the same person is being worked on.
        """
        make_private(self.path.parent.parent)  # `cache`
        make_private(self.path.parent)
        lock = self._waited_for()
        try:
            yield lock
        finally:
            os.close(lock)

    def is_taken(self) -> bool:
        """Whether somebody holds it."""
        if not self._lock_file().exists():
            return False
        if (lock := self._lock(fcntl.LOCK_SH)) is None:  # two who look do not see each other
            return True
        os.close(lock)
        return False

    def read(self) -> Upload | None:
        """How far it is; None: nothing waits. What a dead process has left is said to be lost."""
        if (self.path / _OFF).exists():
            return None
        is_taken = self.is_taken()  # before the state: a process writes first, and lets go then
        try:
            found = Upload.model_validate_json((self.path / _STATE).read_bytes())
        except (OSError, ValidationError):
            return None
        if found.stage in BUSY and not is_taken:
            lost = {"stage": UploadStage.FAILED, "words": LOST[found.stage]}
            return found.model_copy(update=lost)
        return found

    def write(self, upload: Upload) -> None:
        """Say how far it is."""
        draft = self.path / f"{_STATE}.tmp"
        draft.write_text(upload.model_dump_json(), "utf-8")
        draft.replace(self.path / _STATE)

    def forget(self) -> None:
        """Let it be nothing: whoever works on it sees that, and stops."""
        with suppress(FileNotFoundError):
            (self.path / _OFF).touch(mode=0o600)

    def empty(self) -> None:
        """Remove everything. Only for whoever holds it."""
        shutil.rmtree(self.path, ignore_errors=True)

    def empty_if_free(self) -> None:
        """Remove everything, unless somebody holds it."""
        if (lock := self._lock()) is not None:
            self.empty()
            os.close(lock)

    @contextmanager
    def work(self) -> Iterator[Path]:
        """A folder for what a check needs; gone afterwards."""
        work = self.path / "work"
        shutil.rmtree(work, ignore_errors=True)  # of a killed process
        work.mkdir(mode=0o700)
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _waited_for(self) -> int:
        until = time.monotonic() + _PATIENCE_SECONDS
        while (lock := self._lock()) is None:
            found = self.read()
            if time.monotonic() > until or (found and found.stage in BUSY):
                raise Busy(
                    "A file of yours is being worked on, here or in another window: "
                    "wait until it is done."
                )
            time.sleep(_LOOK_SECONDS)
        return lock

    def _lock_file(self) -> Path:
        return self.path.with_name(f"{self.path.name}.lock")

    def _lock(self, how: int = fcntl.LOCK_EX) -> int | None:
        """Closing it lets go, and so does dying; None when somebody holds it."""
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        lock = os.open(self._lock_file(), flags, 0o600)
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lock


def place_of(root: Path, person: str) -> UploadPlace:
    """The place of whoever has this id."""
    name = sha256(b"person " + person.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return UploadPlace(root / name)


def sweep(root: Path) -> None:
    """Remove what killed servers left, and what nobody has said yes or no to for a day."""
    with suppress(OSError):
        for path in [each for each in root.iterdir() if each.is_dir()]:
            place = UploadPlace(path)
            is_old = time.time() - path.stat().st_mtime > KEPT_HOURS * 3600
            if is_old or place.read() is None:
                place.empty_if_free()
