"""The figures of a chart as a table, for whoever does not see it or wants to read exact dollars.

The rows are made in the browser, from the points of the chart and only when they are asked for:
see assets/chart_table.js.
"""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from dbspend360.dashboard import ids
from dbspend360.dashboard.elements import aria

_WORDS = "Show as a table"


def table_id(chart: str) -> str:
    """Where the table of a chart is."""
    return f"{chart}-table"


def described(chart: dcc.Graph, words: str) -> html.Div:
    """A chart with what it shows in words: a picture for whoever does not see it."""
    return html.Div(chart, role="img", **aria(label=words))


def chart_table(chart: str, title: str, rows: Any = None) -> html.Details:  # noqa: ANN401
    """What unfolds below a chart; `title` says what the table holds."""
    return html.Details(
        [
            html.Summary(_WORDS, id=f"{chart}-as-table", **aria(label=f"{_WORDS}: {title}")),
            html.Div(
                rows,
                id=table_id(chart),
                className="chart-table__frame",
                role="region",
                tabIndex=0,
                **aria(label=title),
            ),
        ],
        className="chart-table",
    )


def register_painting(app: Dash, chart: str, source: str) -> None:
    """Draw the figure of a store in the colours of the theme: see assets/paint.js."""
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("paint", "figure"),
        Output(chart, "figure"),
        Input(source, "data"),
        Input(ids.THEME, "data"),
    )


def register_chart(app: Dash, chart: str, source: str) -> None:
    """The same, and fill the chart's table from the store."""
    register_painting(app, chart, source)
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("chart_table", "rows"),
        Output(table_id(chart), "children"),
        Input(source, "data"),
        Input(f"{chart}-as-table", "n_clicks"),
    )
