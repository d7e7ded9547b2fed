"""Work that is due is done once, whoever notices: it is claimed in the store first.

A claim has an owner and an end. Whoever is killed leaves one that ends by itself; then the next to
come takes over. What is done under a claim must bear being done again.
"""

import json
import os
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dbspend360.errors import Conflict
from dbspend360.models.setting import BadSetting, Setting, moment
from dbspend360.store.base import Store

LOOK_AGAIN = timedelta(seconds=5)


@dataclass(frozen=True)
class Claim:
    """What is in hand, and the row that says so."""

    due: datetime  # UTC, as the next
    until: datetime
    owner: str  # '' while it waits to be tried again
    is_done: bool = False
    row: Setting | None = None  # as it was seen

    def blocks(self, due: datetime, now: datetime) -> bool:
        """Whether what is due then is done, or in somebody's hands."""
        if self.is_done:
            return self.due >= due
        return self.until > now or self.due > due


class Claims:
    """One row for each kind of work, so that nothing piles up."""

    def __init__(self, store: Store, *, now: Callable[[], datetime], owner: str = "") -> None:
        self._store, self._now = store, now
        self._owner = owner or new_owner()

    def take(self, key: str, due: datetime, lease: timedelta) -> Claim | None:
        """The claim on what is due then; None when it is done, or in somebody's hands."""
        row = self._store.get("", key)
        kept = _read(row) if row else None
        now = self._now()
        if kept and kept.blocks(due, now):
            return None
        return self._put(key, Claim(due, now + lease, self._owner, row=row))

    def finish(self, taken: Claim, key: str) -> None:
        """It is done; not even when the lease ends will it be done again."""
        self._put(key, replace(taken, is_done=True))

    def give_back(self, taken: Claim, key: str, wait: timedelta) -> None:
        """It failed: whoever comes after a while may try."""
        self._put(key, replace(taken, owner="", until=self._now() + wait))

    def look_again_at(self, key: str, due: datetime) -> datetime | None:
        """When to come again for what is due then; None when it is done.

        Soon while it is in somebody's hands: that may end at any moment.
        """
        row = self._store.get("", key)
        kept = _read(row) if row else None
        now = self._now()
        if kept is None or not kept.blocks(due, now):
            return due
        if kept.is_done or kept.due > due:
            return None
        return min(kept.until, now + LOOK_AGAIN) if kept.owner else kept.until

    def _put(self, key: str, claim: Claim) -> Claim | None:
        said = {
            "due": claim.due.isoformat(),
            "until": claim.until.isoformat(),
            "owner": claim.owner,
            "is_done": claim.is_done,
        }
        seen = claim.row.updated_at if claim.row else None
        try:
            row = self._store.put("", key, json.dumps(said), seen=seen)
        except Conflict:
            return None
        return replace(claim, row=row)


def new_owner() -> str:
    """Tells one process from all others, and a person where to find it."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def _read(row: Setting) -> Claim:
    try:
        said = json.loads(row.value)
        due, until = (moment(datetime.fromisoformat(said[name])) for name in ("due", "until"))
        return Claim(due, until, str(said["owner"]), bool(said["is_done"]), row)
    except (ValueError, TypeError, LookupError, BadSetting):
        long_ago = datetime(1970, 1, 1, tzinfo=UTC)
        return Claim(long_ago, long_ago, "", row=row)  # whatever it was, it blocks nobody
