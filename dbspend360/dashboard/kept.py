"""Answers of the dashboard's callbacks, kept whole for who asks the same again.

What is kept is the text that a browser gets, under all that it was made of: the data, who asks and
with which rights, their settings, the day, what is to be said of the data, and the question. It is
kept no longer than its parts are remembered, and only where whoever made it says that it may be:
what failed, is late or is old is never said twice.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import TypeGuard

from dbspend360.services.current_user import current_caller
from dbspend360.services.kept_answers import KeptAnswers
from dbspend360.services.own_settings import OwnSettings

_MOST_BYTES = 8_000_000  # of each process
_LONGEST_QUERY = 4_000  # letters


@dataclass(frozen=True)
class Made:
    """A finished answer; what each request has anew belongs between its pieces."""

    pieces: tuple[str, ...]
    as_of: datetime
    questions: tuple[str, ...]  # that were asked for it
    is_stale: bool = False

    @property
    def size(self) -> int:
        """Bytes of it: JSON of a page is plain ASCII."""
        return sum(map(len, self.pieces))


@dataclass
class Said:
    """What is known about an answer that is being made."""

    as_of: datetime | None = None  # when its oldest part was asked for; None: it is not to be kept


_said: ContextVar[Said] = ContextVar("said")


@contextmanager
def being_made() -> Iterator[Said]:
    """What `may_be_kept` says inside."""
    token = _said.set(said := Said())
    try:
        yield said
    finally:
        _said.reset(token)


def may_be_kept(as_of: datetime) -> None:
    """Say of the answer under way that the same may be said again, while its parts hold."""
    if said := _said.get(None):
        said.as_of = as_of


class Kept:
    """The answers of one dashboard."""

    def __init__(
        self,
        state: Callable[[], str | None],
        *,
        seconds: int,
        settings: OwnSettings,
        about: Callable[[], Hashable],
    ) -> None:
        """For `seconds` while `state()` is the same: see `KeptAnswers`.

        `about()`: what else answers hang on, such as the day.
        """
        self.answers = KeptAnswers[Made](state, seconds=seconds, most_bytes=_MOST_BYTES)
        self._settings, self._about = settings, about

    def key(self, *question: Hashable) -> Hashable | None:
        """What the answer to whoever asks is kept under; None where it cannot be."""
        data = self.answers.key()
        if data is None:
            return None
        person = current_caller().person
        own = self._settings.state(person.id)
        return None if own is None else (data, person, own, self._about(), *question)


def is_short(query: object) -> TypeGuard[str]:
    """Whether a question with this query may be kept: a longer one would be most of what is."""
    return isinstance(query, str) and len(query) <= _LONGEST_QUERY
