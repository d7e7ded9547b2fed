"""Every message is a row in the store before it is sent, and is sent once.

Its id says what it tells and to whom, so that whoever tells the same again finds it there. Who
sends it claims it first. Up to the moment of the hand-over a dead sender's message is sent by the
next; after it, a missing receipt is shown to people and nothing is sent again by itself.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from pydantic import ValidationError

from dbspend360.errors import Conflict, NotFound
from dbspend360.models.delivery import Delivery, Stage, read_delivery, write_delivery
from dbspend360.models.setting import Setting
from dbspend360.services.alert_rows import AlertRows
from dbspend360.services.mailer import NoReceipt, NotSent, Sender

log = logging.getLogger(__name__)

OUTBOX = "alerts/outbox/"
KEPT_AFTER_SENDING = timedelta(days=35)
NO_SERVER = "No mail server is set: DBSPEND360_SMTP_URL names it."


class Outbox:
    """Safe under many threads and processes."""

    def __init__(self, rows: AlertRows) -> None:
        self._rows = rows

    def add(self, user_id: str, delivery: Delivery) -> None:
        """Keep a message to be sent; one that is there stays as it is."""
        with suppress(Conflict):
            value = write_delivery(delivery)
            self._rows.store.put(user_id, OUTBOX + delivery.id, value, seen=None)

    def get(self, user_id: str, id_: str) -> Delivery | None:
        """One of the person's messages."""
        row = self._rows.store.get(user_id, OUTBOX + id_)
        return _read(row) if row else None

    def of_user(self, user_id: str) -> list[Delivery]:
        """The person's messages, the latest first."""
        rows = self._rows.store.of_user(user_id)
        found = [_read(each) for each in rows if each.key.startswith(OUTBOX)]
        kept = [each for each in found if each]
        return sorted(kept, key=lambda each: each.created_at, reverse=True)

    def send_again(self, user_id: str, id_: str, now: datetime) -> Delivery:
        """What a person wants sent once more.

        Raises:
            NotFound: there is no such message.
            Conflict: it was sent, or will be.
        """
        row = self._rows.store.get(user_id, OUTBOX + id_)
        kept = _read(row) if row else None
        if row is None or kept is None:
            raise NotFound("There is no such message.")
        is_stuck = kept.stage is Stage.WAITING and kept.error
        if not is_stuck and kept.stage not in (Stage.HANDED_OVER, Stage.GIVEN_UP):
            raise Conflict("This message was sent, or is on its way.")
        again = kept.again(now)
        self._rows.store.put(user_id, row.key, write_delivery(again), seen=row.updated_at)
        return again

    def next_due(self) -> datetime | None:
        """When the next message wants to be sent; None when there is none."""
        rows = self._rows.store.with_key(OUTBOX)
        found = [each for each in map(_read, rows) if each]
        return min((e.due_at for e in found if e.stage in _UNSENT), default=None)


_UNSENT = (Stage.WAITING, Stage.SENDING)


class Postman:
    """Sends what is due."""

    def __init__(
        self,
        rows: AlertRows,
        senders: Callable[[Delivery], Sender | None],
        *,
        owner: str,
        lease: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        """`lease` is longer than any sender needs until the hand-over."""
        self._rows, self._senders = rows, senders
        self._owner, self._lease, self._now = owner, lease, now
        self._is_server_down = False

    def send_due(self) -> list[Delivery]:
        """Send all that is due, one after the other.

        Returns:
            What became of those that were in our hands.
        """
        done: list[Delivery] = []
        self._is_server_down = False
        for row in self._rows.store.with_key(OUTBOX):
            delivery = _read(row)
            if delivery is None:
                continue
            if delivery.is_due(self._now()):
                done += self._sent(row, delivery)
            elif self._is_old(delivery):
                with suppress(Conflict):
                    self._rows.store.delete(row.user_id, row.key, seen=row.updated_at)
        return done

    def _sent(self, row: Setting, delivery: Delivery) -> list[Delivery]:
        """What became of it; nothing when another was faster."""
        if self._is_server_down and not delivery.apprise_url:
            return []  # one wait for a dead server is enough: the others keep their place
        hand = _Hand(self._rows, row)
        try:
            claimed = hand.put(delivery.claimed(self._owner, self._now() + self._lease))
            result = self._tried(claimed, hand)
            hand.put(result)
        except Conflict:
            return []  # also when we were so slow that another has taken over
        log.info("delivery=%s place=%s stage=%s", result.id, result.place, result.stage)
        return [result]

    def _tried(self, delivery: Delivery, hand: "_Hand") -> Delivery:
        sender = self._senders(delivery)
        if sender is None:
            return delivery.failed(NO_SERVER, self._now())

        def hand_over() -> None:
            hand.put(delivery.handed_over())

        try:
            remark = sender.send(delivery, hand_over)
        except NotSent as error:
            self._is_server_down |= error.is_server_down
            return delivery.failed(str(error), self._now())
        except NoReceipt as error:
            log.warning("delivery=%s has no receipt: %s", delivery.id, error)
            return delivery.handed_over()
        return delivery.sent(self._now(), remark)

    def _is_old(self, delivery: Delivery) -> bool:
        is_over = delivery.stage not in _UNSENT
        return is_over and self._now() - delivery.created_at > KEPT_AFTER_SENDING


class _Hand:
    """A row that is ours as long as nobody else changes it."""

    def __init__(self, rows: AlertRows, row: Setting) -> None:
        self._rows, self._row = rows, row

    def put(self, delivery: Delivery) -> Delivery:
        row = self._row
        value = write_delivery(delivery)
        self._row = self._rows.store.put(row.user_id, row.key, value, seen=row.updated_at)
        return delivery


def _read(row: Setting) -> Delivery | None:
    try:
        return read_delivery(row.value)
    except ValidationError:
        log.warning("A message in the outbox cannot be read: %s", row.key)
        return None
