"""The views that somebody gave a name."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dbspend360.dashboard import ids
from dbspend360.dashboard.elements import data
from dbspend360.dashboard.schedule_card import delete_menu
from dbspend360.dashboard.schedule_controls import OTHER
from dbspend360.dashboard.view_line import view_line
from dbspend360.services.report_rows import KeptView


def layout() -> html.Section:
    """The panel, waiting."""
    return html.Section(
        [
            html.Div(html.H2("Saved views", className="panel__title"), className="panel__head"),
            html.Div(html.Div(className="skeleton"), id=ids.SAVED_VIEWS, className="views"),
        ],
        className="panel side__views",
    )


def saved_views(views: Sequence[KeptView]) -> list[Any]:
    """Each with what it shows, a link to it, and what can be done."""
    if not views:
        return [
            html.Div(
                [
                    html.P(html.Strong("No saved views yet.")),
                    html.P(
                        "On the dashboard, choose the days, the job and the rows that you look at "
                        "often, then “Save this view…” above the table."
                    ),
                ],
                className="state",
            )
        ]
    return [html.Ul([_view(each) for each in views], className="views__list")]


def view_options(views: Sequence[KeptView]) -> list[dict[str, str]]:
    """For the form; the script reads the link out of the value, behind the question mark."""
    return [OTHER, *({"label": e.view.name, "value": f"{e.id}?{e.view.query}"} for e in views)]


def _view(kept: KeptView) -> html.Li:
    query = kept.view.query
    return html.Li(
        [
            html.Div(
                [
                    html.Span(kept.view.name, className="views__name", dir="auto"),
                    html.Span(view_line(query), className="views__line", dir="auto"),
                ],
                className="views__words",
            ),
            html.Div(
                [
                    html.A("Open", href=f"/?{query}", className="button"),
                    html.Button(
                        "Schedule",
                        className="button",
                        title="Put it into the form of a new schedule",
                        **data(action="schedule-saved", query=query, name=kept.view.name),
                    ),
                    delete_menu(
                        "Schedules of it stay as they are.",
                        "Delete this view",
                        data(action="report", what="delete_view", id=kept.id),
                    ),
                ],
                className="views__deeds",
            ),
        ],
        key=kept.id,
        className="views__view",
    )
