"""Who has signed in, as a signed cookie says: nothing of it is kept on the server.

A cookie cannot be called back before it expires. What ends it earlier: another password, a name
that is gone (both `basic`), or another key.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from flask import Flask, Request, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature

from dbspend360.models.person import Person, Role
from dbspend360.services.people import Account, People
from dbspend360.settings import Settings
from dbspend360.signin.secret import secret_key

_WHO, _PROOF, _GROUPS, _BY = "who", "proof", "groups", "by"
_PASSWORD, _PROVIDER = "password", "provider"

# How far the clock of the server that signed may be ahead of the one that reads: without this, of
# two servers whose clocks differ by a second each asks people whom the other has let in to sign in.
_AHEAD = timedelta(minutes=1)

RoleOf = Callable[[str, Sequence[str]], Role | None]


def prepare(server: Flask, settings: Settings) -> None:
    """Say how cookies are signed and sent.

    Raises:
        BadSettings: there is no key to sign with.
    """
    is_behind_tls = settings.public_url.startswith("https://")
    server.secret_key = secret_key(settings)
    server.session_interface = _Cookies(is_behind_tls)
    server.config.update(
        # No other host can set a cookie of this name, and no page without TLS.
        SESSION_COOKIE_NAME="__Host-dbspend360" if is_behind_tls else "dbspend360",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,  # it lasts as long as it was said to
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
    )


class _Cookies(SecureCookieSessionInterface):
    def __init__(self, is_behind_tls: bool) -> None:
        self._is_behind_tls = is_behind_tls

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether it is sent by TLS only."""
        return self._is_behind_tls or request.is_secure

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie says, unless it is older than it may be, or from the future."""
        reader = self.get_signing_serializer(app)
        if reader is None:
            return None
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        try:
            said, signed_at = reader.loads(cookie, return_timestamp=True)
        except BadSignature:
            return self.session_class()
        age = datetime.now(UTC) - signed_at
        is_good = -_AHEAD <= age <= app.permanent_session_lifetime
        return self.session_class(said if is_good else None)


def begin_session(who: str, *, proof: str = "", groups: Sequence[str] = ()) -> None:
    """Sign somebody in; nothing of an earlier session is kept."""
    session.clear()
    session.permanent = True
    by = _PASSWORD if proof else _PROVIDER
    session.update({_WHO: who, _PROOF: proof, _GROUPS: list(groups), _BY: by})


def end_session() -> None:
    """Sign whoever asks out."""
    session.clear()


def with_password(people: People) -> Person | None:
    """Who has signed in with a password that still holds, with the role they have now."""
    account = people.find(str(session.get(_WHO, ""))) if session.get(_BY) == _PASSWORD else None
    return _person(account) if account and account.proof == session.get(_PROOF) else None


def with_groups(role_of: RoleOf) -> Person | None:
    """Who has signed in at an identity provider, with the groups they had then."""
    who = session.get(_WHO)
    if not isinstance(who, str) or not who or session.get(_BY) != _PROVIDER:
        return None
    groups = [str(each) for each in session.get(_GROUPS, ())]
    return Person(who, role_of(who, groups))


def _person(account: Account) -> Person:
    return Person(account.id, account.role)
