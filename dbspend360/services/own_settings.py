"""Whether somebody's settings are as they were, for whoever keeps what was made with them.

The file of settings is also written by others and by the scheduler. So what is told apart is not
the file but the settings of one person, which are read again only when the file has changed.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from hashlib import sha256

from dbspend360.errors import DBSpendError
from dbspend360.models.setting import Setting
from dbspend360.services.prepared_store import PreparedStore
from dbspend360.store.base import Store

MOST_REMEMBERED = 1_000  # persons


class OwnSettings(PreparedStore):
    """Safe under many threads."""

    def __init__(self, store: Store, mark: Callable[[], Hashable | None] | None) -> None:
        """`mark()` changes with the store; see `settings_mark`, which also says when it is None."""
        super().__init__(store)
        self._mark = mark
        self._guard = threading.Lock()
        self._known: OrderedDict[str, tuple[Hashable, str]] = OrderedDict()

    def state(self, user_id: str) -> str | None:
        """Another word after each change of a person's settings, whoever makes it.

        None where nobody can tell in a moment: looking into a database elsewhere may take longer
        than what was kept would save.
        """
        if self._mark is None:
            return None
        mark = self._mark()  # before the look: what is written meanwhile changes it
        with self._guard:
            known = self._known.get(user_id)
        if known and mark is not None and known[0] == mark:
            return known[1]
        found = self._read(user_id)
        if found is not None and mark is not None:
            self._remember(user_id, (mark, found))
        return found

    def _read(self, user_id: str) -> str | None:
        try:
            return _word(self.store.of_user(user_id))
        except DBSpendError:  # the parts of an answer say so, each in its place
            return None

    def _remember(self, user_id: str, found: tuple[Hashable, str]) -> None:
        with self._guard:
            self._known[user_id] = found
            self._known.move_to_end(user_id)
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)


def _word(settings: list[Setting]) -> str:
    whole = repr([(each.key, each.value, each.updated_at.timestamp()) for each in settings])
    return sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
