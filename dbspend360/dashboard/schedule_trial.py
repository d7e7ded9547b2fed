"""What the schedule in the form means, before anybody saves it: its view, and its next times."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from dash import Dash, Input, Output, html, no_update

from dbspend360.dashboard import ids
from dbspend360.dashboard.form_parts import error_id
from dbspend360.dashboard.messages import failure
from dbspend360.dashboard.moments import local_moment, short_day
from dbspend360.dashboard.schedule_fields import (
    FIELDS,
    new_values,
    read_form,
    sentence,
)
from dbspend360.dashboard.view_line import has_fixed_days, view_line
from dbspend360.errors import BadView, NotAllowed
from dbspend360.models.schedule import Schedule
from dbspend360.models.view_query import Problem
from dbspend360.services.report_desk import ReportDesk

MOST_TIMES = 3

_OUTPUTS = {
    "verdict": Output(ids.SCHEDULE_VERDICT, "data"),
    "next": Output(ids.SCHEDULE_NEXT, "children"),
    "view": Output(ids.SCHEDULE_VIEW, "children"),
} | {name: Output(error_id(field), "children") for field, name in FIELDS.items()}


def next_times(schedule: Schedule, now: datetime) -> list[datetime]:
    """The first three due times after `now`."""
    found = [schedule.due_after(now)]
    while len(found) < MOST_TIMES:
        found.append(schedule.due_after(found[-1]))
    return found


def next_words(schedule: Schedule, now: datetime) -> list[Any]:
    """Next: Mon 30 Nov 2026 08:00 Europe/Berlin, then Mon 7 Dec and Mon 14 Dec."""
    first, *others = next_times(schedule, now)
    later = " and ".join(short_day(each, schedule.zone, first) for each in others)
    return ["Next: ", html.Strong(local_moment(first, schedule.zone)), f", then {later}."]


def view_words(query: str) -> list[Any]:
    """The view in words with a link to it, and what is to be known about its days."""
    said: list[Any] = [
        html.Span(view_line(query), dir="auto"),
        " ",
        html.A("Look at it ›", href=f"/?{query}", target="_blank"),
    ]
    if has_fixed_days(query):
        said.append(
            html.Div(
                "These days stay the same in every report. A preset, such as Last month, moves.",
                className="form__hint",
            )
        )
    return said


def register(app: Dash, desk: ReportDesk, now: Callable[[], datetime]) -> None:
    """Check the form whenever it changes."""

    @app.callback(
        output=_OUTPUTS, inputs=[Input(ids.SCHEDULE_TRIAL, "data")], prevent_initial_call=True
    )
    def tried(asked: object) -> dict[str, Any]:
        token = asked.get("token") if isinstance(asked, dict) else None
        form = asked.get("form") if isinstance(asked, dict) else None
        try:
            return _meaning(form, now()) | _said(_problems(desk, form), form, token)
        except BadView as error:
            return dict.fromkeys(_OUTPUTS, no_update) | {"next": failure(error, "The form")}


def _problems(desk: ReportDesk, form: object) -> tuple[Problem, ...]:
    """All that is wrong with the form, also in the eyes of the settings."""
    schedule = read_form(form)
    if isinstance(schedule, tuple):
        return schedule
    try:
        desk.policy.require(schedule.recipients)
    except NotAllowed as error:
        return tuple(error.problems) or (Problem("recipients", str(error)),)
    return ()


def _meaning(form: Any, now: datetime) -> dict[str, Any]:  # noqa: ANN401 - it was checked
    """What can be said already, whatever else is wrong or still to be typed."""
    if not isinstance(form, dict):
        return {}
    timing = read_form(form | _HARMLESS | {"link": ""})
    viewed = read_form(new_values() | _HARMLESS | {"zone": "UTC", "link": form.get("link")})
    return {
        "next": next_words(timing, now) if isinstance(timing, Schedule) else "",
        "view": view_words(viewed.query) if isinstance(viewed, Schedule) else "",
    }


_HARMLESS = {"name": "a report", "recipients": "dana@example.com", "message": ""}
_TO_BE_TYPED = {"name": "a name", "recipients": "who gets it"}


def _said(problems: tuple[Problem, ...], form: Any, token: object) -> dict[str, Any]:  # noqa: ANN401
    """A sentence at each field that is wrong. What is only still empty is no mistake yet."""
    missing = [
        words
        for name, words in _TO_BE_TYPED.items()
        if any(each.field == name for each in problems) and not str(form.get(name) or "").strip()
    ]
    empty = {name for name, words in _TO_BE_TYPED.items() if words in missing}
    said = {e.field: sentence(e) for e in reversed(problems) if e.field not in empty}
    verdict = {
        "token": token,
        "valid": not problems,
        "wrong": [field for field, name in FIELDS.items() if name in said],
        "missing": " and ".join(missing),
    }
    return {name: said.get(name, "") for name in FIELDS.values()} | {"verdict": verdict}
