"""How many messages wait and how many incidents are open, as the store says: whoever sent them."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import ValidationError

from dbspend360.errors import DBSpendError
from dbspend360.models.delivery import Delivery, Stage, read_delivery
from dbspend360.models.incident import State, read_incident
from dbspend360.models.setting import Setting
from dbspend360.services.alert_rows import INCIDENT, AlertRows
from dbspend360.services.outbox import OUTBOX

log = logging.getLogger(__name__)

_UNSENT = (Stage.WAITING, Stage.SENDING)


@dataclass(frozen=True)
class Numbers:
    """Of all persons together."""

    deliveries: Counter[Stage] = field(default_factory=Counter)
    longest_wait_seconds: float = 0.0  # of what is due and not sent
    incidents: Counter[State] = field(default_factory=Counter)


class StoreNumbers:
    """Read at most every `seconds`, however often they are wanted."""

    def __init__(
        self,
        rows: AlertRows,
        *,
        seconds: float,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._rows, self._seconds, self._now = rows, seconds, now
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._known: Numbers | None = None

    def read(self) -> Numbers | None:
        """The numbers; None while the store does not answer."""
        with self._lock:
            if time.monotonic() - self._read_at >= self._seconds:
                self._known = self._asked()
                self._read_at = time.monotonic()
            return self._known

    def _asked(self) -> Numbers | None:
        try:
            store = self._rows.store
            outbox, incidents = store.with_key(OUTBOX), store.with_key(INCIDENT)
        except DBSpendError as error:
            log.info("The store cannot be counted: %s", error)
            return None
        sent = [each for each in map(_delivery, outbox) if each]
        due = [each.due_at for each in sent if each.stage in _UNSENT and each.due_at < self._now()]
        return Numbers(
            Counter(each.stage for each in sent),
            (self._now() - min(due)).total_seconds() if due else 0.0,
            Counter(state for state in map(_state, incidents) if state),
        )


def _delivery(row: Setting) -> Delivery | None:
    try:
        return read_delivery(row.value)
    except ValidationError:
        return None


def _state(row: Setting) -> State | None:
    try:
        return read_incident(row.value).state
    except ValidationError:
        return None
