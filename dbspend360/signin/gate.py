"""The gate: each request passes it first, and goes on with who asks."""

from collections.abc import Callable, Sequence

from flask import Flask, Response, g, request

from dbspend360.errors import DBSpendError, NotSignedIn
from dbspend360.models.person import EVERYBODY, NOBODY, Deed, Person
from dbspend360.services.audit import Note
from dbspend360.services.current_user import Caller, begin_caller, end_caller
from dbspend360.services.permissions import require
from dbspend360.signin.routes import needed

OWN = "dbspend360.own"  # in the environment of a request that we make ourselves: no client can

Identify = Callable[[], Person | None]  # looks at the request; None: it does not say
Refuse = Callable[[DBSpendError], Response]


def register(
    server: Flask,
    ways: Sequence[Identify],
    note: Note,
    refuse: Refuse,
    *,
    has_login: bool = False,
) -> None:
    """Let nobody pass who is not known and may not; the first of `ways` that knows them counts.

    `has_login`: there is a page to sign in, and one can sign out again.
    """

    @server.before_request
    def enter() -> Response | None:
        g.caller = None  # until the next line has worked
        rule = request.url_rule
        deed = needed(rule.rule if rule else None)
        try:
            person = _person(ways, is_open=deed is None)
            g.caller = begin_caller(
                Caller(person, request.remote_addr or "", note, can_sign_out=has_login)
            )
            _check(person, deed)
        except DBSpendError as error:
            return refuse(error)
        return None

    @server.teardown_request
    def leave(_error: BaseException | None) -> None:
        token = g.pop("caller", None)
        if token:
            end_caller(token)


def _person(ways: Sequence[Identify], *, is_open: bool) -> Person:
    if OWN in request.environ:
        return EVERYBODY
    try:
        return next((found for way in ways if (found := way())), NOBODY)
    except DBSpendError:  # whoever knows people is out of order, and health is asked all the same
        if is_open:
            return NOBODY
        raise


def everybody() -> Person:
    """Without a sign-in."""
    return EVERYBODY


def _check(person: Person, deed: Deed | None) -> None:
    if deed is None:
        return
    if person is NOBODY:
        raise NotSignedIn("Sign in first.")
    require(deed)
