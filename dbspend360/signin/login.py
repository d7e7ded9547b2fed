"""`/login` and `/logout`."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, redirect, request
from markupsafe import Markup

from dbspend360.errors import DBSpendError
from dbspend360.models.person import Person
from dbspend360.services.current_user import Caller, current_caller, working_for
from dbspend360.services.people import Account
from dbspend360.services.permissions import note
from dbspend360.signin.limits import count_login
from dbspend360.signin.plain import Links, error_line, form, plain_page
from dbspend360.signin.routes import LOGIN, LOGOUT
from dbspend360.signin.sessions import begin_session, end_session

WRONG = "This name and this password do not go together."
_LONGEST_NEXT = 8000  # letters; a browser's address
_SIGNED_OUT = "You are signed out."


class WrongPassword(DBSpendError):
    """Nobody has this name and this password."""

    status = 401
    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__(WRONG)


Check = Callable[[str, str], Account | None]  # a name and a password

_NAME = Markup(
    """<label class="form__label" for="name">Name</label>
<input class="form-control form__input" id="name" name="name" value="{name}" autocomplete="username"
 autocapitalize="none" spellcheck="false" required{focus_name}>
<label class="form__label" for="password">Password</label>
<input class="form-control form__input" id="password" name="password" type="password"
 autocomplete="current-password" required{focus_password}>
<input type="hidden" name="next" value="{next}">
<button class="button button--main">Sign in</button>"""
)
_PROVIDER = Markup('<p><a class="button button--main" href="{}">Sign in with {}</a></p>')
_WORDS = Markup("<p>{}</p>")


def with_password(server: Flask, check: Check, links: Links) -> None:
    """Add the page that asks for a name and a password."""

    @server.get(LOGIN)
    def ask() -> Response:
        return _asking(links, where=safe_next(request.args.get("next", "")))

    @server.post(LOGIN)
    def answer() -> Response:
        name, where = request.form.get("name", ""), safe_next(request.form.get("next", ""))
        try:
            count_login(name)
            account = check(name, request.form.get("password", ""))
            if account is None:
                raise WrongPassword
        except DBSpendError as error:
            note("login", "refused", name=name, why=str(error))
            return _asking(links, where=where, name=name, error=error)
        return signed_in(account.id, lambda: begin_session(account.id, proof=account.proof), where)

    _add_logout(server)


def with_provider(server: Flask, provider: str, start: str, links: Links) -> None:
    """Add the page that leads to an identity provider; `start` is where our way there begins."""

    @server.get(LOGIN)
    def ask() -> Response:
        where = safe_next(request.args.get("next", ""))
        address = f"{start}?{urlencode({'next': where})}"
        if "out" not in request.args:
            return _to(address)
        body = _WORDS.format(_SIGNED_OUT) + _PROVIDER.format(address, provider)
        return plain_page(links, "Sign in", body, kind="plain plain--narrow")

    _add_logout(server)


def signed_in(who: str, begin: Callable[[], None], where: str) -> Response:
    """Begin the session, write it down, and go on to where the person wanted to."""
    begin()
    caller = current_caller()
    with working_for(Caller(Person(who, None), caller.address, caller.note)):
        note("login", "done")
    return _to(safe_next(where))


def safe_next(where: str) -> str:
    """A path of ours, or the dashboard: no link may lead from our login to somebody else."""
    parts = urlsplit(where) if _is_fit(where) else None
    is_ours = parts is not None and not parts.scheme and not parts.netloc
    return where if is_ours and not where.startswith((LOGIN, LOGOUT)) else "/"


def _is_fit(where: str) -> bool:
    """A browser takes a backslash for a slash, and leaves out tabs and line ends."""
    starts = where.startswith("/") and not where.startswith("//")
    return starts and len(where) <= _LONGEST_NEXT and "\\" not in where and where.isprintable()


def _add_logout(server: Flask) -> None:
    @server.post(LOGOUT)
    def leave() -> Response:
        note("logout", "done")
        end_session()
        return _to(f"{LOGIN}?out=1")

    @server.get(LOGOUT)
    def no_link() -> Response:
        return _to("/")  # a picture on somebody's page must not sign anybody out


def _asking(
    links: Links, *, where: str, name: str = "", error: DBSpendError | None = None
) -> Response:
    focus = Markup(" autofocus")
    fields = _NAME.format(
        name=name[:320],
        next=where,
        focus_name="" if name else focus,
        focus_password=focus if name else "",
    )
    body = _said(error) + form(LOGIN, fields)
    status = error.status if error else 200
    response = plain_page(links, "Sign in", body, status=status, kind="plain plain--narrow")
    response.retry_after = error.retry_after_seconds if error else None
    return response


def _said(error: DBSpendError | None) -> Markup:
    if error:
        return error_line(str(error))
    return _WORDS.format(_SIGNED_OUT) if "out" in request.args else Markup("")


def _to(address: str) -> Response:
    response = redirect(address, 303)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]  # Werkzeug's is the one that Flask makes
