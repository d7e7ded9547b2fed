"""What became of each report that was mailed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dash import html

from dbspend360.dashboard import ids
from dbspend360.dashboard.elements import data, icon, titled
from dbspend360.dashboard.explain import explain
from dbspend360.dashboard.moments import local_moment, utc_moment
from dbspend360.dashboard.report_progress import Progress, progress
from dbspend360.dashboard.schedule_card import recipients
from dbspend360.dashboard.view_line import view_line
from dbspend360.services.report_history import PastReport
from dbspend360.services.report_mail import size_words
from dbspend360.theme import day

MOST_SHOWN = 20
MOST_OLDER = 80


def layout() -> html.Section:
    """The panel, waiting."""
    return html.Section(
        [
            html.Div(
                [
                    titled(html.H2("History", className="panel__title"), explain("report-history")),
                    html.Span("newest first", className="panel__note"),
                ],
                className="panel__head",
            ),
            html.Div(html.Div(className="skeleton"), id=ids.DELIVERIES, className="log"),
        ],
        className="panel side__log",
    )


def deliveries(
    found: Sequence[PastReport], zones: Mapping[str, str], now: datetime, kept_days: int
) -> list[Any]:
    """The newest ones, and older ones folded away. `zones` are those of the schedules, by id."""
    if not found:
        return [_empty(kept_days)]
    rows = [_row(e, zones, now, kept_days) for e in found[: MOST_SHOWN + MOST_OLDER]]
    return [html.Ul(rows[:MOST_SHOWN], className="log__list"), *_older(rows, len(found))]


def _empty(kept_days: int) -> html.Div:
    return html.Div(
        [
            html.P(html.Strong("Nothing was mailed yet.")),
            html.P(
                "Every report comes here with how it went, to whom, and its file, which is kept "
                f"for {kept_days} days."
            ),
        ],
        className="state",
    )


def _older(rows: list[html.Li], number: int) -> list[Any]:
    older, left = rows[MOST_SHOWN:], number - len(rows)
    if not older:
        return []
    more = html.P(f"and {left:,} older ones", className="panel__note") if left > 0 else None
    inside = [html.Summary(f"{number - MOST_SHOWN:,} older"), html.Ul(older, className="log__list")]
    return [html.Details([*inside, more], className="log__older")]


def _row(past: PastReport, zones: Mapping[str, str], now: datetime, kept_days: int) -> html.Li:
    found = progress(past, now)
    return html.Li(
        [
            html.Div(
                [
                    html.Strong(past.name, className="log__name", dir="auto"),
                    html.Span(found.tag, className=f"tag tag--{found.kind}"),
                ],
                className="log__head",
            ),
            html.Div(
                [
                    f"{_when(past, zones)} · {past.kind.words} to ",
                    recipients(past.recipients),
                    " · ",
                    html.A(view_line(past.order.query), href=f"/?{past.order.query}", dir="auto"),
                ],
                className="log__what",
            ),
            _outcome(past, found),
            *_file(past, kept_days),
        ],
        key=past.id,
        className=f"log__row log__row--{found.kind}",
        **data(delivery=past.id, state=found.kind),
    )


def _when(past: PastReport, zones: Mapping[str, str]) -> str:
    zone = zones.get(past.schedule_id)
    when = local_moment(past.due_at, zone) if zone else utc_moment(past.due_at)
    if not past.order.is_by_hand:
        return f"Due {when}"
    who = f" by {past.order.who}" if past.order.who else ""
    return f"By hand{who}, {when}"


def _outcome(past: PastReport, found: Progress) -> html.Div:
    again = html.Button(
        "Send again",
        className="button",
        title="With the same Message-ID: most mail servers drop a second one",
        **data(action="report", what="send_again", id=past.id),
    )
    is_offered = past.can_send_again and found.kind != "going"
    bar = html.Progress(className="waking") if found.kind == "going" else None
    return html.Div(
        [html.Span(found.words), again if is_offered else None, bar],
        className=f"log__outcome log__outcome--{found.kind}",
    )


def _file(past: PastReport, kept_days: int) -> list[html.Div]:
    """A link while there is a file; a word when there is none any more."""
    if past.file is None:
        return []
    if not past.is_kept:
        return [html.Div(f"{past.file.name} is not kept any more.", className="log__file")]
    until = max(past.due_at, past.delivery.created_at) + timedelta(days=kept_days)
    cut = " · the first rows only" if past.file.is_cut else ""
    return [
        html.Div(
            [
                html.A([icon("download"), past.file.name], href=f"/reports/files/{past.id}"),
                f" {size_words(past.file.size)} · kept until {day(until.date())}{cut}",
            ],
            className="log__file",
        )
    ]
