"""One message on its way: to the recipients of a mail, or to one Apprise address."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from pydantic import TypeAdapter

from dbspend360.theme import plural

GIVEN_UP_AFTER = timedelta(days=5)  # as mail servers do
_LONGEST_WAIT = timedelta(hours=1)


class Stage(StrEnum):
    """How far it got. What is `sending` when its lease ends was never taken: it is sent again."""

    WAITING = "waiting"
    SENDING = "sending"
    HANDED_OVER = "handed_over"  # the receipt is missing: it may have arrived, so not again
    SENT = "sent"
    GIVEN_UP = "given_up"


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
            Stage.SENDING: "being sent",
            Stage.HANDED_OVER: "handed over without a receipt: it may or may not have arrived",
            Stage.SENT: "sent",
            Stage.GIVEN_UP: f"given up, {failed}",
        }[self.stage]

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be sent now: it waits, or whoever was sending it is dead."""
        return self.stage in (Stage.WAITING, Stage.SENDING) and self.due_at <= now

    def claimed(self, owner: str, until: datetime) -> Self:
        """In the hands of `owner`, who is dead if it still is `until` then."""
        return replace(self, stage=Stage.SENDING, owner=owner, due_at=until)

    def handed_over(self) -> Self:
        """From here on a second try could be a second mail."""
        return replace(self, stage=Stage.HANDED_OVER)

    def sent(self, now: datetime, remark: str = "") -> Self:
        """It has arrived; `remark` says for whom it has not."""
        return replace(
            self, stage=Stage.SENT, sent_at=now, tries=self.tries + 1, error=remark, due_at=now
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
