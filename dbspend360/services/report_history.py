"""What became of each report that was mailed, as the page and the API show it."""

from dataclasses import dataclass
from datetime import datetime

from dbspend360.models.delivery import Delivery, Stage
from dbspend360.models.report import FileFormat
from dbspend360.models.report_order import KeptFile, ReportOrder


@dataclass(frozen=True)
class PastReport:
    """One delivery. Times are UTC."""

    delivery: Delivery
    order: ReportOrder
    is_kept: bool  # its file can still be downloaded

    @property
    def id(self) -> str:
        """The delivery's."""
        return self.delivery.id

    @property
    def schedule_id(self) -> str:
        """'' when a person mailed it once."""
        return self.order.schedule_id

    @property
    def name(self) -> str:
        """What the schedule was called then, or the title of the mail."""
        return self.order.title

    @property
    def due_at(self) -> datetime:
        """When it was due, or asked for by hand."""
        return self.order.due_at

    @property
    def stage(self) -> Stage:
        """How far it got; `waiting` with an error is a failure that is tried again."""
        return self.delivery.stage

    @property
    def has_failed(self) -> bool:
        """Whether the last try failed."""
        return bool(self.delivery.error) and self.stage in (Stage.WAITING, Stage.GIVEN_UP)

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.stage in (Stage.SENT, Stage.HANDED_OVER, Stage.GIVEN_UP, Stage.MISSED)

    @property
    def can_send_again(self) -> bool:
        """Whether a person may want it once more."""
        stuck = self.stage in (Stage.HANDED_OVER, Stage.GIVEN_UP, Stage.MISSED)
        return stuck or (self.stage is Stage.WAITING and self.has_failed)

    @property
    def recipients(self) -> tuple[str, ...]:
        """To whom."""
        return self.delivery.recipients

    @property
    def kind(self) -> FileFormat:
        """Of its file."""
        return self.order.kind

    @property
    def file(self) -> KeptFile | None:
        """The file that was made, kept or not; None before that."""
        return self.delivery.file

    @property
    def words(self) -> str:
        """How far it got, in a sentence."""
        said = self.delivery.words
        if self.stage is Stage.SENT:
            said = f"sent {self.delivery.sent_at:%Y-%m-%d %H:%M} UTC to {self._people}"
            said += f". {self.delivery.error}" if self.delivery.error else ""
        whole = said[0].upper() + said[1:]
        return whole if whole.endswith(".") else f"{whole}."

    @property
    def _people(self) -> str:
        return self.delivery.place.removeprefix("mail to ")


def past_report(delivery: Delivery, *, is_kept: bool) -> PastReport | None:
    """None for what is no report."""
    return PastReport(delivery, delivery.order, is_kept) if delivery.order else None
