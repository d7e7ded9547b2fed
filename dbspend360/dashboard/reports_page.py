"""The page `/reports`: what stands where, and the scripts that join its parts."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from dbspend360.dashboard import deliveries, ids, reports_board, saved_views, schedule_form
from dbspend360.dashboard.elements import CONTENT, aria, page_title
from dbspend360.dashboard.explain import definitions
from dbspend360.dashboard.header import page_header
from dbspend360.dashboard.schedule_fields import FIELDS

_STORES = (
    ids.REPORTS_QUESTION,
    ids.REPORTS_STATE,
    ids.SCHEDULE_QUESTION,
    ids.SCHEDULE_ANSWER,
    ids.SCHEDULE_TRIAL,
    ids.SCHEDULE_VERDICT,
)


def layout() -> html.Div:
    """The whole page, waiting for its first answers. It asks nothing itself."""
    return html.Div(
        [
            dcc.Location(id=ids.REPORTS_URL, refresh=False),
            *[dcc.Store(id=each) for each in _STORES],
            page_header("/reports"),
            html.Main(
                [
                    page_title("Reports"),
                    html.Div(id="connection", role="alert"),
                    html.Div(id=ids.REPORTS_REMARKS, className="side__whole"),
                    html.Div([reports_board.layout(), deliveries.layout()], className=_COLUMN),
                    html.Div([schedule_form.layout(), saved_views.layout()], className=_COLUMN),
                ],
                **CONTENT,
                className="page side reports-page",
            ),
            definitions(),
            html.Div(id="toast", className="toast-line", role="status", **aria(live="polite")),
        ]
    )


_COLUMN = "side__column"


def register_scripts(app: Dash) -> None:
    """Join the parts in the browser: see assets/reports.js."""
    fields = list(FIELDS)
    _script(app, "arrive", Input(ids.REPORTS_URL, "search"))
    _script(app, "drawn", Input(ids.REPORTS_STATE, "data"), prevent_initial_call=True)
    _script(app, "chosen", Input(ids.FIELD_SAVED_VIEW, "value"), prevent_initial_call=True)
    _script(
        app,
        "fill",
        Output(ids.SCHEDULE_TITLE, "children"),
        *[Output(each, "value") for each in fields],
        Input(ids.SCHEDULE_ANSWER, "data"),
        prevent_initial_call=True,
    )
    _script(
        app,
        "changed",
        Output(ids.SCHEDULE_SAVE, "disabled"),
        Output(ids.SCHEDULE_CHANGES, "children"),
        *[Input(each, "value") for each in fields],
        Input(ids.SCHEDULE_VERDICT, "data"),
        Input(ids.SCHEDULE_ANSWER, "data"),
        Input(ids.FIELD_SAVED_VIEW, "options"),
        State(ids.FIELD_SAVED_VIEW, "value"),
    )


def _script(app: Dash, name: str, *wires: Any, **options: Any) -> None:  # noqa: ANN401
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("reports", name), *wires, **options
    )
