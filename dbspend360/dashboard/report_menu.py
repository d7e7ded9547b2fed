"""What can be done with the view beside looking at it: mail it, schedule it, save it."""

import dash_bootstrap_components as dbc
from dash import html

from dbspend360.dashboard import ids
from dbspend360.dashboard.elements import data

_ITEMS = {
    "mail-report": "Mail this report…",
    "schedule-view": "Schedule this view…",
    "save-view": "Save this view…",
}


def report_items() -> list[html.Button]:
    """For a menu; `assets/mail.js` gives them their work."""
    return [
        html.Button(
            words,
            className="dropdown-item",
            role="menuitem",
            **data(action=action, rr_ui_dropdown_item=""),  # so that the arrow keys find it
        )
        for action, words in _ITEMS.items()
    ]


def layout() -> dbc.DropdownMenu:
    """The menu above the table."""
    return dbc.DropdownMenu(
        report_items(),
        id=ids.REPORT_MENU,
        label="Share",
        align_end=True,
        color="light",
        toggle_class_name="button button--menu",
        class_name="columns-menu",
    )
