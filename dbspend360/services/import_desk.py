"""Importing in the browser: a file comes, is checked, and is loaded once somebody says yes.

Checking and loading are done by a process beside the server, see `import_process`; what it finds
out lies in the data folder, so that any web process can tell it.
"""

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from secrets import token_hex
from typing import Literal, Protocol

from dbspend360.errors import Busy, FileTooLarge, NoRoom, NotFound, UploadCut
from dbspend360.models.person import Deed
from dbspend360.models.upload import Upload, UploadStage, safe_name
from dbspend360.services.child_settings import environment_of
from dbspend360.services.current_user import current_caller, current_user, sent_along
from dbspend360.services.file_making import disk_failures
from dbspend360.services.permissions import doing
from dbspend360.services.upload_place import UploadPlace, place_of, sweep
from dbspend360.settings import Settings
from dbspend360.warehouse.databricks.endpoint import is_chosen
from dbspend360.warehouse.imports.folder import current_version

What = Literal["check", "load", "demo"]


class Body(Protocol):
    """What is sent; its errors are ours."""

    def read(self, size: int) -> bytes:
        """As a file does."""
        ...


_CHUNK_BYTES = 64 * 1024
_GONE = "This file does not wait any more: choose it again."
_NOT_HERE = "The spends are in Databricks, so nothing is imported here."


def uploads_folder(settings: Settings) -> Path:
    """Where files wait."""
    return settings.data_dir / "cache" / "uploads"


def version_name(settings: Settings) -> str:
    """The data that is shown now; empty: there is none."""
    version = current_version(settings.data_dir)
    return version.path.name if version else ""


class ImportDesk:
    """What whoever asks can do about the file of theirs that waits, if there is one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.most_bytes = settings.import_megabytes * 1_000_000
        self.is_embedded = not is_chosen(settings)
        self.table = settings.spends_table

    def tidy(self) -> None:
        """Remove what nobody waits for."""
        sweep(uploads_folder(self._settings))

    def holds(self) -> str:
        """What the data folder holds: `demo`, `import`, or empty for nothing."""
        version = current_version(self._settings.data_dir)
        return version.origin if version else ""

    def look(self) -> Upload | None:
        """How far it is; None: there is none."""
        return self._place().read()

    def receive(self, name: str, length: int | None, body: Body) -> None:
        """Take a file and begin to check it. `length` is what the client says, None: it does not.

        Raises:
            NotAllowed: only admins may.
            Busy: a file of the same person is being worked on.
            DBSpendError: it did not arrive whole, or there is no room; nothing of it is left.
        """
        name, place = safe_name(name), self._place()
        with doing(Deed.ADMINISTER, "import.upload", file=name):
            self._require_embedded()
            with disk_failures(place.path), place.taken() as lock:
                sweep(place.path.parent)
                place.empty()
                upload = Upload(id=token_hex(8), name=name, stage=UploadStage.CHECKING)
                try:
                    self._keep(place, upload, length, body)
                    self._begin(place, upload, "check", lock)
                except BaseException:
                    place.empty()
                    raise

    def confirm(self, upload_id: str, *, skip_bad: bool) -> None:
        """Begin to load it. If the data is not what it was compared with, compare it again.

        Raises:
            NotAllowed: only admins may.
            NotFound: it is gone, or another one.
            Busy: it is being worked on.
        """
        place = self._place()
        with doing(Deed.ADMINISTER, "import.confirm", skip_bad="yes" if skip_bad else ""):
            self._require_embedded()
            with disk_failures(place.path), place.taken() as lock:
                upload = place.read()
                is_there = upload and upload.id == upload_id and upload.found
                if not (upload and is_there and place.file(upload).is_file()):
                    raise NotFound(_GONE)
                fresh = upload.model_copy(update={"share": 0.0, "words": ""})
                if upload.version != version_name(self._settings):
                    self._begin(place, fresh, "check", lock)
                else:
                    self._begin(place, fresh, "load", lock, skip_bad=skip_bad)

    def make_demo(self) -> None:
        """Begin to fill the data folder with demo data.

        Raises:
            NotAllowed: only admins may.
            Busy: a file of the same person is being worked on.
            DBSpendError: there is data that was imported.
        """
        place = self._place()
        with doing(Deed.ADMINISTER, "import.demo"):
            self._require_embedded()
            if self.holds() == "import":
                raise Busy("There is imported data, which demo data would replace.")
            with disk_failures(place.path), place.taken() as lock:
                place.empty()
                place.path.mkdir(mode=0o700)
                upload = Upload(id=token_hex(8), name="", stage=UploadStage.LOADING)
                self._begin(place, upload, "demo", lock)

    def cancel(self) -> None:
        """Call it off, and remove it. What is being loaded goes on.

        Raises:
            NotAllowed: only admins may.
            Busy: it is being loaded.
        """
        place = self._place()
        with doing(Deed.ADMINISTER, "import.cancel"):
            upload = place.read()
            if upload is None:
                return
            if upload.stage is UploadStage.LOADING:
                raise Busy("It is being loaded already, which cannot be stopped.")
            if upload.stage is UploadStage.CHECKING:
                place.forget()  # whoever checks it sees that, and removes it
                return
            with place.taken():
                place.empty()

    def _place(self) -> UploadPlace:
        return place_of(uploads_folder(self._settings), current_user())

    def _require_embedded(self) -> None:
        if not self.is_embedded:
            raise Busy(_NOT_HERE)

    def _keep(
        self,
        place: UploadPlace,
        upload: Upload,
        length: int | None,
        body: Body,
    ) -> None:
        self._require_size(length or 0)
        place.path.mkdir(mode=0o700)
        place.files.mkdir(mode=0o700)
        if shutil.disk_usage(place.path).free < (length or 0):
            raise NoRoom(f"The disk of {place.path} has no room for this file. Make room.")
        count = 0
        with place.file(upload).open("xb") as file:
            while part := body.read(_CHUNK_BYTES):
                count += len(part)
                self._require_size(count)
                file.write(part)
        if length is not None and count < length:
            raise UploadCut(f"{upload.name} did not arrive whole: send it again.")

    def _require_size(self, count: int) -> None:
        if count > self.most_bytes:
            raise FileTooLarge(self.most_bytes)

    def _begin(
        self, place: UploadPlace, upload: Upload, what: What, lock: int, *, skip_bad: bool = False
    ) -> None:
        """Start the process that goes on with it; it holds the lock, too, as long as it lives."""
        stage = UploadStage.CHECKING if what == "check" else UploadStage.LOADING
        place.write(upload.model_copy(update={"stage": stage}))
        order = {
            "what": what,
            "place": str(place.path),
            "skip_bad": skip_bad,
            "caller": sent_along(current_caller()),
        }
        child = subprocess.Popen(
            [sys.executable, "-m", "dbspend360.services.import_process"],
            stdin=subprocess.PIPE,
            pass_fds=(lock,),
            env=environment_of(self._settings),
        )
        # The pipe stays open as long as this process lives: the child ends with it.
        threading.Thread(target=_attend, args=(child, order), daemon=True).start()


def _attend(child: "subprocess.Popen[bytes]", order: dict[str, object]) -> None:
    if child.stdin is not None:
        try:
            child.stdin.write(json.dumps(order).encode() + b"\n")
            child.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended; what it leaves says that it was lost
        child.wait()
        child.stdin.close()
