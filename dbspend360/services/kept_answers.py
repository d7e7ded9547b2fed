"""Answers that were given already, as text: the same again costs little more than an empty address.

An answer is given again only while all it was made of would come from memory anyway: for the same
data, until the first of its parts runs out, and until somebody refreshes. Each process keeps its
own. Whoever keeps what is different for each person says so in the key.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar

MOST_BYTES = 16_000_000  # of each process
LARGEST_BYTES = 1_000_000  # one long page must not push a hundred short answers out


class Keepable(Protocol):
    """An answer as it can be given again."""

    @property
    def as_of(self) -> datetime:
        """When the oldest part was asked for."""
        ...

    @property
    def is_stale(self) -> bool:
        """Whether the warehouse did not answer, and this is what it said before."""
        ...

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        ...


T = TypeVar("T", bound=Keepable)


class KeptAnswers(Generic[T]):
    """The answers asked for last. Safe under many threads."""

    def __init__(
        self, state: Callable[[], str | None], *, seconds: int, most_bytes: int = MOST_BYTES
    ) -> None:
        """`state()` changes with the data and with each refresh; None: nothing can be kept now."""
        self._state = state
        self._seconds = timedelta(seconds=seconds)
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._bytes = 0

    def key(self, *parts: Hashable) -> Hashable | None:
        """What an answer is kept under, with the state of the data now; None while none is."""
        state = self._state() if self._seconds else None
        return None if state is None else (state, *parts)

    def find(self, key: Hashable | None) -> T | None:
        """The answer, if it was given and is as good as new."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            if datetime.now(UTC) - found.as_of >= self._seconds:
                self._drop(key)
                return None
            self._kept.move_to_end(key)
            return found

    def keep(self, key: Hashable | None, answer: T) -> None:
        """For whoever asks the same next; not where the warehouse did not answer."""
        if key is None or answer.is_stale or answer.size > LARGEST_BYTES:
            return
        with self._lock:
            self._drop(key)
            self._kept[key] = answer
            self._bytes += answer.size
            while self._bytes > self._most_bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable | None) -> None:
        gone = self._kept.pop(key, None)
        if gone:
            self._bytes -= gone.size
