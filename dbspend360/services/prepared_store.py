"""The settings of users, whose table is there when it is first used."""

import threading

from dbspend360.store.base import Store


class PreparedStore:
    """Safe under many threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._is_prepared = False

    @property
    def store(self) -> Store:
        """The store, with its table made."""
        with self._lock:
            if not self._is_prepared:
                self._store.prepare()
                self._is_prepared = True
        return self._store
