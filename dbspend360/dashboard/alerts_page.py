"""The page `/alerts`: what stands where, and the scripts that join its parts."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from dbspend360.dashboard import alert_fields, alert_form, alert_trial, ids, inbox
from dbspend360.dashboard.chart_table import register_chart
from dbspend360.dashboard.elements import CONTENT, aria, page_title
from dbspend360.dashboard.explain import definitions
from dbspend360.dashboard.header import page_header


def layout() -> html.Div:
    """The whole page, waiting for its first answers. It asks nothing itself."""
    return html.Div(
        [
            dcc.Location(id=ids.ALERTS_URL, refresh=False),
            *[dcc.Store(id=each) for each in _STORES],
            page_header("/alerts"),
            html.Main(
                [
                    page_title("Alerts"),
                    html.Div(id="connection", role="alert"),
                    inbox.layout(),
                    html.Div(
                        [alert_form.layout(alert_trial.layout()), alert_trial.list_layout()],
                        className="side__column",
                    ),
                ],
                **CONTENT,
                className="page side alerts",
            ),
            definitions(),
            html.Div(id="toast", className="toast-line", role="status", **aria(live="polite")),
        ]
    )


_STORES = (
    ids.THEME,
    ids.INBOX_QUESTION,
    ids.CONFIG_QUESTION,
    ids.CONFIG_ANSWER,
    ids.TRIAL_QUESTION,
    ids.TRIAL_ANSWER,
    ids.TRIAL_SOURCE,
)


def register_scripts(app: Dash) -> None:
    """Join the parts in the browser: see assets/alerts.js."""
    fields = list(alert_fields.FIELDS)
    _script(app, "alerts", "arrive", Input(ids.ALERTS_URL, "search"))
    _script(app, "alerts", "drawn", Input(ids.INBOX, "children"), prevent_initial_call=True)
    _script(
        app,
        "alerts",
        "fill",
        *[Output(each, "value") for each in fields],
        Input(ids.CONFIG_ANSWER, "data"),
        prevent_initial_call=True,
    )
    _script(
        app,
        "alerts",
        "changed",
        Output(ids.CONFIG_SAVE, "disabled"),
        Output(ids.CONFIG_CHANGES, "children"),
        *[Output(each, "disabled") for each in alert_fields.BELOW_A_SWITCH],
        *[Input(each, "value") for each in fields],
        Input(ids.TRIAL_ANSWER, "data"),
        Input(ids.CONFIG_ANSWER, "data"),
        State(ids.TRIAL_QUESTION, "data"),
    )
    register_chart(app, ids.TRIAL_CHART, ids.TRIAL_SOURCE)


def _script(app: Dash, room: str, name: str, *wires: Any, **options: Any) -> None:  # noqa: ANN401
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction(room, name), *wires, **options
    )
