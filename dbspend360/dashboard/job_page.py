"""The page `/job/…`: what stands where, and the scripts that join its parts."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from dbspend360.dashboard import breakdown, breakdown_charts, ids
from dbspend360.dashboard.chart_table import chart_table, described, register_chart
from dbspend360.dashboard.elements import CONTENT, aria, titled
from dbspend360.dashboard.explain import definitions, explain
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
                **CONTENT,
            ),
            definitions(),
            breakdown.layout(),
            html.Div(id="toast", className="toast-line", role="status"),
        ]
    )


def _history() -> html.Section:
    return html.Section(
        [
            html.Div(
                [
                    titled(
                        html.H2("Spend per day", className="panel__title"),
                        explain("spend-per-day", "normal-day", "not-complete"),
                    ),
                    html.Div(id=ids.JOB_CHART_NOTE, className="legend panel__note"),
                ],
                className="panel__head",
            ),
            html.Div([_chart(), html.Div(id=ids.JOB_CHART_STATE)], className="trend"),
            chart_table(ids.JOB_CHART, "Spend of this job per day in US dollars"),
        ],
        className="panel",
    )


def _chart() -> html.Div:
    graph = dcc.Graph(id=ids.JOB_CHART, config=GRAPH_CONFIG, responsive=True, style={"height": 240})
    return described(graph, "Bars of what this job cost on each day; the table below has them")


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


def _head(title: str) -> html.Div:
    return html.Div(html.H2(title, className="panel__title"), className="panel__head")


def register_scripts(app: Dash) -> None:
    """Join the parts in the browser: see assets/job.js and paint.js."""
    _script(app, "job", "follow", Output(ids.BREAKDOWN, "is_open"), Input(ids.JOB_URL, "search"))
    _script(app, "job", "shut", Input(ids.BREAKDOWN, "is_open"), prevent_initial_call=True)
    _script(app, "job", "drawn", Input(ids.JOB_HEAD, "children"), prevent_initial_call=True)
    register_chart(app, ids.JOB_CHART, ids.JOB_CHART_SOURCE)
    breakdown_charts.register_scripts(app)


def _script(app: Dash, room: str, name: str, *wires: Any, **options: Any) -> None:  # noqa: ANN401
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction(room, name), *wires, **options
    )
