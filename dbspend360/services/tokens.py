"""Personal tokens for scripts: shown once, kept as a hash, revocable, with a scope and an end."""

import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from threading import Lock

from pydantic import AwareDatetime, BaseModel, ValidationError

from dbspend360.errors import BadView, Conflict, DBSpendError, NotFound, NotSignedIn
from dbspend360.models.person import Deed, Person, Role
from dbspend360.models.setting import Setting
from dbspend360.services.prepared_store import PreparedStore
from dbspend360.store.base import Store

TOKEN = "auth/token/"  # noqa: S105 - where they are kept
LONGEST_NAME = 80
MOST = 50  # tokens of one person
_FORM = re.compile(r"dbs_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
_USED_EVERY = timedelta(hours=1)

RoleNow = Callable[[str], Role | None]  # of a person's id; None: no role any more


class _Kept(BaseModel):
    name: str
    digest: str
    scope: list[Deed]
    role: Role
    created_at: AwareDatetime
    expires_at: AwareDatetime
    last_used_at: AwareDatetime | None = None


@dataclass(frozen=True)
class Token:
    """One of them, without its secret."""

    id: str
    name: str
    scope: frozenset[Deed]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class Tokens(PreparedStore):
    """Every method raises what the store raises."""

    def __init__(
        self,
        store: Store,
        *,
        most_days: int,
        role_now: RoleNow | None = None,
        seconds_behind: float = 0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`role_now`: a person's role where it is known at any time; else the one of the making.

        A token that was revoked elsewhere may be taken `seconds_behind` longer.
        """
        super().__init__(store)
        self.most_days, self._role_now, self._now = most_days, role_now, now
        self._seconds = seconds_behind
        self._known: dict[str, tuple[float, Setting]] = {}
        self._turn = Lock()

    def make(self, person: Person, name: str, scope: Collection[Deed], days: int) -> str:
        """A new one: the only time that its text is seen.

        Raises:
            BadView: it has no name, no scope, or lasts too long; or there are too many.
        """
        allowed = person.rights & frozenset(scope)
        if not 0 < len(name.strip()) <= LONGEST_NAME or not name.strip().isprintable():
            raise BadView(f"Give the token a name of at most {LONGEST_NAME} letters.")
        if not allowed or person.role is None:
            raise BadView("Choose what the token may do.")
        if not 1 <= days <= self.most_days:
            raise BadView(f"A token may last from 1 to {self.most_days} days.")
        if len(self.of(person.id)) >= MOST:
            raise BadView(f"You have {MOST} tokens: revoke one that is not used.")
        id_, secret, now = secrets.token_hex(8), secrets.token_urlsafe(32), self._now()
        kept = _Kept(
            name=name.strip(),
            digest=_digest(secret),
            scope=sorted(allowed),
            role=person.role,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        self.store.put(person.id, TOKEN + id_, kept.model_dump_json(), seen=None)
        return f"dbs_{id_}_{secret}"

    def of(self, user_id: str) -> list[Token]:
        """The person's, the newest first; one that cannot be read is left out."""
        rows = [each for each in self.store.of_user(user_id) if each.key.startswith(TOKEN)]
        found = [token for each in rows if (token := _token(each))]
        return sorted(found, key=lambda each: each.created_at, reverse=True)

    def revoke(self, user_id: str, id_: str) -> None:
        """From now on nobody is let in with it.

        Raises:
            NotFound: there is none.
        """
        row = self.store.get(user_id, TOKEN + id_) if id_.isalnum() else None
        if row is None:
            raise NotFound("There is no such token.")
        self.store.delete(user_id, row.key, seen=row.updated_at)
        with self._turn:
            self._known.pop(id_, None)

    def person(self, text: str) -> Person:
        """Who comes with a token, and what they may do with it.

        Raises:
            NotSignedIn: it is none, or not any more.
        """
        found = _FORM.fullmatch(text)
        row = self._row(found[1]) if found else None
        kept = _kept(row) if row else None
        if not found or row is None or kept is None:
            raise NotSignedIn("This token is not known, or was revoked.")
        if not compare_digest(_digest(found[2]), kept.digest):
            raise NotSignedIn("This token is not known, or was revoked.")
        if kept.expires_at <= self._now():
            raise NotSignedIn(
                f"This token has expired on {kept.expires_at:%d %b %Y}: make another."
            )
        role = self._role_now(row.user_id) if self._role_now else kept.role
        self._used(row, kept)
        return Person(row.user_id, role, frozenset(kept.scope))

    def _row(self, id_: str) -> Setting | None:
        known = self._known.get(id_)
        if known and time.monotonic() - known[0] < self._seconds:
            return known[1]
        rows = self.store.with_key(TOKEN + id_)
        if rows and self._seconds:
            with self._turn:
                self._known[id_] = (time.monotonic(), rows[0])
        return rows[0] if rows else None

    def _used(self, row: Setting, kept: _Kept) -> None:
        """Note it, now and then, and never in the way of the request."""
        now = self._now()
        if kept.last_used_at and now - kept.last_used_at < _USED_EVERY:
            return
        value = kept.model_copy(update={"last_used_at": now}).model_dump_json()
        try:
            changed = self.store.put(row.user_id, row.key, value, seen=row.updated_at)
        except (Conflict, DBSpendError):
            return
        with self._turn:
            if row.key.removeprefix(TOKEN) in self._known:
                self._known[row.key.removeprefix(TOKEN)] = (time.monotonic(), changed)


def _digest(secret: str) -> str:
    """A secret of 256 random bits needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _kept(row: Setting) -> _Kept | None:
    try:
        return _Kept.model_validate_json(row.value)
    except (ValidationError, json.JSONDecodeError):
        return None


def _token(row: Setting) -> Token | None:
    kept = _kept(row)
    if kept is None:
        return None
    return Token(
        row.key.removeprefix(TOKEN),
        kept.name,
        frozenset(kept.scope),
        kept.created_at,
        kept.expires_at,
        kept.last_used_at,
    )
