"""What can be done with the view beside looking at it: mail it, schedule it, save it."""

from dash import html

from dbspend360.dashboard.elements import data

_ITEMS = {
    "mail-report": ("Mail this report…", "Once, now, with a preview"),
    "schedule-view": ("Schedule this view…", "Every day, week or month by itself"),
    "save-view": ("Save this view…", "Under a name, to come back to"),
}


def report_items() -> list[html.Button]:
    """For the menu of the view; `assets/mail.js` gives them their work."""
    return [
        html.Button(
            [html.Strong(words), html.Span(hint)], className="menu__item", **data(action=action)
        )
        for action, (words, hint) in _ITEMS.items()
    ]
