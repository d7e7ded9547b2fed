"""The jobs that cost most, each a link to its own view."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from dash import html

from dbspend360.dashboard import ids
from dbspend360.dashboard.cards import split_bar
from dbspend360.dashboard.chart_table import chart_table
from dbspend360.dashboard.elements import aria, data, icon, titled
from dbspend360.dashboard.explain import explain
from dbspend360.dashboard.links import job_link, view_link
from dbspend360.dashboard.tree import Tree
from dbspend360.models.alert import Alert
from dbspend360.models.summary import ZERO, JobSpend
from dbspend360.models.summary_words import Change, job_change
from dbspend360.models.view_state import ViewState
from dbspend360.services.alert_marks import reasons
from dbspend360.theme import plural, short_usd, usd


def layout() -> html.Section:
    """The card, waiting."""
    waiting = [html.Div(className="skeleton") for _ in range(8)]
    return html.Section(
        [
            html.Div(
                [
                    Tree(
                        titled(
                            html.H2("Top jobs", className="panel__title"),
                            explain("top-jobs", "change"),
                        )
                    ),
                    html.Span("change on the period before", className="panel__note"),
                ],
                className="panel__head",
            ),
            html.Div(Tree(waiting), id=ids.CHART_TOP_JOBS, className="top-jobs"),
            chart_table(ids.CHART_TOP_JOBS, "Top jobs in US dollars"),
        ],
        className="panel",
    )


def top_jobs(
    jobs: list[JobSpend],
    view: ViewState,
    *,
    comparable: bool = True,
    is_early: bool = False,
    alerts: Mapping[tuple[str, str], Sequence[Alert]] | None = None,
) -> list[html.Div] | html.Div:
    """One row per job: name, two-coloured bar, dollars, change. Exact dollars on hover.

    `comparable`: the data holds the whole period before, so a change can be told. `is_early`: days
    are not complete, so a fall may be a delay. `alerts` by workspace and job: a job with some has
    a dot.
    """
    if not jobs:
        return html.Div("No job ran in these days.", className="state")
    most = max(max(job.total_cost for job in jobs), Decimal("0.01"))
    known = alerts or {}
    return [
        _row(
            job,
            most,
            view,
            job_change(job, comparable=comparable, is_early=is_early),
            known.get((job.workspace_id, job.job_id), ()),
        )
        for job in jobs
    ]


_HEADS = ("Job", "Databricks", "EC2", "Total", "Period before", "Change")


def top_jobs_table(
    jobs: list[JobSpend], *, comparable: bool = True, is_early: bool = False
) -> html.Table:
    """The same jobs with exact dollars."""
    heads = html.Tr([html.Th(each, scope="col") for each in _HEADS])
    rows = [
        _table_row(job, job_change(job, comparable=comparable, is_early=is_early)) for job in jobs
    ]
    return html.Table([html.Thead(heads), html.Tbody(rows)], className="chart-table__rows")


def _table_row(job: JobSpend, change: Change) -> html.Tr:
    costs = (job.databricks_cost, job.ec2_cost, job.total_cost, job.previous_cost)
    cells = [html.Td(each) for each in (*(usd(cost) for cost in costs), change.moved)]
    name = html.Th(job.job_name or f"job {job.job_id}", scope="row", dir="auto")
    return html.Tr([name, *cells])


def _row(
    job: JobSpend, most: Decimal, view: ViewState, change: Change, alerts: Sequence[Alert]
) -> html.Div:
    name = job.job_name or f"job {job.job_id}"
    exact = (
        f"{name}\nDatabricks {usd(job.databricks_cost)}\nEC2 {usd(job.ec2_cost)}\n"
        f"Total {usd(job.total_cost)}\nPeriod before {usd(job.previous_cost)}"
    )
    width = max(job.total_cost, Decimal(0)) / most * 100
    key = (job.workspace_id, job.job_id)
    own_view = view_link(
        [
            html.Span(name, className="top-jobs__name" + _DOT * bool(alerts), dir="auto"),
            html.Span(
                split_bar(job.databricks_cost, job.ec2_cost or ZERO, width_percent=width),
                className="top-jobs__bar",
            ),
            html.Span(short_usd(job.total_cost), className="top-jobs__cost"),
            _change(change),
        ],
        view,
        {"workspace_id": job.workspace_id, "job_id": job.job_id},
        class_name="top-jobs__row",
        title=f"{exact}\n{plural(len(alerts), 'alert')}:\n{reasons(alerts)}" if alerts else exact,
        **data(value=str(job.total_cost)),
    )
    words = f"Open the page of {name}"
    own_page = job_link(
        icon("chevron-right"),
        view,
        key,
        class_name="job-link",
        title=words,
        **aria(label=words),
    )
    return html.Div([own_view, own_page], className="top-jobs__line")


_DOT = " top-jobs__name--alert"


def _change(change: Change) -> html.Span:
    if change.basis:
        return html.Span(change.moved, className="top-jobs__change", title=change.basis)
    way = f" change--{change.way}" if change.moved.endswith("%") else ""
    return html.Span(change.moved, className=f"top-jobs__change{way}")
