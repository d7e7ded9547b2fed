"""Who has signed in, and what only they can do about it: at the right end of the header."""

from dash import dcc, html

from dbspend360.dashboard.elements import aria
from dbspend360.models.person import Deed, Person
from dbspend360.services.current_user import current_caller


def account_menu() -> list[html.Details]:
    """The menu of whoever asks; nothing where nobody signs in."""
    person = current_caller().person
    return [_menu(person)] if person.id else []


def _menu(person: Person) -> html.Details:
    role = person.role.value.capitalize() if person.role else "No role"
    links = [_link("Tokens", "For scripts that ask the API", "/account")]
    if person.may(Deed.ADMINISTER):
        links.append(_link("Admin", "The audit log, and who may come in", "/admin"))
        links.append(_link("Check", "What is configured, and does it work?", "/check"))
    return html.Details(
        [
            html.Summary(
                html.Span(
                    person.id[:1].upper(), className="account__letter", **aria(hidden="true")
                ),
                className="button account__button",
                title=person.id,
                **aria(label=f"{person.id}, {role}"),
            ),
            html.Div(
                [
                    html.Div([html.Strong(person.id), html.Span(role)], className="account__who"),
                    html.Hr(className="menu__line"),
                    *links,
                    html.Hr(className="menu__line"),
                    html.Form(
                        [
                            dcc.Input(type="hidden", name="csrf_token", value=""),
                            html.Button(html.Strong("Sign out"), className="menu__item"),
                        ],
                        action="/logout",
                        method="POST",
                    ),
                ],
                className="menu__items",
            ),
        ],
        className="menu account",
    )


def _link(title: str, hint: str, address: str) -> html.A:
    return html.A([html.Strong(title), html.Span(hint)], href=address, className="menu__item")
