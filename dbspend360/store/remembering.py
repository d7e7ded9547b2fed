"""A store in front of a slow one: what the dashboard reads with each view is asked now and then."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from dbspend360.models.setting import Setting
from dbspend360.store.base import Store

MOST_REMEMBERED = 1_000

T = TypeVar("T")


class RememberingStore(Store):
    """Whoever only reads may be as many seconds behind; whoever writes asks the inner store."""

    def __init__(
        self, inner: Store, *, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._inner, self._seconds, self._clock = inner, seconds, clock
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, ...], tuple[float, object]] = OrderedDict()

    def forget(self) -> None:
        """Ask anew."""
        with self._lock:
            self._known.clear()

    def prepare(self) -> None:
        """See `Store.prepare`."""
        self._inner.prepare()

    def get(self, user_id: str, key: str) -> Setting | None:
        """See `Store.get`."""
        return self._remembered(("get", user_id, key), lambda: self._inner.get(user_id, key))

    def of_user(self, user_id: str) -> list[Setting]:
        """See `Store.of_user`."""
        return self._remembered(("of", user_id), lambda: self._inner.of_user(user_id))

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

    def _remembered(self, key: tuple[str, ...], ask: Callable[[], T]) -> T:
        with self._lock:
            at, value = self._known.get(key, (0.0, None))
            if key in self._known and self._clock() - at < self._seconds:
                return value  # type: ignore[return-value]
        found = ask()
        with self._lock:
            self._known[key] = (self._clock(), found)
            self._known.move_to_end(key)
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        return found
