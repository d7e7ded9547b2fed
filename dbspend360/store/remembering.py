"""A store in front of a slow one: what the dashboard reads with each view is asked now and then.

One statement reads all of a person, whatever is wanted first; who wants more of it at once waits.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime

from dbspend360.errors import StoreError
from dbspend360.models.setting import Setting
from dbspend360.store.base import Store

MOST_REMEMBERED = 1_000  # persons
_LOCKS = 64  # shared by all persons
_LONGEST_WAIT_SECONDS = 5.0  # behind somebody who asks the same; then it is asked twice


class RememberingStore(Store):
    """Whoever only reads may be as many seconds behind; whoever writes asks the inner store."""

    def __init__(
        self, inner: Store, *, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._inner, self._seconds, self._clock = inner, seconds, clock
        self._lock = threading.Lock()
        self._asking = [threading.Lock() for _ in range(_LOCKS)]
        self._known: OrderedDict[str, tuple[float, list[Setting]]] = OrderedDict()

    def forget(self) -> None:
        """Ask anew."""
        with self._lock:
            self._known.clear()

    def prepare(self) -> None:
        """See `Store.prepare`. Whether the table is there shows when it is read."""
        if not self._seconds:
            self._inner.prepare()

    def get(self, user_id: str, key: str) -> Setting | None:
        """See `Store.get`."""
        if not self._seconds:
            return self._inner.get(user_id, key)
        return next((each for each in self.of_user(user_id) if each.key == key), None)

    def of_user(self, user_id: str) -> list[Setting]:
        """See `Store.of_user`."""
        if not self._seconds:
            return self._inner.of_user(user_id)
        known = self._remembered(user_id)
        return self._asked_in_turn(user_id) if known is None else known

    def with_key(self, prefix: str) -> list[Setting]:
        """See `Store.with_key`."""
        return self._inner.with_key(prefix)

    def put(self, user_id: str, key: str, value: str, *, seen: datetime | None) -> Setting:
        """See `Store.put`."""
        try:
            return self._inner.put(user_id, key, value, seen=seen)
        finally:
            self.forget()

    def delete(self, user_id: str, key: str, *, seen: datetime) -> None:
        """See `Store.delete`."""
        try:
            self._inner.delete(user_id, key, seen=seen)
        finally:
            self.forget()

    def replace_all(self, settings: Sequence[Setting]) -> None:
        """See `Store.replace_all`."""
        try:
            self._inner.replace_all(settings)
        finally:
            self.forget()

    def _remembered(self, user_id: str) -> list[Setting] | None:
        with self._lock:
            at, found = self._known.get(user_id, (0.0, None))
            return None if self._clock() - at >= self._seconds else found

    def _asked_in_turn(self, user_id: str) -> list[Setting]:
        turn = self._asking[hash(user_id) % _LOCKS]
        is_first = turn.acquire(timeout=_LONGEST_WAIT_SECONDS)
        try:
            known = self._remembered(user_id)
            if known is None:
                known = self._asked(user_id)
                self._remember(user_id, known)
            return known
        finally:
            if is_first:
                turn.release()

    def _asked(self, user_id: str) -> list[Setting]:
        try:
            return self._inner.of_user(user_id)
        except StoreError:
            self._inner.prepare()
            return self._inner.of_user(user_id)

    def _remember(self, user_id: str, found: list[Setting]) -> None:
        with self._lock:
            self._known[user_id] = (self._clock(), found)
            self._known.move_to_end(user_id)
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
