"""One message on its way: an alert, or a report with its file."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from pydantic import TypeAdapter

from dbspend360.models.report_order import KeptFile, ReportOrder
from dbspend360.theme import plural

GIVEN_UP_AFTER = timedelta(days=5)  # as mail servers do
_LONGEST_WAIT = timedelta(hours=1)


class Stage(StrEnum):
    """How far it got. What is `sending` when its lease ends was never taken: it is sent again."""

    WAITING = "waiting"
    MAKING = "making"  # the file of a report; as `sending`
    SENDING = "sending"
    HANDED_OVER = "handed_over"  # the receipt is missing: it may have arrived, so not again
    SENT = "sent"
    GIVEN_UP = "given_up"
    MISSED = "missed"  # nobody was there when it was due, and a newer one was sent


UNSENT = (Stage.WAITING, Stage.MAKING, Stage.SENDING)


@dataclass(frozen=True)
class Message:
    """What is said. The subject is one line."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Delivery:
    """A message with where it goes and how far it got. Times are UTC."""

    id: str  # the same for the same notice to the same place
    message: Message
    message_id: str  # of the mail; the same at every try
    incidents: tuple[str, ...]  # what it tells about
    created_at: datetime
    due_at: datetime
    recipients: tuple[str, ...] = ()
    apprise_url: str = ""  # a secret; '' for mail
    stage: Stage = Stage.WAITING
    owner: str = ""  # who is sending
    tries: int = 0
    error: str = ""  # why the last try failed, in a sentence
    sent_at: datetime | None = None
    order: ReportOrder | None = None  # the report that it brings; None: an alert
    file: KeptFile | None = None  # of the report, once it was made

    @property
    def place(self) -> str:
        """Where it goes, without secrets: `mail to 3 people`, `slack`."""
        if self.apprise_url:
            return self.apprise_url.partition("://")[0].lower()
        people = len(self.recipients)
        return f"mail to {self.recipients[0]}" if people == 1 else f"mail to {people} people"

    @property
    def words(self) -> str:
        """How far it got, for the inbox."""
        when = f"{self.due_at:%Y-%m-%d %H:%M} UTC"
        failed = f"failed {plural(self.tries, 'time')}: {self.error}" if self.error else ""
        return {
            Stage.WAITING: f"{failed} Next try {when}." if failed else "waiting to be sent",
            Stage.MAKING: "the file is being made",
            Stage.SENDING: "being sent",
            Stage.HANDED_OVER: "handed over without a receipt: it may or may not have arrived",
            Stage.SENT: "sent",
            Stage.GIVEN_UP: f"given up, {failed}",
            Stage.MISSED: "missed: nothing was running when it was due",
        }[self.stage]

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be sent now: it waits, or whoever was sending it is dead."""
        return self.stage in UNSENT and self.due_at <= now

    def at_stage(self, stage: Stage) -> Self:
        """The same that far."""
        return replace(self, stage=stage)

    def making(self, owner: str, until: datetime) -> Self:
        """As `claimed`, while its file is being made."""
        return replace(self, stage=Stage.MAKING, owner=owner, due_at=until)

    def claimed(self, owner: str, until: datetime) -> Self:
        """In the hands of `owner`, who is dead if it still is `until` then."""
        return replace(self, stage=Stage.SENDING, owner=owner, due_at=until)

    def handed_over(self) -> Self:
        """From here on a second try could be a second mail."""
        return replace(self, stage=Stage.HANDED_OVER)

    def sent(self, now: datetime, remark: str = "") -> Self:
        """It has arrived; `remark` says for whom it has not."""
        # The words of a report are long, and its file is kept.
        message = Message(self.message.subject, "", "") if self.order else self.message
        return replace(
            self,
            message=message,
            stage=Stage.SENT,
            sent_at=now,
            tries=self.tries + 1,
            error=remark,
            due_at=now,
        )

    def failed(self, error: str, now: datetime) -> Self:
        """It has not been taken: again later, each time after a longer wait."""
        wait = min(timedelta(minutes=2**self.tries), _LONGEST_WAIT)
        is_over = now - self.created_at > GIVEN_UP_AFTER
        return replace(
            self,
            stage=Stage.GIVEN_UP if is_over else Stage.WAITING,
            tries=self.tries + 1,
            error=error,
            due_at=now + wait,
        )

    def withdrawn(self, why: str) -> Self:
        """Nobody wants it any more: it is over."""
        return replace(self, stage=Stage.GIVEN_UP, tries=self.tries + 1, error=why)

    def again(self, now: datetime) -> Self:
        """A person wants it sent once more, whatever became of it."""
        return replace(self, stage=Stage.WAITING, due_at=now, created_at=now, error="")


def read_delivery(text: str) -> Delivery:
    """What `write_delivery` wrote (ValueError for anything else)."""
    return _adapter.validate_json(text)


def write_delivery(delivery: Delivery) -> str:
    """As JSON."""
    return _adapter.dump_json(delivery).decode()


_adapter = TypeAdapter(Delivery)
