"""What the page has to say: odd links, demo data, parts that failed, nothing to show."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from dash import html

from dbspend360.dashboard.elements import data, icon
from dbspend360.dashboard.links import view_link
from dbspend360.errors import DBSpendError, NoData, NotYet, TooLarge, Unreachable, WarehouseError
from dbspend360.models.answer import Answer
from dbspend360.models.person import Deed
from dbspend360.models.summary_words import nothing_ran as nothing_ran_words
from dbspend360.models.view_query import Problem
from dbspend360.models.view_state import ViewState
from dbspend360.services.current_user import current_caller
from dbspend360.theme import day, day_range


def problems_message(problems: Iterable[Problem]) -> list[Any]:
    """What in the link made no sense, one line each; nothing when all did."""
    lines = [html.Li(f"{each.field}: {each.problem}.") for each in problems]
    if not lines:
        return []
    return [
        note(
            drawing="exclamation-triangle",
            children=[
                html.Strong("Part of this link made no sense and was left out."),
                html.Ul(lines, className="message__list"),
            ],
            kind="warning",
        )
    ]


def demo_message() -> html.Div:
    """Says that the figures are invented, and how to see real ones."""
    lead = [html.Strong("Demo data. "), "These jobs are invented. "]
    if not _may_import():
        return note([*lead, "An admin can import your own."])
    return note(
        [
            *lead,
            "To see your own, ",
            html.A("import a file", href="/import"),
            " (CSV or Parquet), here or with ",
            html.Code("dbspend360 import job_spends.csv"),
            ".",
        ],
    )


def remarks(*, is_demo: bool, remark: str) -> list[html.Div]:
    """What is to be known about the data as a whole, whatever the view."""
    said = [note([remark])] if remark else []
    return [demo_message(), *said] if is_demo else said


def outage_message(parts: Iterable[Answer[Any] | DBSpendError]) -> list[html.Div]:
    """Why the page is not as new as it should be; nothing when it is.

    Either the warehouse is still at work, or some answers are old ones.
    """
    found = list(parts)
    late = [each for each in found if isinstance(each, NotYet)]
    old = [each for each in found if isinstance(each, Answer) and each.outage]
    if late:
        return [_late_message(min(late, key=lambda each: each.since))]
    return [_old_message(min(old, key=lambda each: each.asked_at))] if old else []


def alerts_message(trouble: DBSpendError | None) -> list[html.Div]:
    """Why the marks of alerts are missing; nothing when they are not."""
    if trouble is None or isinstance(trouble, NoData):
        return []
    if isinstance(trouble, NotYet):
        words = "The alerts are still being looked up: their marks follow by themselves."
        return [note([words], **data(watch="warehouse"))]
    action: html.A | html.Button = html.Button("Retry", className="button", **data(action="retry"))
    words = "Alerts could not be looked up, so nothing is marked. "
    if isinstance(trouble, TooLarge):
        action = html.A("Change the rules", href="/alerts", className="button")
        words = "Your rules would mark too much, so nothing is marked. "
    return [
        note(
            drawing="exclamation-triangle",
            children=[
                html.Strong(words),
                f"{trouble} ",
                html.Span([action], className="message__actions"),
            ],
        )
    ]


def alerts_only_message(view: ViewState) -> list[html.Div]:
    """What it means that the table shows alerts only; nothing when it shows everything."""
    if not view.alerts:
        return []
    everything = view_link("Show all rows", view, {"alerts": ""}, class_name="button")
    return [
        note(
            [
                "The table shows only what has an alert, and its last row adds up only that. "
                "Cards and charts still show everything. ",
                html.Span([everything], className="message__actions"),
            ],
            drawing="bell",
        )
    ]


def _old_message(oldest: Answer[Any]) -> html.Div:
    stamp = _iso(oldest.asked_at)
    return note(
        drawing="exclamation-triangle",
        children=[
            html.Strong("The warehouse does not answer right now. "),
            "What you see is what it said before, ",
            html.Span(f"as of {stamp}", **data(as_of=stamp)),
            f". {oldest.outage} Newer figures follow by themselves. ",
            html.Span(
                [
                    html.Button("Retry now", className="button", **data(action="retry")),
                    _check_link(),
                ],
                className="message__actions",
            ),
        ],
        kind="warning",
        **data(watch="warehouse"),
    )


def _late_message(error: NotYet) -> html.Div:
    return note(
        [
            html.Strong(f"{error} "),
            "A stopped warehouse needs seconds when it is serverless, else up to five minutes. "
            "This page goes on by itself: you have waited ",
            html.Span("a moment", **data(elapsed_since=_iso(error.since))),
            ".",
            html.Progress(className="waking", max="300", value="0"),
        ],
        **data(watch="warehouse"),
    )


def failure(error: DBSpendError, part: str) -> html.Div:
    """In place of a part that could not be drawn."""
    if isinstance(error, NotYet):
        return _waiting(part)
    if isinstance(error, NoData):
        return _empty(error)
    watch = data(watch="warehouse") if isinstance(error, Unreachable) else {}
    mend = [_check_link()] if isinstance(error, WarehouseError) else []
    return html.Div(
        [
            icon("exclamation-triangle"),
            html.Span([html.Strong(f"{part} could not be loaded. "), str(error)]),
            html.Div(
                [html.Button("Retry", className="button", **data(action="retry")), *mend],
                className="state__actions",
            ),
        ],
        className="state state--failure",
        role="alert",
        **watch,
    )


def _empty(error: NoData) -> html.Div:
    """In place of everything, before there is any data."""
    if not _may_import():
        return html.Div("There is no data yet: an admin can import it.", className="state")
    link = html.A("Import a file, or use demo data", href="/import", className="button")
    return html.Div([html.P(str(error)), link], className="state")


def _may_import() -> bool:
    return current_caller().person.may(Deed.ADMINISTER)


def _check_link() -> html.A:
    return html.A("What is wrong?", href="/check", className="button")


def _waiting(part: str) -> html.Div:
    return html.Div(
        f"{part} will be here as soon as the warehouse answers.",
        className="state state--waiting",
        role="status",
        **data(watch="warehouse"),
    )


def nothing_ran(view: ViewState, nearest: tuple[date | None, date | None]) -> html.Div:
    """In place of a chart without a single record: where the nearest data is."""
    earlier, later = nearest
    what = "that matches these filters" if _is_filtered(view) else "at all"
    parts: list[Any] = [html.P(html.Strong(nothing_ran_words(view)))]
    found = earlier or later
    if found is None:
        parts.append(html.P(f"There is no data {what}."))
        if _is_filtered(view):
            parts.append(view_link("Clear the job filter", view, _NO_FILTERS, class_name="button"))
    else:
        parts.append(html.P(f"The nearest data is from {day(found)}."))
        parts.append(_window(view, found, earlier is not None))
    return html.Div(parts, className="state")


_NO_FILTERS = {"job_name": "", "workspace_id": "", "job_id": "", "cluster_id": ""}


def _is_filtered(view: ViewState) -> bool:
    return any(getattr(view, name) for name in _NO_FILTERS)


def _window(view: ViewState, found: date, is_earlier: bool) -> html.A:
    """A link to as many days as are shown now, with the nearest data at the near end."""
    length = view.end_date - view.start_date
    first, last = (found - length, found) if is_earlier else (found, found + length)
    change = {"preset": "", "start_date": str(first), "end_date": str(last)}
    return view_link(f"Show {day_range(first, last)}", view, change, class_name="button")


def note(
    children: list[Any],
    *,
    drawing: str = "info-circle",
    kind: str = "note",
    **more: Any,  # noqa: ANN401
) -> html.Div:
    """A line among the messages; a `warning` stands out."""
    return html.Div(
        [
            icon(drawing),
            html.Div(children),
        ],
        className=f"message message--{kind}",
        **more,
    )


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
