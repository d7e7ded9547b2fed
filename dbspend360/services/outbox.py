"""Every message is a row in the store before it is sent, and is sent once.

Its id says what it tells and to whom, so that whoever tells the same again finds it there. Who
sends it claims it first. Up to the moment of the hand-over a dead sender's message is sent by the
next; after it, a missing receipt is shown to people and nothing is sent again by itself.
"""

import hashlib
import logging
from contextlib import suppress
from datetime import datetime

from pydantic import ValidationError

from dbspend360.errors import Conflict, NotFound
from dbspend360.models.delivery import UNSENT, Delivery, Stage, read_delivery, write_delivery
from dbspend360.models.setting import Setting
from dbspend360.services.prepared_store import PreparedStore

log = logging.getLogger(__name__)

ALERTS = "alerts/outbox/"
NO_SERVER = "No mail server is set: DBSPEND360_SMTP_URL names it."


class Outbox:
    """Safe under many threads and processes."""

    def __init__(self, rows: PreparedStore, key: str = ALERTS) -> None:
        """`key` is how the keys of its rows begin."""
        self._rows, self._key = rows, key

    def add(self, user_id: str, delivery: Delivery) -> None:
        """Keep a message to be sent; one that is there stays as it is."""
        with suppress(Conflict):
            value = write_delivery(delivery)
            self._rows.store.put(user_id, self._key + delivery.id, value, seen=None)

    def get(self, user_id: str, id_: str) -> Delivery | None:
        """One of the person's messages."""
        row = self._rows.store.get(user_id, self._key + id_)
        return read_row(row) if row else None

    def of_user(self, user_id: str) -> list[Delivery]:
        """The person's messages, the latest first."""
        rows = self._rows.store.of_user(user_id)
        found = [read_row(each) for each in rows if each.key.startswith(self._key)]
        kept = [each for each in found if each]
        return sorted(kept, key=lambda each: each.created_at, reverse=True)

    def everything(self) -> list[tuple[str, Delivery]]:
        """The messages of all people, each with whose it is."""
        rows = self._rows.store.with_key(self._key)
        found = [(each.user_id, read_row(each)) for each in rows]
        return [(user_id, each) for user_id, each in found if each]

    def send_again(self, user_id: str, id_: str, now: datetime) -> Delivery:
        """What a person wants sent once more.

        Raises:
            NotFound: there is no such message.
            Conflict: it was sent, or will be.
        """
        row = self._rows.store.get(user_id, self._key + id_)
        kept = read_row(row) if row else None
        if row is None or kept is None:
            raise NotFound("There is no such message.")
        is_stuck = kept.stage is Stage.WAITING and kept.error
        if not is_stuck and kept.stage not in (Stage.HANDED_OVER, Stage.GIVEN_UP, Stage.MISSED):
            raise Conflict("This message was sent, or is on its way.")
        again = kept.again(now)
        self._rows.store.put(user_id, row.key, write_delivery(again), seen=row.updated_at)
        return again

    def next_due(self) -> datetime | None:
        """When the next message wants to be sent; None when there is none."""
        rows = self._rows.store.with_key(self._key)
        found = [each for each in map(read_row, rows) if each]
        return min((e.due_at for e in found if e.stage in UNSENT), default=None)


def message_id(user_id: str, id_: str) -> str:
    """The Message-ID of a delivery: the same at every try, of whoever tries."""
    whole = hashlib.sha256(repr((user_id, id_)).encode()).hexdigest()[:32]
    return f"dbspend360.{whole}"


def read_row(row: Setting) -> Delivery | None:
    """The message of a row; None when it cannot be read."""
    try:
        return read_delivery(row.value)
    except ValidationError:
        log.warning("A message in the outbox cannot be read: %s", row.key)
        return None
