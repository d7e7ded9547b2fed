"""What the app remembers for a person: a text under a key, and when it was written."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dbspend360.errors import DBSpendError

LONGEST_KEY = 200  # letters
LONGEST_USER = 320  # letters: the longest mail address; PostgreSQL's index holds no more of both
LARGEST_VALUE = 2**20  # bytes in UTF-8
CHANGED = "Somebody else changed this setting a moment ago: reload and try again."

_TICK = timedelta(microseconds=1)  # the finest that every edition keeps


class BadSetting(DBSpendError):
    """A user, key, value or moment that no edition of the store takes."""

    status = 422
    code = "bad_setting"


@dataclass(frozen=True)
class Setting:
    """One text of one person. `user_id` '' is everybody's; `value` is JSON by convention."""

    user_id: str
    key: str
    value: str
    created_at: datetime  # UTC, as the next
    updated_at: datetime  # grows with every change; whoever changes it says which one was seen


def require_fit(user_id: str, key: str, value: str = "") -> None:
    """Refuse what one of the editions could not keep.

    Raises:
        BadSetting: the sentence says what is wrong with which of them.
    """
    _require_text("user", user_id, LONGEST_USER)
    _require_text("key", key, LONGEST_KEY)
    if not key:
        raise BadSetting("A setting needs a key: it is empty.")
    _require_characters("value", value)
    if len(value.encode()) > LARGEST_VALUE:
        raise BadSetting(f"A setting may be as long as {LARGEST_VALUE:,} bytes; this is longer.")


def require_fit_prefix(prefix: str) -> None:
    """Refuse what no key can begin with; '' begins every key.

    Raises:
        BadSetting: the sentence says what is wrong.
    """
    _require_text("key", prefix, LONGEST_KEY)


def moment(given: datetime) -> datetime:
    """The same moment in UTC.

    Raises:
        BadSetting: it has no zone, or is so late that nothing can come after it.
    """
    if given.tzinfo is None:
        raise BadSetting("The moment at which a setting was seen needs its time zone.")
    try:
        return (given + _TICK).astimezone(UTC) - _TICK
    except OverflowError:
        raise BadSetting("A setting cannot have been seen at the end of time.") from None


class Clock:
    """Moments in UTC that only grow, even while the machine's clock stands still or runs back."""

    def __init__(self, now: Callable[[], datetime] | None = None) -> None:
        self._now = now or _now
        self._last = datetime.min.replace(tzinfo=UTC)
        self._lock = threading.Lock()

    def after(self, seen: datetime | None) -> datetime:
        """A moment later than `seen`, and than all that this clock gave before."""
        with self._lock:
            # Without `seen`: one setting from a fast clock must not push all others ahead.
            self._last = max(self._now(), self._last + _TICK)
            return max(self._last, seen + _TICK) if seen else self._last


def _now() -> datetime:
    return datetime.now(UTC)


def _require_text(what: str, text: str, longest: int) -> None:
    _require_characters(what, text)
    if len(text) > longest:
        raise BadSetting(f"The {what} of a setting has at most {longest} letters; this has more.")


def _require_characters(what: str, text: str) -> None:
    if "\0" in text:  # PostgreSQL has no place for it
        raise BadSetting(f"The {what} of a setting cannot hold the character NUL.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadSetting(f"The {what} of a setting holds half a character.") from None
