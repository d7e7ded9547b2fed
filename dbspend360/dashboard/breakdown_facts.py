"""The words and figures of the breakdown."""

from decimal import Decimal
from typing import Any
from urllib.parse import quote

from dash import html

from dbspend360.dashboard.elements import aria, data, icon, swatch, titled
from dbspend360.dashboard.explain import explain
from dbspend360.models.job_cost import ENOUGH_RUNS
from dbspend360.models.run import Run, RunRecord
from dbspend360.services.normal import Normal
from dbspend360.theme import UNKNOWN, count, day, day_range, percent, plural, usd
from dbspend360.warehouse.spends import HISTORY_RUNS

MOST_RECORDS = 200
MOST_CLUSTERS = 5


def reason(run: Run, normal: Normal | None, earlier: int) -> html.Div:
    """How the run compares with this job's earlier ones, in a sentence."""
    if normal is None:
        seen = plural(earlier, "earlier run") if earlier else "no earlier run"
        words = f"Learning: {seen} in 30 days, {ENOUGH_RUNS} are needed to say what is normal."
        return html.Div(words, className="reason")
    basis = f"Median of its last {plural(normal.runs, 'run')} in 30 days is {usd(normal.median)}"
    difference = run.total_cost - normal.median
    if run.total_cost > normal.high and difference > 0:
        times = run.total_cost / normal.median if normal.median > 0 else None
        lead = f"{times:.1f}x this job's normal. " if times else "Above this job's normal. "
        return html.Div(
            [html.Strong(lead), f"{basis}; this run cost {usd(difference)} more."],
            className="reason reason--dear"
            if times is None or times >= Decimal("1.5")
            else "reason",
        )
    lead = "Below this job's normal. " if run.total_cost < normal.low else "Normal for this job. "
    way = "less" if difference < 0 else "more"
    return html.Div(
        [html.Strong(lead), f"{basis}; this run cost {usd(abs(difference))} {way}."],
        className="reason",
    )


def facts(run: Run, inside: Decimal | None, view_total: Decimal, workspace_url: str) -> list[Any]:
    """Ids to copy, days, records, share of the view, and the two costs.

    `inside`: what of the run's cost the view holds; None when it does not show the run.
    """
    rows = [
        ("Run", [copied_id(run.key.run_id), _workspace_link(run, workspace_url)]),
        ("Job id", copied_id(run.key.job_id)),
        ("Workspace", copied_id(run.key.workspace_id) if run.key.workspace_id else None),
        ("Cluster", _clusters(run)),
        ("Run as", html.Span(run.run_as, dir="auto") if run.run_as else None),
        ("Result", run.result_state or None),
        ("Days (UTC)", f"{day_range(*run.days)} · {plural(len(run.records), 'record')}"),
        ("Share of view", _share(inside, view_total)),
        ("In this view", _cut(run, inside)),
    ]
    listed = [
        (html.Dt(_explained(name)), html.Dd(value)) for name, value in rows if value is not None
    ]
    return [
        html.Dl([cell for pair in listed for cell in pair], className="facts"),
        html.Div([_part(run, "databricks"), _part(run, "ec2"), _whole(run)], className="legend"),
    ]


_EXPLAINED = {"Share of view": "share-of-view", "In this view": "in-this-view"}


def _explained(name: str) -> Any:  # noqa: ANN401
    return titled(name, explain(_EXPLAINED[name])) if name in _EXPLAINED else name


def copied_id(text: str) -> html.Span:
    """An id with the button that copies it."""
    return html.Span(
        [
            html.Code(text, dir="auto"),
            html.Button(
                icon("copy"),
                className="copy",
                title="Copy",
                **data(copy=text) | aria(label=f"Copy {text}"),
            ),
        ],
        className="facts__id",
    )


def _clusters(run: Run) -> Any:  # noqa: ANN401
    if not run.clusters:
        return "no cluster of its own (serverless)"
    more = len(run.clusters) - MOST_CLUSTERS
    shown = [copied_id(each) for each in run.clusters[:MOST_CLUSTERS]]
    return [*shown, f" and {count(more)} more"] if more > 0 else shown


def _workspace_link(run: Run, workspace_url: str) -> html.A | None:
    if not workspace_url:
        return None
    job, number = (quote(part, safe="") for part in (run.key.job_id, run.key.run_id))
    address = f"{workspace_url.rstrip('/')}/jobs/{job}/runs/{number}"
    if run.key.workspace_id:
        address += f"?o={quote(run.key.workspace_id, safe='')}"
    return html.A(
        ["open in workspace ", icon("box-arrow-up-right")],
        href=address,
        target="_blank",
        rel="noopener noreferrer",
    )


def _share(inside: Decimal | None, view_total: Decimal) -> str:
    if inside is None:
        return "none: these dates and filters leave this run out"
    if view_total <= 0:
        return UNKNOWN
    share = inside / view_total * 100
    return (
        f"{'under 0.1 %' if 0 < share < Decimal('0.05') else percent(share)} of {usd(view_total)}"
    )


def _cut(run: Run, inside: Decimal | None) -> str | None:
    """Only where the dates or filters cut the run."""
    if inside is None or inside == run.total_cost:
        return None
    return f"{usd(inside)} of the whole run's {usd(run.total_cost)}"


def _part(run: Run, kind: str) -> html.Span:
    name, cost = ("EC2", run.ec2_cost) if kind == "ec2" else ("Databricks", run.databricks_cost)
    share = ""
    if cost is not None and run.total_cost > 0:
        share = f" · {percent(cost / run.total_cost * 100)}"
    words = usd(cost)
    if kind == "ec2" and cost is None:
        words = f"{UNKNOWN} not known" if run.clusters else f"{UNKNOWN} inside the Databricks price"
    return html.Span(
        [swatch(kind), f"{name} ", html.Strong(words), share],
        className="legend__part",
        **data(value="" if cost is None else str(cost)),
    )


def _whole(run: Run) -> html.Span:
    return html.Span(["Total ", html.Strong(usd(run.total_cost))], className="legend__part")


def history_note(normal: Normal | None) -> str:
    """What the band is."""
    basis = f"30 days up to its day, {HISTORY_RUNS} runs at most"
    return f"{basis} · band: four of five of them" if normal else basis


def records_table(run: Run) -> html.Div | None:
    """The run's records, when there are more than one."""
    if len(run.records) < 2:
        return None
    titles = ("Day (UTC)", "Cluster", "EC2", "Databricks", "Total")
    shown = run.records[:MOST_RECORDS]
    left = len(run.records) - len(shown)
    return html.Div(
        [
            html.H3(f"{plural(len(run.records), 'record')} of this run"),
            html.Table(
                [
                    html.Thead(html.Tr([html.Th(each) for each in titles])),
                    html.Tbody([_record(each) for each in shown]),
                    html.Tfoot(_record_total(run)),
                ],
                className="records",
            ),
            html.P(f"and {count(left)} more, added up above", className="panel__note")
            if left
            else None,
        ]
    )


def _record(record: RunRecord) -> html.Tr:
    total = (record.ec2_cost or 0) + (record.databricks_cost or 0)
    return html.Tr(
        [
            html.Td(day(record.usage_date)),
            html.Td(html.Code(record.cluster_id or UNKNOWN)),
            html.Td(usd(record.ec2_cost)),
            html.Td(usd(record.databricks_cost)),
            html.Td(usd(Decimal(total))),
        ]
    )


def _record_total(run: Run) -> html.Tr:
    cells = [usd(run.ec2_cost), usd(run.databricks_cost), usd(run.total_cost)]
    return html.Tr([html.Th("Whole run"), html.Td(), *(html.Td(each) for each in cells)])
