"""What the page of a job says beside its cards and its chart."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dbspend360.dashboard.breakdown_facts import copied_id
from dbspend360.dashboard.elements import data
from dbspend360.dashboard.highlights import Marks
from dbspend360.dashboard.links import view_link
from dbspend360.models.alert import Alert
from dbspend360.models.incident import Incident
from dbspend360.models.job import JobName, job_path
from dbspend360.models.run import run_text
from dbspend360.models.summary import PeriodSum, RunKey
from dbspend360.models.view_query import write_query
from dbspend360.models.view_state import ViewState
from dbspend360.services.alert_desk import ViewAlerts
from dbspend360.services.alert_marks import alert_words, reasons
from dbspend360.theme import count, day, day_range, plural, span, usd
from dbspend360.warehouse.base import Row, Rows

MOST_RUNS = 50
MOST_CLUSTERS = 8
MOST_ALERTS = 8
MOST_NAMES = 20

_Alerts = Mapping[RunKey, Sequence[Alert]]


def back_link(view: ViewState) -> html.A:
    """To the dashboard as it was left; assets/job.js keeps its address."""
    address = f"/?{write_query(view)}".removesuffix("?")
    return html.A("‹ Back to the dashboard", href=address, className="job__back", **data(back=""))


def job_head(names: Sequence[JobName], job_id: str, view: ViewState) -> list[Any]:
    """The latest name, the ids to copy, and which days the page is about.

    `names`: of this job, and of others with the same id in other workspaces.
    """
    workspace = names[0].workspace_id
    others = {each.workspace_id for each in names} - {workspace}
    name = job_title(names, job_id)
    period = day_range(view.start_date, view.end_date)
    return [
        back_link(view),
        html.H1(name, className="job__name", dir="auto"),
        html.P(
            [
                html.Span(["Job ", copied_id(job_id)]),
                html.Span(["Workspace ", copied_id(workspace)]) if workspace else None,
                html.Span(f"{period} · {plural(view.days, 'UTC day')}"),
                *[_other(each, job_id) for each in sorted(others)],
            ],
            className="job__ids",
        ),
    ]


def job_title(names: Sequence[JobName], job_id: str) -> str:
    """The latest name it has in its workspace."""
    own = (each.job_name for each in names if each.workspace_id == names[0].workspace_id)
    return next(filter(None, own), f"job {job_id}")


def _other(workspace: str, job_id: str) -> html.Span:
    path = job_path(workspace, job_id)
    words = f"workspace {workspace}" if workspace else "no workspace"
    return html.Span(["The same id: ", html.A(words, href=path, **data(job=path))])


def unknown_job(view: ViewState) -> list[Any]:
    """In place of everything else."""
    return [
        back_link(view),
        html.Div(
            [
                html.H1("There is no such job", className="job__name"),
                html.P("No record in the data has this job id. Was the whole link copied?"),
            ],
            className="panel state",
        ),
    ]


def runs_table(rows: Rows, shown: PeriodSum | None, view: ViewState, found: ViewAlerts) -> Any:  # noqa: ANN401
    """The runs, newest first, each a link to its breakdown; below them the sums of all.

    `shown`: what the view of the job adds up to; None while that is not known.
    """
    if not rows:
        return html.Div("No run of this job in these days.", className="state")
    titles = ("Run", "Days (UTC)", "EC2", "Databricks", "Total")
    return html.Div(
        [
            html.Table(
                [
                    html.Thead(html.Tr([html.Th(each) for each in titles])),
                    html.Tbody([_run(each, view, found.by_run) for each in rows]),
                    html.Tfoot(_sums(shown)) if shown else None,
                ],
                className="records job__runs",
            ),
            _more_runs(rows, shown, view),
        ],
        className="job__table",
    )


def _run(row: Row, view: ViewState, alerts: _Alerts) -> html.Tr:
    key = RunKey(*(str(row[name]) for name in ("workspace_id", "job_id", "run_id")))
    link = view_link(html.Code(key.run_id, dir="auto"), view, {}, run=run_text(key))
    first, last = row["first_date"], row["last_date"]
    costs = (row["ec2_cost"], row["databricks_cost"], row["total_cost"])
    return html.Tr(
        [
            html.Td([link, *_tag(alerts.get(key, ()))]),
            html.Td(span(first, last)),  # type: ignore[arg-type]  # days
            *[html.Td(usd(each)) for each in costs],  # type: ignore[arg-type]  # decimals
        ],
        **data(value=str(row["total_cost"])),
    )


def _tag(alerts: Sequence[Alert]) -> list[Any]:
    if not alerts:
        return []
    words = alert_words(alerts)
    return [" ", html.Span(words, className="tag tag--alert", title=reasons(alerts))]


def _sums(shown: PeriodSum) -> html.Tr:
    costs = (shown.known_ec2_cost, shown.databricks_cost, shown.total_spend)
    words = f"All {plural(shown.total_runs, 'run')}"
    return html.Tr([html.Th(words), html.Td(), *[html.Td(usd(each)) for each in costs]])


def _more_runs(rows: Rows, shown: PeriodSum | None, view: ViewState) -> html.P | None:
    if shown is None or shown.total_runs <= len(rows):
        return None
    names = ("workspace_id", "job_id")
    own = ViewState(
        start_date=view.start_date,
        end_date=view.end_date,
        preset=view.preset,
        **{name: str(rows[0][name]) for name in names},
    )
    words = f"The newest {count(len(rows))}. All of them in the table ›"
    return html.P(html.A(words, href=f"/?{write_query(own)}"), className="panel__note")


def clusters_list(rows: Rows, view: ViewState) -> Any:  # noqa: ANN401
    """The clusters that the job's runs used, dearest first."""
    if not rows:
        return html.P("None in these days.", className="panel__note")
    shown = rows[:MOST_CLUSTERS]
    more = html.P("and more", className="panel__note") if len(rows) > len(shown) else None
    return html.Div(
        [html.Ul([_cluster(each, view) for each in shown], className="job__list"), more]
    )


def _cluster(row: Row, view: ViewState) -> html.Li:
    cluster = row["cluster_id"]
    name: Any = "serverless"
    if cluster:
        own = ViewState(
            start_date=view.start_date,
            end_date=view.end_date,
            preset=view.preset,
            cluster_id=str(cluster),
        )
        title = "All that ran on it, on the dashboard"
        name = html.A(html.Code(str(cluster)), href=f"/?{write_query(own)}", title=title)
    runs = int(str(row["runs"]))
    cost = usd(row["total_cost"])  # type: ignore[arg-type]  # a decimal
    return html.Li([html.Span(name), html.Span(plural(runs, "run")), html.Strong(cost)])


def alerts_list(found: Marks, incidents: Sequence[Incident] | None, view: ViewState) -> Any:  # noqa: ANN401
    """The incidents of the job, whatever the days, and its alerts in the days shown."""
    alerts = found.alerts.alerts
    lines = [_incident(each) for each in (incidents or ())[:MOST_ALERTS]]
    lines += [_alert(each, view) for each in alerts[:MOST_ALERTS]]
    is_known = incidents is not None and found.trouble is None
    more = len(alerts) - MOST_ALERTS
    notes = [f"and {plural(more, 'older alert')}"] if more > 0 else []
    notes += [] if is_known else ["They are not all known right now."]
    if not lines and is_known:
        notes = ["No alerts in these days."]
    said = [html.P(each, className="panel__note") for each in notes]
    return html.Div([html.Ul(lines, className="job__list job__list--words"), *said])


def _incident(incident: Incident) -> html.Li:
    words = f"Incident, {incident.state}: {incident.rule.words.lower()}"
    link = html.A(f"{words} ›", href=f"/alerts?incident={incident.id}")
    return html.Li([link, html.Span(f"since {day(incident.opened_at.date())}")])


def _alert(alert: Alert, view: ViewState) -> html.Li:
    seen = alert.observed
    words: Any = f"{alert.subject}: {alert.reason}"
    if seen.run_id is not None:
        key = RunKey(seen.workspace_id, seen.job_id, seen.run_id)
        words = view_link(words, view, {}, run=run_text(key))
    return html.Li([html.Span(words), html.Span(day(seen.last_date))])


def names_list(names: Sequence[JobName]) -> Any:  # noqa: ANN401
    """What the job was called, the latest name first, with the days of each."""
    own = [each for each in names if each.workspace_id == names[0].workspace_id]
    lines = [
        html.Li(
            [
                html.Span(each.job_name or "without a name", dir="auto"),
                html.Span(day_range(each.first_date, each.last_date)),
            ]
        )
        for each in own[:MOST_NAMES]
    ]
    more = len(own) - len(lines)
    note = html.P(f"and {plural(more, 'older name')}", className="panel__note") if more else ""
    return html.Div([html.Ul(lines, className="job__list job__list--words"), note])
