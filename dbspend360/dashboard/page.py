"""The page: what stands where, and the scripts that join its parts."""

from collections.abc import Sequence
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from dbspend360.dashboard import (
    breakdown,
    breakdown_charts,
    budget_dialog,
    cards,
    changes,
    export_menu,
    filters,
    grid,
    header,
    ids,
    mail_dialog,
    save_view,
    top_jobs,
    trend,
)
from dbspend360.dashboard.chart_table import register_chart
from dbspend360.dashboard.elements import CONTENT, aria, page_title
from dbspend360.dashboard.explain import definitions
from dbspend360.dashboard.tree import Tree

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
{%favicon%}
{%css%}
<script src="HEAD_JS" data-plotly="PLOTLY_JS"></script>
</head>
<body>
{%app_entry%}
<noscript>DBSpend360 draws its page with JavaScript: please switch it on.</noscript>
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""

METAS = [
    {"name": "viewport", "content": "width=device-width, initial-scale=1"},
    {"name": "color-scheme", "content": "light dark"},
]


_LINKS = (ids.EXPORT_PDF, ids.EXPORT_XLSX, ids.EXPORT_CSV, ids.EXPORT_CSV_EXCEL)


def layout(remarks: Sequence[Any] = ()) -> html.Div:
    """The whole page, waiting for its first answer. It asks nothing itself.

    `remarks`: what is said above everything, there from the start so that nothing moves later.
    """
    return html.Div(
        [
            dcc.Location(id=ids.URL, refresh=False),
            *[dcc.Store(id=each) for each in (ids.VIEW, ids.SHOWN, ids.THEME)],
            *breakdown.stores(),
            *mail_dialog.stores(),
            *save_view.stores(),
            *budget_dialog.stores(),
            header.layout(),
            html.Main(
                [
                    page_title("Spend"),
                    filters.layout(),
                    html.Div(id="connection", role="alert"),
                    html.Div(
                        [
                            html.Div([*remarks], id=ids.VIEW_MESSAGES),
                            html.Div(id=ids.TABLE_MESSAGES),
                        ],
                        id=ids.MESSAGES,
                        className="messages",
                        **aria(live="polite"),
                    ),
                    html.Div(Tree(cards.waiting_cards()), id=ids.CARDS, className="cards"),
                    html.Div([trend.layout(), top_jobs.layout()], className="charts"),
                    changes.layout(),
                    grid.layout(),
                ],
                **CONTENT,
                className="page",
            ),
            breakdown.layout(),
            mail_dialog.layout(),
            save_view.layout(),
            budget_dialog.layout(),
            export_menu.panel(),
            definitions(),
            html.Div(id="toast", className="toast-line", role="status"),
        ]
    )


def register_scripts(app: Dash) -> None:
    """Join the parts in the browser: see assets/view.js, table.js, export.js and paint.js."""
    _controls_and_url(app)
    _rows(app)
    _dialogs(app)
    _exports(app)
    register_chart(app, ids.CHART_TREND, ids.TREND_SOURCE)
    breakdown_charts.register_scripts(app)


def _controls_and_url(app: Dash) -> None:
    _script(
        app,
        "view",
        "follow",
        Output(ids.FILTER_PRESET, "value"),
        Output(ids.FILTER_DATES, "start_date"),
        Output(ids.FILTER_DATES, "end_date"),
        Output(ids.FILTER_JOB, "value"),
        Output(ids.FILTER_GROUP, "value"),
        Output(ids.BREAKDOWN, "is_open"),
        *[Output(each, "href") for each in _LINKS],
        Input(ids.URL, "search"),
        Input(ids.SHOWN, "data"),
    )
    _no_output(
        app,
        "changed",
        [
            Input(ids.FILTER_PRESET, "value"),
            Input(ids.FILTER_DATES, "start_date"),
            Input(ids.FILTER_DATES, "end_date"),
            Input(ids.FILTER_JOB, "value"),
            Input(ids.FILTER_GROUP, "value"),
            Input(ids.BREAKDOWN, "is_open"),
        ],
    )
    _no_output(app, "row_clicked", [Input(ids.GRID, "cellClicked")])
    _no_output(app, "day_clicked", [Input(ids.CHART_TREND, "clickData")])


def _rows(app: Dash) -> None:
    _script(
        app,
        "table",
        "follow",
        Output(ids.GRID, "columnDefs"),
        Output(ids.COLUMN_CHOICE, "options"),
        Output(ids.COLUMN_CHOICE, "value"),
        Input(ids.URL, "search"),
        Input(ids.SHOWN, "data"),
        State(ids.GRID_COLUMNS, "data"),
    )
    _script(
        app,
        "table",
        "ask",
        Output(ids.ROWS_QUESTION, "data"),
        Input(ids.GRID, "getRowsRequest"),
        State(ids.GRID_COLUMNS, "data"),
        prevent_initial_call=True,
    )
    _script(
        app,
        "table",
        "deliver",
        Output(ids.GRID_TITLE, "children"),
        Output(ids.GRID_STATE, "children"),
        Output(ids.TABLE_MESSAGES, "children"),
        Input(ids.ROWS_ANSWER, "data"),
        prevent_initial_call=True,
    )
    _script(
        app,
        "table",
        "choose_columns",
        Input(ids.COLUMN_CHOICE, "value"),
        State(ids.COLUMN_CHOICE, "options"),
        prevent_initial_call=True,
    )


def _dialogs(app: Dash) -> None:
    _script(
        app,
        "mail",
        "changed",
        Output(ids.MAIL_SEND, "disabled"),
        Output(ids.MAIL_CHANGES, "children"),
        Input(ids.MAIL_RECIPIENTS, "value"),
        Input(ids.MAIL_KIND, "value"),
        Input(ids.MAIL_MESSAGE, "value"),
        Input(ids.MAIL_DIALOG, "is_open"),
        Input(ids.MAIL_VERDICT, "data"),
        Input(ids.MAIL_STATE, "data"),
        prevent_initial_call=True,
    )
    for name, store in (("watched", ids.MAIL_STATE), ("view_kept", ids.VIEW_ANSWER)):
        _script(app, "mail", name, Input(store, "data"), prevent_initial_call=True)
    _script(app, "budget", "told", Input(ids.BUDGET_ANSWER, "data"), prevent_initial_call=True)


def _exports(app: Dash) -> None:
    for name, store in (("progress", ids.EXPORT_PROGRESS), ("answer", ids.EXPORT_ANSWER)):
        _script(app, "exports", name, Input(store, "data"), prevent_initial_call=True)


def _no_output(app: Dash, name: str, inputs: list[Any]) -> None:
    _script(app, "view", name, *inputs, prevent_initial_call=True)


def _script(app: Dash, room: str, name: str, *wires: Any, **options: Any) -> None:  # noqa: ANN401
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction(room, name), *wires, **options
    )
