"""The head of the page: name, how fresh the data is, link, theme."""

from datetime import datetime
from typing import Any

from dash import html

from dbspend360.dashboard import ids
from dbspend360.dashboard.elements import aria, data, icon
from dbspend360.models.summary import Bounds
from dbspend360.theme import day

_THEMES = {"system": "circle-half", "light": "sun", "dark": "moon-stars"}


def layout() -> html.Header:
    """The header; `assets/view.js` gives the buttons their work."""
    return html.Header(
        [
            html.A("DBSpend360", href="/", className="header__name"),
            html.Div(
                [
                    html.Span(id=ids.FRESHNESS, className="header__fresh"),
                    _button("arrow-clockwise", "Ask the warehouse again", "refresh", ids.REFRESH),
                    _button("link-45deg", "Copy a link to this view", "copy-link", "copy-link"),
                    _themes(),
                ],
                className="header__tools",
            ),
        ],
        className="header",
    )


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
