"""The page `/job/…`: what stands where, and the scripts that join its parts."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from dbspend360.dashboard import breakdown, ids
from dbspend360.dashboard.elements import aria
from dbspend360.dashboard.header import page_tools
from dbspend360.dashboard.trend import GRAPH_CONFIG


def layout() -> html.Div:
    """The whole page, waiting for its first answer. It asks nothing itself."""
    return html.Div(
        [
            dcc.Location(id=ids.JOB_URL, refresh=False),
            *[dcc.Store(id=each) for each in (ids.JOB_QUESTION, ids.THEME, ids.JOB_CHART_SOURCE)],
            *breakdown.stores(),
            page_tools("/job"),
            html.Main(
                [
                    html.Div(id="connection", role="alert"),
                    html.Div(html.Div(className="skeleton skeleton--number"), id=ids.JOB_HEAD),
                    html.Div(
                        html.Div(id=ids.JOB_MESSAGES), className="messages", **aria(live="polite")
                    ),
                    html.Div(
                        [
                            html.Div(id=ids.JOB_CARDS, className="cards cards--job"),
                            _history(),
                            html.Div([_runs(), _beside()], className="job__columns"),
                        ],
                        id=ids.JOB_PARTS,
                        className="job__parts",
                    ),
                ],
                className="page",
            ),
            breakdown.layout(),
            html.Div(id="toast", className="toast-line", role="status"),
        ]
    )


def _history() -> html.Section:
    return html.Section(
        [
            _head("Spend per day", html.Div(id=ids.JOB_CHART_NOTE, className="legend panel__note")),
            html.Div(
                [
                    dcc.Graph(
                        id=ids.JOB_CHART,
                        config=GRAPH_CONFIG,
                        responsive=True,
                        style={"height": 240},
                    ),
                    html.Div(id=ids.JOB_CHART_STATE),
                ],
                className="trend",
            ),
        ],
        className="panel",
    )


def _runs() -> html.Section:
    return _panel("Runs", ids.JOB_RUNS)


def _beside() -> html.Div:
    return html.Div(
        [
            _panel("Alerts", ids.JOB_ALERTS),
            _panel("Clusters", ids.JOB_CLUSTERS),
            _panel("Names", ids.JOB_NAMES),
        ],
        className="job__beside",
    )


def _panel(title: str, part: str) -> html.Section:
    waiting = [html.Div(className="skeleton") for _ in range(3)]
    return html.Section([_head(title), html.Div(waiting, id=part)], className="panel")


def _head(title: str, *more: Any) -> html.Div:  # noqa: ANN401
    return html.Div([html.H2(title, className="panel__title"), *more], className="panel__head")


def register_scripts(app: Dash) -> None:
    """Join the parts in the browser: see assets/job.js and paint.js."""
    _script(app, "job", "follow", Output(ids.BREAKDOWN, "is_open"), Input(ids.JOB_URL, "search"))
    _script(app, "job", "shut", Input(ids.BREAKDOWN, "is_open"), prevent_initial_call=True)
    _script(app, "job", "drawn", Input(ids.JOB_HEAD, "children"), prevent_initial_call=True)
    for chart, source in (
        (ids.JOB_CHART, ids.JOB_CHART_SOURCE),
        (ids.BREAKDOWN_PIE, ids.PIE_SOURCE),
        (ids.BREAKDOWN_HISTORY, ids.HISTORY_SOURCE),
    ):
        _script(
            app,
            "paint",
            "figure",
            Output(chart, "figure"),
            Input(source, "data"),
            Input(ids.THEME, "data"),
        )


def _script(app: Dash, room: str, name: str, *wires: Any, **options: Any) -> None:  # noqa: ANN401
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction(room, name), *wires, **options
    )
