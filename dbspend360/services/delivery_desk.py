"""Mails a view once, and says what became of each report that was mailed."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dbspend360.errors import BadView, NotFound
from dbspend360.models.delivery import Delivery, Message
from dbspend360.models.person import Deed
from dbspend360.models.report import FileFormat
from dbspend360.models.schedule import Schedule, read_schedule
from dbspend360.models.view_query import Problem
from dbspend360.services.exporting import TITLE, Exporter
from dbspend360.services.mail_policy import MailPolicy
from dbspend360.services.outbox import Outbox
from dbspend360.services.permissions import doing
from dbspend360.services.report_files import ReportFiles
from dbspend360.services.report_history import PastReport, past_report
from dbspend360.services.report_mail import report_message
from dbspend360.services.report_planning import delivery, order_of
from dbspend360.services.report_rows import OUTBOX, ReportRows

_NO_FILE = "There is no such file: reports are kept for {days} days."
_A_RECIPIENT = "dana@example.com"  # for what is asked before there are any


@dataclass(frozen=True)
class ReportFile:
    """A kept file, to be downloaded."""

    path: Path
    name: str
    media: str


class DeliveryDesk:
    """Every method may raise what the store or the warehouse raises.

    What changes or sends something asks for the right to it, and is noted: NotAllowed.
    """

    def __init__(
        self,
        rows: ReportRows,
        exporter: Exporter,
        files: ReportFiles,
        policy: MailPolicy,
        *,
        base_url: str,
        kept_days: int,
        begin: Callable[[str, str], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`begin(user_id, delivery_id)` has somebody send it now, and does not wait for that."""
        self._rows, self._exporter, self._files = rows, exporter, files
        self._outbox = Outbox(rows, OUTBOX)
        self.policy = policy
        self._base_url, self._kept_days = base_url, kept_days
        self._begin, self._now = begin, now

    def mail(
        self,
        user_id: str,
        query: str,
        kind: FileFormat,
        recipients: tuple[str, ...] | str,
        message: str = "",
        *,
        who: str,
        title: str = TITLE,
    ) -> PastReport:
        """Mail a view once, now. Returns at once: `delivery` says how far it got.

        Raises:
            BadView: with all that is wrong with it, by the fields of `Schedule`.
            NotAllowed: the settings forbid it.
        """
        to = recipients if isinstance(recipients, str) else ", ".join(recipients)
        with doing(Deed.MAIL, "reports.mail", to=to, query=query, kind=str(kind)):
            fields = {"name": title, "query": query, "kind": kind, "message": message}
            said = _checked(fields, recipients=recipients)
            self.policy.require(said.recipients)
            now = self._now()
            order = order_of("", said, now, is_by_hand=True, who=who)
            id_ = f"mail-{uuid.uuid4().hex[:16]}"
            return self._sent(user_id, delivery(user_id, id_, order, said.recipients, now))

    def preview(
        self, user_id: str, query: str, kind: FileFormat, message: str = "", title: str = TITLE
    ) -> Message:
        """What a mail would say; the file is not made for it."""
        fields = {"name": title, "query": query, "kind": kind, "message": message}
        said = _checked(fields, recipients=_A_RECIPIENT)
        view = self._exporter.view(said.query)
        report = self._exporter.report(view, user_id=user_id, title=said.name)
        return report_message(report, said.message, self._base_url, file=None)

    def deliveries(self, user_id: str) -> list[PastReport]:
        """The history: what was due last first."""
        found = [self._past(each) for each in self._outbox.of_user(user_id)]
        return sorted(
            (each for each in found if each), key=lambda each: (each.due_at, each.id), reverse=True
        )

    def delivery(self, user_id: str, id_: str) -> PastReport:
        """How far one of them got.

        Raises:
            NotFound: there is none.
        """
        found = self._outbox.get(user_id, id_) if _is_id(id_) else None
        past = self._past(found) if found else None
        if past is None:
            raise NotFound("There is no such delivery.")
        return past

    def send_again(self, user_id: str, id_: str) -> PastReport:
        """Send once more what failed, was missed or has no receipt, under its old Message-ID.

        Raises:
            NotFound: there is none.
            Conflict: it was sent, or is on its way.
        """
        with doing(Deed.MAIL, "reports.send_again", delivery=id_):
            self.policy.require(self.delivery(user_id, id_).recipients)
            self._outbox.send_again(user_id, id_, self._now())
            self._begin(user_id, id_)
            return self.delivery(user_id, id_)

    def file(self, user_id: str, id_: str) -> ReportFile:
        """The file of a delivery.

        Raises:
            NotFound: there is none, or none any more.
        """
        with doing(Deed.READ, "reports.download", delivery=id_):
            past = self.delivery(user_id, id_)
            if past.file is None or not past.is_kept:
                raise NotFound(_NO_FILE.format(days=self._kept_days))
            return ReportFile(self._files.path(past.file), past.file.name, past.file.media)

    def _sent(self, user_id: str, wanted: Delivery) -> PastReport:
        self._outbox.add(user_id, wanted)
        self._begin(user_id, wanted.id)
        return self.delivery(user_id, wanted.id)

    def _past(self, found: Delivery) -> PastReport | None:
        return past_report(found, is_kept=self._files.is_there(found.file))


def _is_id(text: str) -> bool:
    return len(text) <= 80 and text.isascii() and text.replace("-", "").isalnum()


def _checked(fields: dict[str, Any], *, recipients: object) -> Schedule:
    found = read_schedule(fields | {"recipients": recipients})
    if isinstance(found, Schedule):
        return found
    raise bad_fields(found)


def bad_fields(problems: tuple[Problem, ...]) -> BadView:
    """All that is wrong, as one error."""
    return BadView("; ".join(f"{each.field}: {each.problem}" for each in problems) + ".", problems)
