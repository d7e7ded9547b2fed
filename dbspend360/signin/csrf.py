"""No foreign page changes anything in the name of whoever is signed in.

A page of ours sends back what stands in a cookie that only our pages can read. Dash does so by
itself with each callback: the names are its own. A plain form has `csrf_field()`.
"""

import secrets
from collections.abc import Callable
from hashlib import sha256
from hmac import compare_digest

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadSignature, Signer
from markupsafe import Markup

from dbspend360.api.body import is_from_foreign_page
from dbspend360.errors import DBSpendError, NotOurPage
from dbspend360.services.current_user import current_user
from dbspend360.settings import Settings

COOKIE = "_csrf_token"
HEADER = "X-CSRFToken"
FIELD = "csrf_token"

_READING = ("GET", "HEAD", "OPTIONS")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_OURS = "dbspend360.csrf"


class Tokens:
    """What our pages send back: signed by us, for one person."""

    def __init__(self, secret: Callable[[], str | bytes]) -> None:
        self._secret = secret

    def fresh(self, person: str) -> str:
        """A new one."""
        return self._signer(person).sign(secrets.token_urlsafe(16)).decode()

    def is_of(self, token: str, person: str) -> bool:
        """Whether we have made it for this person."""
        try:
            self._signer(person).unsign(token.encode("utf-8", "surrogatepass"))
        except BadSignature:
            return False
        return True

    def _signer(self, person: str) -> Signer:
        salt = b"csrf " + person.encode("utf-8", "surrogatepass")
        return Signer(self._secret(), salt, key_derivation="hmac", digest_method=sha256)


def register(server: Flask, settings: Settings, refuse: Callable[[DBSpendError], Response]) -> None:
    """Ask for the token whatever changes something, and give it to every page."""
    ours = settings.secret_key.get_secret_value() or secrets.token_hex(32)  # before the fork
    tokens = Tokens(lambda: server.secret_key or ours)
    server.extensions[_OURS] = tokens

    @server.before_request
    def only_from_our_pages() -> Response | None:
        if request.method in _READING or (not is_from_foreign_page() and _may_change(tokens)):
            return None
        return refuse(NotOurPage("Reload the page and try again."))

    @server.after_request
    def give(response: Response) -> Response:
        # A page that is older than the server's secret gets one, too: its next attempt is heard.
        if response.mimetype == "text/html" or (
            response.status_code == NotOurPage.status and not is_from_foreign_page()
        ):
            _keep(response)
        return response


def csrf_field() -> Markup:
    """What a form of plain HTML needs inside of it."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, _token())


def _may_change(tokens: Tokens) -> bool:
    if request.headers.get("Authorization", "").lower().startswith("bearer "):
        return True  # no browser adds that by itself
    if not _is_of_a_browser():
        is_bare = not request.mimetype and not request.content_length  # no form is
        return request.method != "POST" or request.is_json or is_bare
    kept = request.cookies.get(COOKIE, "")
    sent = request.headers.get(HEADER) or _in_form()
    is_same = compare_digest(sent.encode("utf-8", "replace"), kept.encode("utf-8", "replace"))
    return bool(sent) and is_same and tokens.is_of(sent, current_user())


def _is_of_a_browser() -> bool:
    """Or of what may be one: it has something that the browser adds by itself."""
    return "Cookie" in request.headers or any(
        name == "Origin" or name.startswith("Sec-Fetch-") for name, _ in request.headers
    )


def _in_form() -> str:
    return request.form.get(FIELD, "") if request.mimetype in _FORMS else ""


def _token() -> str:
    """The one of the cookie, as long as it holds for whoever asks; else a new one."""
    tokens: Tokens = current_app.extensions[_OURS]
    person = current_user()
    made_for, token = g.get("csrf", (None, ""))
    if made_for != person:
        kept = request.cookies.get(COOKIE, "")
        token = kept if tokens.is_of(kept, person) else tokens.fresh(person)
        g.csrf = (person, token)
    return str(token)


def _keep(response: Response) -> None:
    token = _token()
    if token != request.cookies.get(COOKIE):
        response.set_cookie(COOKIE, token, samesite="Lax", secure=request.is_secure)
        response.headers["Cache-Control"] = "no-store"
