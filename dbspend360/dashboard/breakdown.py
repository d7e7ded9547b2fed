"""The breakdown: why one run cost what it did."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, dcc, html

from dbspend360.dashboard import ids
from dbspend360.dashboard.breakdown_alerts import alert_reasons, is_told
from dbspend360.dashboard.breakdown_charts import history_figure, pie_figure
from dbspend360.dashboard.breakdown_facts import facts, history_note, reason, records_table
from dbspend360.dashboard.chart_table import chart_table, described
from dbspend360.dashboard.elements import icon, titled
from dbspend360.dashboard.explain import explain
from dbspend360.dashboard.highlights import Highlights
from dbspend360.dashboard.links import job_link
from dbspend360.dashboard.messages import failure, outage_message
from dbspend360.dashboard.reading import ViewReader
from dbspend360.dashboard.tree import Tree
from dbspend360.dashboard.trend import GRAPH_CONFIG
from dbspend360.errors import BadView, DBSpendError
from dbspend360.models.run import Run, read_run
from dbspend360.models.view_state import ViewState
from dbspend360.services.asking import answered_together
from dbspend360.services.normal import normal_cost
from dbspend360.warehouse.spends import SpendRepository


def layout() -> dbc.Modal:
    """The dialog; opens with `run=` in the URL."""
    return dbc.Modal(
        [
            dbc.ModalHeader(
                html.H2(id=ids.BREAKDOWN_TITLE, className="breakdown__title", dir="auto")
            ),
            dbc.ModalBody(
                [
                    html.Div(id=ids.BREAKDOWN_REASON),
                    html.Div(
                        [
                            described(
                                dcc.Graph(
                                    id=ids.BREAKDOWN_PIE,
                                    config=GRAPH_CONFIG,
                                    responsive=True,
                                    className="breakdown__pie",
                                    style={"height": 200},
                                ),
                                "Ring of Databricks against EC2. Its figures are beside it.",
                            ),
                            html.Div(id=ids.BREAKDOWN_FACTS, className="breakdown__facts"),
                        ],
                        className="breakdown__split",
                    ),
                    html.Div(
                        [
                            titled(
                                html.H3("This job's recent runs"),
                                explain("normal-range", "times-normal", "median-run"),
                            ),
                            html.Span(id=ids.HISTORY_NOTE, className="panel__note"),
                        ],
                        className="panel__head",
                    ),
                    described(
                        dcc.Graph(
                            id=ids.BREAKDOWN_HISTORY,
                            config=GRAPH_CONFIG,
                            responsive=True,
                            className="breakdown__history",
                            style={"height": 180},
                        ),
                        "Chart of this job's recent runs. Its figures are in the table below it.",
                    ),
                    chart_table(ids.BREAKDOWN_HISTORY, "This job's recent runs in US dollars"),
                    html.Div(id=ids.BREAKDOWN_RECORDS),
                ],
                className="breakdown",
            ),
        ],
        id=ids.BREAKDOWN,
        labelledby=ids.BREAKDOWN_TITLE,
        size="lg",
        centered=True,
        scrollable=True,
        is_open=False,
    )


def stores() -> list[dcc.Store]:
    """Outside the dialog, so that they exist while it is shut."""
    return [dcc.Store(id=each) for each in (ids.RUN_QUESTION, ids.PIE_SOURCE, ids.HISTORY_SOURCE)]


_OUTPUTS = (
    Output(ids.BREAKDOWN_TITLE, "children"),
    Output(ids.BREAKDOWN_REASON, "children"),
    Output(ids.PIE_SOURCE, "data"),
    Output(ids.BREAKDOWN_FACTS, "children"),
    Output(ids.HISTORY_SOURCE, "data"),
    Output(ids.HISTORY_NOTE, "children"),
    Output(ids.BREAKDOWN_RECORDS, "children"),
)


def register(
    app: Dash,
    spend: SpendRepository,
    read: ViewReader,
    highlights: Highlights,
    workspace_url: str,
) -> None:
    """Fill the dialog when a run is named."""

    @app.callback(*_OUTPUTS, Input(ids.RUN_QUESTION, "data"), prevent_initial_call=True)
    def show(asked: dict[str, Any]) -> tuple[Any, ...]:
        try:
            return _content(spend, read, highlights, asked, workspace_url)
        except DBSpendError as error:
            return "Run", failure(error, "The breakdown"), None, None, None, "", None


def _content(
    spend: SpendRepository,
    read: ViewReader,
    highlights: Highlights,
    asked: object,
    workspace_url: str,
) -> tuple[Any, ...]:
    if not isinstance(asked, dict) or not isinstance(asked.get("run"), str):
        raise BadView("This link does not name a run.")
    view, _ = read(asked.get("query"))
    found = spend.run(read_run(asked["run"][:2000]))
    run = found.value
    past, summary, inside, marks = answered_together(
        lambda: spend.job_history(run),
        lambda: spend.summary(view),
        lambda: spend.cost_in_view(run, view),
        lambda: highlights.of_run(run),
    )
    history = past.value
    earlier = [each for each in history if each.run_id != run.key.run_id]
    normal = normal_cost([each.total_cost for each in earlier])
    total = summary.value.shown.total_spend
    return (
        _title(run, view),
        [
            *outage_message([found, past, summary, inside]),
            *alert_reasons(marks.value),
            *([] if is_told(marks.value) else [reason(run, normal, len(earlier))]),
        ],
        pie_figure(run),
        Tree(facts(run, inside.value, total, workspace_url)),
        history_figure(history, run, normal),
        history_note(normal),
        Tree(records_table(run)),
    )


def _title(run: Run, view: ViewState) -> html.A:
    name = run.job_name or f"job {run.key.job_id}"
    job = (run.key.workspace_id, run.key.job_id)
    return job_link(
        [name, icon("chevron-right")], view, job, class_name="job-title", title="Open its page"
    )
