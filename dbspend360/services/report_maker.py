"""Makes what a delivery brings: the file, kept in the folder of reports, and the words."""

from dataclasses import replace
from typing import BinaryIO

from dbspend360.models.delivery import Delivery
from dbspend360.models.report import Written
from dbspend360.models.report_order import KeptFile, ReportOrder
from dbspend360.services.exporting import Exporter
from dbspend360.services.mail_policy import MailPolicy
from dbspend360.services.report import Report
from dbspend360.services.report_files import ReportFiles
from dbspend360.services.report_mail import report_message
from dbspend360.services.report_rows import ReportRows
from dbspend360.warehouse.patience import allow

DELETED = "The schedule was deleted before this was sent."
_PATIENCE_SECONDS = 240.0  # nobody waits for a page here


class ReportMaker:
    """See `Maker`."""

    def __init__(
        self,
        rows: ReportRows,
        exporter: Exporter,
        *,
        files: ReportFiles,
        base_url: str,
        policy: MailPolicy,
    ) -> None:
        """`base_url` is where people open the app."""
        self._rows, self._exporter, self._policy = rows, exporter, policy
        self._files, self._base_url = files, base_url

    def make(self, user_id: str, delivery: Delivery) -> Delivery:
        """The delivery with its words and its file; as it is when it has both.

        Raises:
            DBSpendError: it cannot be made now, or may not be sent; the sentence says why.
        """
        order = delivery.order
        self._policy.require(delivery.recipients)
        if order is None or (delivery.message.text and self._files.is_there(delivery.file)):
            return delivery
        allow(_PATIENCE_SECONDS)
        report = self._report(user_id, order)
        file = self._file(delivery.id, order, report)
        download = (
            "" if self._files.is_attached(file) else f"{self._base_url}/reports/files/{delivery.id}"
        )
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

    def _report(self, user_id: str, order: ReportOrder) -> Report:
        view = self._exporter.view(order.query, today=order.today)
        return self._exporter.report(view, user_id=user_id, title=order.title)

    def _file(self, id_: str, order: ReportOrder, report: Report) -> KeptFile:
        def write(file: BinaryIO) -> Written:
            return self._exporter.write_report(report, order.kind, file)

        return self._files.keep(id_, order.kind, write)
