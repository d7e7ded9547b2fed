"""What the page has to say: odd links, demo data, parts that failed, nothing to show."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from dash import html

from dbspend360.dashboard.elements import data, icon
from dbspend360.dashboard.links import view_link
from dbspend360.errors import DBSpendError
from dbspend360.models.view_query import Problem
from dbspend360.models.view_state import ViewState
from dbspend360.theme import day, day_range


def problems_message(problems: Iterable[Problem]) -> list[Any]:
    """What in the link made no sense, one line each; nothing when all did."""
    lines = [html.Li(f"{each.field}: {each.problem}.") for each in problems]
    if not lines:
        return []
    return [
        _message(
            "exclamation-triangle",
            [
                html.Strong("Part of this link made no sense and was left out."),
                html.Ul(lines, className="message__list"),
            ],
            kind="warning",
        )
    ]


def demo_message() -> html.Div:
    """Says that the figures are invented, and how to see real ones."""
    return _message(
        "info-circle",
        [
            html.Strong("Demo data. "),
            "These jobs are invented. To see your own, run ",
            html.Code("dbspend360 import job_spends.csv"),
            " (CSV or Parquet) and refresh.",
        ],
    )


def failure(error: DBSpendError, part: str) -> html.Div:
    """In place of a part that could not be drawn."""
    return html.Div(
        [
            icon("exclamation-triangle"),
            html.Span([html.Strong(f"{part} could not be loaded. "), str(error)]),
            html.Button("Retry", className="button", **data(action="retry")),
        ],
        className="state state--failure",
        role="alert",
    )


def nothing_ran(view: ViewState, nearest: tuple[date | None, date | None]) -> html.Div:
    """In place of a chart without a single record: where the nearest data is."""
    earlier, later = nearest
    what = "that matches these filters" if _is_filtered(view) else "at all"
    parts: list[Any] = [html.P(html.Strong(f"Nothing ran {_when(view)}."))]
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


def _when(view: ViewState) -> str:
    if view.days == 1:
        return f"on {day(view.start_date)}"
    return f"from {day(view.start_date)} to {day(view.end_date)}"


def _window(view: ViewState, found: date, is_earlier: bool) -> html.A:
    """A link to as many days as are shown now, with the nearest data at the near end."""
    length = view.end_date - view.start_date
    first, last = (found - length, found) if is_earlier else (found, found + length)
    change = {"preset": "", "start_date": str(first), "end_date": str(last)}
    return view_link(f"Show {day_range(first, last)}", view, change, class_name="button")


def _message(drawing: str, children: list[Any], *, kind: str = "note") -> html.Div:
    return html.Div(
        [
            icon(drawing),
            html.Div(children),
        ],
        className=f"message message--{kind}",
    )
