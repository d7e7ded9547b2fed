"""The one seam to the settings of users. Nothing above it knows which database keeps them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from dbspend360.models.setting import Setting


class Store(Protocol):
    """SQLite, PostgreSQL, or a table on Databricks (`warehouse/app_configs.py`).

    Two who change one setting at once cannot lose what the other wrote: each says which
    `updated_at` was seen, and the slower of them is refused.

    Every method raises `BadSetting` for a user, key, value or moment that not every edition can
    keep, and `StoreError` or `WarehouseError` when the settings cannot be read or written.
    """

    def prepare(self) -> None:
        """Make the table where it is missing. Any number of processes may do so at once."""
        ...

    def get(self, user_id: str, key: str) -> Setting | None:
        """The setting of one person; None when there is none."""
        ...

    def put(self, user_id: str, key: str, value: str, *, seen: datetime | None) -> Setting:
        """Write a setting that is still as it was `seen`; None: that is not there.

        Returns:
            The setting as it is now, with an `updated_at` later than the one seen.

        Raises:
            Conflict: somebody else was faster; nothing was written.
            StoreError, LostReply: where the sentence says so, it may or may not be written.
        """
        ...

    def delete(self, user_id: str, key: str, *, seen: datetime) -> None:
        """Remove a setting that is still as it was `seen`; errors as with `put`."""
        ...

    def of_user(self, user_id: str) -> list[Setting]:
        """All settings of one person, in the order of their keys (by code point)."""
        ...

    def with_key(self, prefix: str) -> list[Setting]:
        """The settings of all persons whose key begins so, in the order of keys, then users.

        Letter by letter: 'a%' begins 'a%b', and neither 'ab' nor 'A%b'.
        """
        ...

    def replace_all(self, settings: Sequence[Setting]) -> None:
        """Make these all that there is, with the moments they had.

        SQLite and PostgreSQL do all of it or nothing. Databricks knows no transactions over many
        statements: whoever is cut off there does it again.

        Raises:
            Conflict: somebody else wrote the same at the same time; nothing was changed.
        """
        ...
