"""Who has signed in, and what only they can do about it: at the right end of the header."""

from dash import html

from dbspend360.dashboard.elements import aria
from dbspend360.models.person import Deed, Person
from dbspend360.services.current_user import current_caller


def account_menu() -> list[html.Details]:
    """The menu of whoever asks; nothing where nobody signs in."""
    caller = current_caller()
    return [_menu(caller.person, caller.can_sign_out)] if caller.person.id else []


def _menu(person: Person, can_sign_out: bool) -> html.Details:
    role = person.role.value.capitalize() if person.role else "No role"
    letter = html.Span(person.id[:1].upper(), className="account__letter", **aria(hidden="true"))
    links = [_link("Tokens", "For scripts that ask the API", "/account")]
    if person.may(Deed.ADMINISTER):
        links.append(_link("Import", "Records from a CSV or Parquet file", "/import"))
        links.append(_link("Admin", "The audit log, and who may come in", "/admin"))
        links.append(_link("Check", "What is configured, and does it work?", "/check"))
    return html.Details(
        [
            html.Summary(
                letter,
                className="button account__button",
                title=person.id,
                **aria(label=f"{person.id}, {role}"),
            ),
            html.Div(
                [
                    html.Div([html.Strong(person.id), html.Span(role)], className="account__who"),
                    html.Hr(className="menu__line"),
                    *links,
                    *(_sign_out() if can_sign_out else ()),
                ],
                className="menu__items",
            ),
        ],
        className="menu account",
    )


def _sign_out() -> list[html.Hr | html.Form]:
    """A form: no link on somebody's page signs anybody out. assets/actions.js makes it ours."""
    button = html.Button(html.Strong("Sign out"), className="menu__item")
    return [
        html.Hr(className="menu__line"),
        html.Form(button, action="/logout", method="POST", className="account__out"),
    ]


def _link(title: str, hint: str, address: str) -> html.A:
    return html.A([html.Strong(title), html.Span(hint)], href=address, className="menu__item")
