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
from dbspend360.models.delivery import UNSENT, Delivery, Stage
from dbspend360.models.incident import State, read_incident
from dbspend360.models.setting import Setting
from dbspend360.services.alert_rows import INCIDENT
from dbspend360.services.outbox import ALERTS, Outbox
from dbspend360.services.prepared_store import PreparedStore
from dbspend360.services.report_rows import OUTBOX as REPORTS

log = logging.getLogger(__name__)

KINDS = {"alerts": ALERTS, "reports": REPORTS}


@dataclass(frozen=True)
class Numbers:
    """Of all persons together."""

    deliveries: Counter[tuple[str, Stage]] = field(default_factory=Counter)  # by kind and stage
    longest_wait_seconds: float = 0.0  # of what is due and not sent
    incidents: Counter[State] = field(default_factory=Counter)


class StoreNumbers:
    """Read at most every `seconds`, however often they are wanted."""

    def __init__(
        self,
        rows: PreparedStore,
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
            kept = {kind: self._messages(key) for kind, key in KINDS.items()}
            incidents = self._rows.store.with_key(INCIDENT)
        except DBSpendError as error:
            log.info("The store cannot be counted: %s", error)
            return None
        return Numbers(
            Counter((kind, each.stage) for kind, messages in kept.items() for each in messages),
            self._longest_wait([each for messages in kept.values() for each in messages]),
            Counter(state for state in map(_state, incidents) if state),
        )

    def _messages(self, key: str) -> list[Delivery]:
        return [each for _, each in Outbox(self._rows, key).everything()]

    def _longest_wait(self, messages: list[Delivery]) -> float:
        now = self._now()
        due = [each.due_at for each in messages if each.stage in UNSENT and each.due_at < now]
        return (now - min(due)).total_seconds() if due else 0.0


def _state(row: Setting) -> State | None:
    try:
        return read_incident(row.value).state
    except ValidationError:
        return None
