"""`/account`: who somebody is here, and their tokens."""

from collections.abc import Sequence
from datetime import datetime

from flask import Flask, Response, redirect, request
from markupsafe import Markup

from dbspend360.errors import DBSpendError
from dbspend360.models.person import Deed, Person
from dbspend360.services.current_user import current_caller
from dbspend360.services.permissions import doing
from dbspend360.services.tokens import LONGEST_NAME, Token, Tokens
from dbspend360.signin.plain import Links, error_line, form, plain_page

ACCOUNT, MAKE, REVOKE = "/account", "/account/tokens", "/account/tokens/revoke"

_WHO = Markup("<p>{} · {}</p>")
_NEW = Markup(
    """<div class="plain__new" role="status">
<p><strong>Copy this token now: it is not shown again.</strong></p>
<input class="form-control form__input plain__code" readonly value="{secret}" aria-label="Token">
<p>Send it with each request: <code>Authorization: Bearer {start}…</code></p>
</div>"""
)
_TABLE = Markup(
    """<table class="plain__table"><thead><tr><th>Name</th><th>May</th><th>Made</th><th>Expires</th>
<th>Last used</th><th><span class="unseen">Revoke</span></th></tr></thead><tbody>
{rows}
</tbody></table>"""
)
_ROW = Markup(
    """<tr><td>{name}</td><td>{scope}</td><td>{made}</td><td>{expires}</td><td>{used}</td>
<td>{revoke}</td></tr>"""
)
_NONE = Markup("<p>You have no tokens. Make one for a script that asks the API.</p>")
_CHOICE = Markup(
    """<label class="plain__choice"><input type="checkbox" name="scope" value="{deed}"{checked}>
{words}</label>"""
)
_FIELDS = Markup(
    """<label class="form__label" for="name">Name</label>
<input class="form-control form__input" id="name" name="name" maxlength="{longest}" required
 placeholder="such as nightly export">
<fieldset class="plain__choices"><legend class="form__label">It may</legend>{choices}</fieldset>
<label class="form__label" for="days">Days until it expires</label>
<input class="form-control form__input" id="days" name="days" type="number" min="1" max="{most}"
 value="{days}" required>
<button class="button button--main">Make a token</button>"""
)
_MORE = Markup('<section class="plain__card"><h2>{}</h2>\n{}</section>')
_WORDS = {
    Deed.READ: "read spend, and take files",
    Deed.CHANGE: "change rules and schedules",
    Deed.MAIL: "send mail",
    Deed.ADMINISTER: "administer",
}
_NO_SIGN_IN = Markup(
    "<p>Nobody signs in here, so scripts need no token: see <code>DBSPEND360_AUTH</code>.</p>"
)
_USUAL_DAYS = 90


def register(server: Flask, tokens: Tokens | None, links: Links) -> None:
    """Add the page; None: there is no sign-in."""

    @server.get(ACCOUNT)
    def account() -> Response:
        if tokens is None:
            return plain_page(links, "Tokens", _NO_SIGN_IN)
        return _page(tokens, links)

    if tokens is None:
        return

    @server.post(MAKE)
    def make() -> Response:
        person = current_caller().person
        name, scope = request.form.get("name", ""), request.form.getlist("scope")
        days = request.form.get("days", "")
        try:
            with doing(Deed.READ, "token.make", name=name, scope=", ".join(scope), days=days):
                chosen = [each for each in Deed if each in scope]
                secret = tokens.make(person, name, chosen, int(days) if days.isdecimal() else 0)
        except DBSpendError as error:
            return _page(tokens, links, error=error)
        return _page(tokens, links, secret=secret)

    @server.post(REVOKE)
    def revoke() -> Response:
        id_ = request.form.get("id", "")
        try:
            with doing(Deed.READ, "token.revoke", token=id_):
                tokens.revoke(current_caller().person.id, id_)
        except DBSpendError as error:
            return _page(tokens, links, error=error)
        answer: Response = redirect(ACCOUNT, 303)  # type: ignore[assignment]  # Werkzeug's
        return answer


def _page(
    tokens: Tokens, links: Links, *, secret: str = "", error: DBSpendError | None = None
) -> Response:
    person = current_caller().person
    try:
        found = tokens.of(person.id)
    except DBSpendError as trouble:
        found, error = [], error or trouble
    role = person.role.value.capitalize() if person.role else "No role"
    parts = [
        _WHO.format(person.id, role),
        error_line(str(error)) if error else Markup(""),
        _NEW.format(secret=secret, start=secret[:12]) if secret else Markup(""),
        _table(found) if found else _NONE,
        _MORE.format("A new token", form(MAKE, _fields(person, tokens.most_days))),
    ]
    status = error.status if error else 200
    return plain_page(links, "Tokens", Markup("\n").join(parts), status=status)


def _fields(person: Person, most_days: int) -> Markup:
    choices = [
        _CHOICE.format(
            deed=each, words=_WORDS[each], checked=Markup(" checked") if each is Deed.READ else ""
        )
        for each in Deed
        if person.may(each)
    ]
    return _FIELDS.format(
        longest=LONGEST_NAME,
        choices=Markup("\n").join(choices),
        most=most_days,
        days=min(_USUAL_DAYS, most_days),
    )


def _table(found: Sequence[Token]) -> Markup:
    return _TABLE.format(rows=Markup("\n").join(_row(each) for each in found))


def _row(token: Token) -> Markup:
    hidden = Markup('<input type="hidden" name="id" value="{}">').format(token.id)
    button = Markup('<button class="button">Revoke</button>')
    return _ROW.format(
        name=token.name,
        scope=", ".join(each for each in Deed if each in token.scope),
        made=_day(token.created_at),
        expires=_day(token.expires_at),
        used=_day(token.last_used_at) if token.last_used_at else "never",
        revoke=form(REVOKE, hidden + button),
    )


def _day(moment: datetime) -> str:
    return f"{moment:%d %b %Y}"
