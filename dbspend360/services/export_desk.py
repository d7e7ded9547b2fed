"""Files for whoever asks now: a small one at once, a large one in a process of its own."""

import os
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from dbspend360.models.person import Deed
from dbspend360.models.report import FileFormat
from dbspend360.models.view_state import ViewState
from dbspend360.services.export_process import made_apart
from dbspend360.services.exporting import Exporter
from dbspend360.services.file_making import Order, disk_failures, ready_files
from dbspend360.services.permissions import doing
from dbspend360.services.ready_files import Ready
from dbspend360.settings import Settings

# As many as are written in about half a second, during which other requests have to share.
MOST_AT_ONCE = {FileFormat.PDF: 2_000, FileFormat.XLSX: 5_000}


class ExportDesk:
    """Every method may raise what the store or the warehouse raises."""

    def __init__(
        self,
        settings: Settings,
        exporter: Exporter,
        today: Callable[[], date],
        *,
        can_work_apart: bool = True,
    ) -> None:
        """`can_work_apart`: another process finds the same data by the settings alone."""
        self._settings, self.exporter, self._today = settings, exporter, today
        self._can_work_apart = can_work_apart
        self._ready = ready_files(settings)

    def view(self, query: str) -> ViewState:
        """See `Exporter.view`."""
        return self.exporter.view(query)

    def order(self, query: str, kind: FileFormat, user_id: str) -> Order:
        """The same asked for later, by another process."""
        return Order(query, kind, user_id, self._today())

    def file(
        self,
        query: str,
        kind: FileFormat,
        user_id: str,
        still_wanted: Callable[[], bool] = lambda: True,
    ) -> Ready:
        """The file, which its reader closes.

        Raises:
            TooManyExports: it is large, and so are others that are being made.
        """
        with doing(Deed.READ, f"export.{kind}", query=query):
            return self._made(query, kind, user_id, still_wanted)

    def _made(
        self, query: str, kind: FileFormat, user_id: str, still_wanted: Callable[[], bool]
    ) -> Ready:
        view = self.exporter.view(query)
        rows = self.exporter.rows(view, user_id)
        if rows <= MOST_AT_ONCE[kind] or not self._can_work_apart:
            return self._made_here(view, kind, user_id)
        order = self.order(query, kind, user_id)
        token = made_apart(self._settings, order, still_wanted=still_wanted)
        return self._ready.take(token, user_id)

    def fetch(self, token: str, user_id: str) -> Ready:
        """A file that was made before; see `ReadyFiles.take`."""
        return self._ready.take(token, user_id)

    def _made_here(self, view: ViewState, kind: FileFormat, user_id: str) -> Ready:
        with disk_failures(Path(tempfile.gettempdir())):
            file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever reads it closes it
            try:
                written = self.exporter.write(view, kind, file, user_id=user_id)
                file.seek(0)
            except BaseException:
                file.close()
                raise
            return Ready(file, os.fstat(file.fileno()).st_size, written)
