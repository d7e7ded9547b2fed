"""Makes what a delivery brings: the file, kept in the folder of reports, and the words."""

import errno
import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from dbspend360.errors import DBSpendError
from dbspend360.models.delivery import Delivery
from dbspend360.models.report_order import KeptFile, ReportOrder
from dbspend360.services.exporting import Exporter
from dbspend360.services.mail_policy import MailPolicy
from dbspend360.services.report import Report
from dbspend360.services.report_mail import report_message
from dbspend360.services.report_rows import ReportRows
from dbspend360.warehouse.patience import allow

MOST_ATTACHED_BYTES = 15_000_000  # a fifth of that more on its way; many servers stop at 25 MB
DELETED = "The schedule was deleted before this was sent."
_PATIENCE_SECONDS = 240.0  # nobody waits for a page here
_PART = ".part"


class NotKept(DBSpendError):
    """The file could not be written; the sentence says why."""

    status = 503
    code = "file_not_kept"


class ReportMaker:
    """See `Maker`."""

    def __init__(
        self,
        rows: ReportRows,
        exporter: Exporter,
        *,
        folder: Path,
        base_url: str,
        policy: MailPolicy,
        most_attached: int = MOST_ATTACHED_BYTES,
    ) -> None:
        """`base_url` is where people open the app."""
        self._rows, self._exporter, self._policy = rows, exporter, policy
        self._folder, self._base_url, self._most_attached = folder, base_url, most_attached

    def make(self, user_id: str, delivery: Delivery) -> Delivery:
        """The delivery with its words and its file; as it is when it has both.

        Raises:
            DBSpendError: it cannot be made now, or may not be sent; the sentence says why.
        """
        order = delivery.order
        self._policy.require(delivery.recipients)
        if order is None or (delivery.message.text and self._is_there(delivery.file)):
            return delivery
        allow(_PATIENCE_SECONDS)
        report = self._report(user_id, order)
        file = self._written(delivery.id, order, report)
        download = "" if self.is_attached(file) else f"{self._base_url}/reports/files/{delivery.id}"
        message = report_message(
            report, order.message, self._base_url, file=file, download=download
        )
        return replace(delivery, message=message, file=file)

    def withdrawn(self, user_id: str, delivery: Delivery) -> str:
        """See `Maker.withdrawn`."""
        order = delivery.order
        is_wanted = (
            order is None
            or not order.schedule_id
            or self._rows.has_schedule(user_id, order.schedule_id)
        )
        return "" if is_wanted else DELETED

    def is_attached(self, file: KeptFile) -> bool:
        """Whether it goes with the mail; a larger one is behind a link."""
        return file.size <= self._most_attached

    def path(self, file: KeptFile) -> Path:
        """Where a file is kept."""
        return self._folder / Path(file.path).name

    def _is_there(self, file: KeptFile | None) -> bool:
        return file is not None and self.path(file).is_file()

    def _report(self, user_id: str, order: ReportOrder) -> Report:
        view = self._exporter.view(order.query, today=order.today)
        return self._exporter.report(view, user_id=user_id, title=order.title)

    def _written(self, id_: str, order: ReportOrder, report: Report) -> KeptFile:
        # A name of its own for each try: two who make the same never write into one file.
        path = self._folder / f"{id_}.{uuid.uuid4().hex[:8]}.{order.kind}"

        def write(file: BinaryIO) -> KeptFile:
            written = self._exporter.write_report(report, order.kind, file)
            return KeptFile(written.name, order.kind.media, path.name, 0, written.is_cut)

        made = _kept(path, write)
        return replace(made, size=path.stat().st_size)


def _kept(path: Path, write: Callable[[BinaryIO], KeptFile]) -> KeptFile:
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
