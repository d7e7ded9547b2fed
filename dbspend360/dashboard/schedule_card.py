"""One schedule as the page /reports shows it."""

from datetime import datetime
from typing import Any

from dash import html

from dbspend360.dashboard.elements import aria, data
from dbspend360.dashboard.moments import local_moment, until
from dbspend360.dashboard.report_progress import people, progress
from dbspend360.dashboard.view_line import view_line
from dbspend360.models.schedule import Schedule
from dbspend360.services.report_history import PastReport
from dbspend360.services.report_rows import KeptSchedule


def schedule_card(kept: KeptSchedule, last: PastReport | None, now: datetime) -> html.Article:
    """What goes to whom and when, how the last one went, and what can be done.

    `last` is its newest delivery.
    """
    schedule = kept.schedule
    return html.Article(
        [
            html.Div(
                [
                    html.H3(kept.name, className="report__name", dir="auto"),
                    _state(kept, last, now),
                ],
                className="report__head",
            ),
            *(_facts(schedule, kept, last, now) if schedule else [_problem(kept)]),
            _deeds(kept),
        ],
        key=kept.id,
        className=f"report report--{_kind(kept)}",
        tabIndex="-1",
        **data(schedule=kept.id) | aria(label=kept.name),
    )


def _kind(kept: KeptSchedule) -> str:
    if kept.schedule is None:
        return "broken"
    return "paused" if kept.schedule.is_paused else "active"


def _state(kept: KeptSchedule, last: PastReport | None, now: datetime) -> html.Span | None:
    """A word where there is something to know."""
    if kept.schedule is None:
        return html.Span("Problem", className="tag tag--failed")
    if kept.schedule.is_paused:
        return html.Span("Paused", className="tag")
    found = progress(last, now) if last else None
    if found is None or found.kind == "sent":
        return None
    return html.Span(found.tag, className=f"tag tag--{found.kind}")


def _problem(kept: KeptSchedule) -> html.P:
    return html.P(kept.problem, className="report__trouble")


def _facts(
    schedule: Schedule, kept: KeptSchedule, last: PastReport | None, now: datetime
) -> list[Any]:
    words = schedule.words
    return [
        html.P(
            [
                f"{words[:1].upper()}{words[1:]} · {schedule.kind.words} to ",
                recipients(schedule.recipients),
            ],
            className="report__what",
        ),
        html.P(
            html.A(view_line(schedule.query), href=f"/?{schedule.query}", dir="auto"),
            className="report__view",
        ),
        html.P(_next(schedule, kept, now), className="report__next"),
        *_last(last, now),
    ]


def recipients(addresses: tuple[str, ...]) -> html.Span:
    """Two of them at most; all of them when one points at it."""
    shown = ", ".join(addresses[:2])
    left = len(addresses) - 2
    return html.Span(f"{shown} and {left} more" if left > 0 else shown, title=", ".join(addresses))


def _next(schedule: Schedule, kept: KeptSchedule, now: datetime) -> list[Any]:
    due = kept.next_at(now)
    if due is None:
        return ["Nothing is sent until you resume it."]
    stamp = data(until=due.isoformat(timespec="seconds"))
    return [
        "Next: ",
        html.Strong(local_moment(due, schedule.zone)),
        ", ",
        html.Span(until(due, now), **stamp),
    ]


def _last(last: PastReport | None, now: datetime) -> list[html.P]:
    if last is None:
        return []
    found = progress(last, now)
    kind = "report__trouble" if found.kind == "failed" else "report__last"
    return [html.P(f"Last: {found.words[:1].lower()}{found.words[1:]}", className=kind)]


def _deeds(kept: KeptSchedule) -> html.Div:
    buttons: list[Any] = [_button(kept, "Edit", "edit", "Change it in the form")]
    if kept.schedule:
        what = ("Resume", "resume") if kept.schedule.is_paused else ("Pause", "pause")
        hint = "From now on" if kept.schedule.is_paused else "Nothing is sent until you resume it"
        to = people(kept.schedule.recipients)
        buttons = [
            _button(kept, "Send now", "send_now", f"One more, to {to}"),
            _button(kept, *what, hint),
            *buttons,
        ]
    return html.Div([*buttons, _delete(kept)], className="report__deeds")


def _button(kept: KeptSchedule, words: str, what: str, hint: str) -> html.Button:
    how = data(action="report", what=what, id=kept.id)
    return html.Button(words, className="button", title=hint, **how)


def _delete(kept: KeptSchedule) -> html.Details:
    seen = kept.updated_at.isoformat()
    how = data(action="report", what="delete", id=kept.id, seen=seen)
    return delete_menu("Its history and its files stay.", "Delete this schedule", how)


def delete_menu(what_stays: str, words: str, how: dict[str, Any]) -> html.Details:
    """Asks once more: what is deleted does not come back."""
    return html.Details(
        [
            html.Summary("Delete", className="button"),
            html.Div(
                [
                    html.P(what_stays, className="report__sure"),
                    html.Button(words, className="button button--bad", **how),
                ],
                className="menu__box menu__box--sure",
            ),
        ],
        className="menu",
    )
