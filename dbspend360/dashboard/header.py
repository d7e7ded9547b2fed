"""The head of every page: name, pages, the bell, how fresh the data is, link, theme."""

from datetime import datetime
from typing import Any

from dash import html

from dbspend360.dashboard import ids
from dbspend360.dashboard.account_menu import account_menu
from dbspend360.dashboard.elements import aria, data, icon
from dbspend360.dashboard.keys_dialog import keys_button, keys_dialog, skip_link
from dbspend360.dashboard.tree import Tree
from dbspend360.models.summary import Bounds
from dbspend360.theme import count, day, plural

_THEMES = {"system": "circle-half", "light": "sun", "dark": "moon-stars"}


def layout() -> html.Header:
    """The dashboard's; `assets/actions.js` gives the buttons their work."""
    return page_tools("/")


def page_tools(here: str) -> html.Header:
    """That of a page with figures: how fresh they are, refresh, and a link to them."""
    return page_header(
        here,
        html.Span(id=ids.FRESHNESS, className="header__fresh"),
        Tree(
            [
                _button("arrow-clockwise", "Ask the warehouse again", "refresh", ids.REFRESH),
                _button("link-45deg", "Copy a link to this view", "copy-link", "copy-link"),
            ]
        ),
    )


def page_header(here: str, *tools: Any) -> html.Header:  # noqa: ANN401
    """The header of the page at the address `here`, with its own tools before the theme."""
    return html.Header(
        [
            skip_link(),
            html.Div(
                [
                    Tree(html.A("DBSpend360", href="/", className="header__name")),
                    html.Nav(
                        [
                            Tree(html.A("Spend", href="/", **_link(here == "/"))),
                            html.A(
                                bell(None), href="/alerts", id=ids.BELL, **_link(here == "/alerts")
                            ),
                            Tree(html.A("Reports", href="/reports", **_link(here == "/reports"))),
                        ],
                        className="header__pages",
                        **aria(label="Pages"),
                    ),
                ],
                className="header__lead",
            ),
            html.Div(
                [*tools, Tree([keys_button(), _themes(), *account_menu()])],
                className="header__tools",
            ),
            keys_dialog(),
        ],
        className="header",
    )


def _link(is_here: bool) -> dict[str, Any]:
    return {"className": "header__page"} | (aria(current="page") if is_here else {})


def bell(number: int | None) -> list[Any]:
    """What the link to the alerts holds: how many incidents are open; none while not known."""
    if not number:
        return [icon("bell"), "Alerts"]
    words = f"{plural(number, 'incident')} open"
    badge = html.Span(
        count(number) if number < 100 else "99+", className="header__count", title=words
    )
    return [icon("bell"), "Alerts ", badge]


def freshness(bounds: Bounds, asked_at: datetime) -> list[Any]:
    """Data through 20 Nov 2026 · as of 3 min ago. The page keeps the minutes true."""
    known = f"Data through {day(bounds.last_date)}" if bounds.last_date else "No data yet"
    stamp = asked_at.isoformat(timespec="seconds")
    return [
        html.Span(known, title="The last UTC day with records"),
        " · ",
        html.Span("as of just now", className="header__as-of", **data(as_of=stamp)),
    ]


def _button(drawing: str, words: str, action: str, button: str) -> html.Button:
    return html.Button(
        icon(drawing),
        id=button,
        className="icon-button",
        title=words,
        **data(action=action) | aria(label=words),
    )


def _themes() -> html.Div:
    return html.Div(
        [
            _button(drawing, f"{name.capitalize()} theme", f"theme-{name}", f"theme-{name}")
            for name, drawing in _THEMES.items()
        ],
        className="theme-switch",
        role="group",
        **aria(label="Theme"),
    )
