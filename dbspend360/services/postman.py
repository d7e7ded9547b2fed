"""Sends what is due in an outbox, each message once; see `outbox.py` for why once."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Protocol

from dbspend360.errors import Conflict, DBSpendError, StoreError, WarehouseError
from dbspend360.models.delivery import UNSENT, Delivery, write_delivery
from dbspend360.models.setting import Setting
from dbspend360.services.mailer import NoReceipt, NotSent, Sender
from dbspend360.services.outbox import ALERTS, NO_SERVER, read_row
from dbspend360.services.prepared_store import PreparedStore
from dbspend360.services.sent_notes import note_sent

log = logging.getLogger(__name__)

KEPT_AFTER_SENDING = timedelta(days=35)
LONGEST_MAKING = timedelta(minutes=30)  # whoever takes longer has lost it
_OURS = "A mistake of ours: the log says which."


class Maker(Protocol):
    """Makes what a message brings, when it is about to be sent."""

    def make(self, user_id: str, delivery: Delivery) -> Delivery:
        """The message with its words and its file; DBSpendError when it cannot be made."""
        ...

    def withdrawn(self, user_id: str, delivery: Delivery) -> str:
        """Why nobody wants it any more, in a sentence; mostly ''."""
        ...


class Postman:
    """Any number of them may be at work at once."""

    def __init__(
        self,
        rows: PreparedStore,
        senders: Callable[[Delivery], Sender | None],
        *,
        owner: str,
        lease: timedelta,
        now: Callable[[], datetime],
        key: str = ALERTS,
        maker: Maker | None = None,
        kept: timedelta | None = KEPT_AFTER_SENDING,
    ) -> None:
        """`lease` is longer than any sender needs until the hand-over.

        `key` is of the outbox; `kept` is when what is over is removed, None never.
        """
        self._rows, self._senders, self._maker = rows, senders, maker
        self._owner, self._lease, self._now = owner, lease, now
        self._key, self._kept = key, kept
        self._is_server_down = False

    def send_due(self) -> list[Delivery]:
        """Send all that is due, one after the other.

        Returns:
            What became of those that were in our hands.
        """
        done: list[Delivery] = []
        self._is_server_down = False
        for row in self._rows.store.with_key(self._key):
            delivery = read_row(row)
            if delivery is None:
                continue
            if delivery.is_due(self._now()):
                # One wait for a dead server is enough: the others keep their place.
                if delivery.apprise_url or not self._is_server_down:
                    done += self._sent(row, delivery)
            elif self._is_old(delivery):
                with suppress(Conflict):
                    self._rows.store.delete(row.user_id, row.key, seen=row.updated_at)
        return done

    def send_one(self, user_id: str, id_: str) -> Delivery | None:
        """Send this one if it is due; None when it is not, or somebody else does."""
        row = self._rows.store.get(user_id, self._key + id_)
        delivery = read_row(row) if row else None
        if row is None or delivery is None or not delivery.is_due(self._now()):
            return None
        return next(iter(self._sent(row, delivery)), None)

    def _sent(self, row: Setting, delivery: Delivery) -> list[Delivery]:
        """What became of it; nothing when another was faster."""
        hand = _Hand(self._rows, row, delivery)
        try:
            result = hand.put(self._tried(hand))
        except Conflict:
            return []  # also when we were so slow that another has taken over
        log.info("delivery=%s place=%s stage=%s", result.id, result.place, result.stage)
        note_sent(row.user_id, result)
        return [result]

    def _tried(self, hand: "_Hand") -> Delivery:
        try:
            remark = self._send(hand)
        except _Withdrawn as error:
            return hand.delivery.withdrawn(str(error))
        except NotSent as error:
            self._is_server_down |= error.is_server_down
            return hand.delivery.failed(str(error), self._now())
        except NoReceipt as error:
            log.warning("delivery=%s has no receipt: %s", hand.delivery.id, error)
            return hand.delivery.handed_over()
        return hand.delivery.sent(self._now(), remark)

    def _send(self, hand: "_Hand") -> str:
        sender = self._senders(hand.delivery)
        if sender is None:
            raise NotSent(NO_SERVER)
        ready = self._made(hand) if hand.delivery.order else hand.delivery
        hand.put(ready.claimed(self._owner, self._end()))

        def hand_over() -> None:
            self._require_wanted(hand)
            hand.put(hand.delivery.handed_over())

        return sender.send(hand.delivery, hand_over)

    def _made(self, hand: "_Hand") -> Delivery:
        if self._maker is None:
            raise NotSent(_OURS)
        hand.put(hand.delivery.making(self._owner, self._end()))
        self._require_wanted(hand)
        with self._renewed(hand):
            try:
                return self._maker.make(hand.user_id, hand.delivery)
            except DBSpendError as error:
                raise NotSent(str(error)) from error
            except Exception as error:  # a mistake of ours: the others go on all the same
                log.exception("delivery=%s could not be made", hand.delivery.id)
                raise NotSent(_OURS) from error

    def _require_wanted(self, hand: "_Hand") -> None:
        why = self._maker.withdrawn(hand.user_id, hand.delivery) if self._maker else ""
        if why:
            raise _Withdrawn(why)

    @contextmanager
    def _renewed(self, hand: "_Hand") -> Iterator[None]:
        """Keep the claim while this lasts, for half an hour at most."""
        done = threading.Event()
        pause = self._lease.total_seconds() / 3

        def renew() -> None:
            for _ in range(int(LONGEST_MAKING.total_seconds() / pause)):
                if done.wait(pause):
                    return
                try:
                    hand.renew(self._owner, self._end(), done)
                except Conflict:
                    return  # it is somebody else's: our next change will be refused
                except (StoreError, WarehouseError) as error:
                    log.warning("delivery=%s could not be held: %s", hand.delivery.id, error)

        keeper = threading.Thread(target=renew, name="lease", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            done.set()

    def _end(self) -> datetime:
        return self._now() + self._lease

    def _is_old(self, delivery: Delivery) -> bool:
        is_over = delivery.stage not in UNSENT
        return bool(self._kept and is_over and self._now() - delivery.created_at > self._kept)


class _Withdrawn(DBSpendError):
    """Nobody wants it any more."""


class _Hand:
    """A row that is ours as long as nobody else changes it."""

    def __init__(self, rows: PreparedStore, row: Setting, delivery: Delivery) -> None:
        self._rows, self._row = rows, row
        self._lock = threading.Lock()
        self.user_id = row.user_id
        self.delivery = delivery

    def put(self, delivery: Delivery) -> Delivery:
        """Conflict when it is not ours any more."""
        with self._lock:
            self._put(delivery)
        return delivery

    def renew(self, owner: str, until: datetime, done: threading.Event) -> None:
        """Hold it for longer, unless that is over by now."""
        with self._lock:
            if not done.is_set():
                self._put(self.delivery.making(owner, until))

    def _put(self, delivery: Delivery) -> None:
        row = self._row
        value = write_delivery(delivery)
        self._row = self._rows.store.put(row.user_id, row.key, value, seen=row.updated_at)
        self.delivery = delivery
