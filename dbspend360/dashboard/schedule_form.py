"""The form that makes or changes a schedule: what stands where, and saving."""

from datetime import datetime
from typing import Any

from dash import Dash, Input, Output, html

from dbspend360.dashboard import ids
from dbspend360.dashboard.elements import data
from dbspend360.dashboard.messages import failure, note
from dbspend360.dashboard.schedule_controls import to_whom, what, when
from dbspend360.dashboard.schedule_fields import (
    form_values,
    new_values,
    query_of,
    read_form,
    sentence,
)
from dbspend360.dashboard.view_line import suggested_name
from dbspend360.errors import BadView, Conflict, DBSpendError, NotFound
from dbspend360.services.current_user import current_user
from dbspend360.services.report_desk import ReportDesk
from dbspend360.services.report_rows import KeptSchedule


def layout() -> html.Section:
    """The form, empty until the page knows what it is about."""
    return html.Section(
        [
            html.Div(
                [
                    html.H2("New schedule", id=ids.SCHEDULE_TITLE, className="panel__title"),
                    html.Span(id=ids.SCHEDULE_CHANGES, className="panel__note", role="status"),
                ],
                className="panel__head",
            ),
            html.Div(id="schedule-unsaved", className="panel__messages", role="alert"),
            html.Div(id=ids.SCHEDULE_MESSAGES, className="panel__messages", role="alert"),
            html.Div([*what(), *to_whom(), *when()], id="schedule-form", className="form"),
            html.Div(
                [
                    html.Button(
                        "Save",
                        id=ids.SCHEDULE_SAVE,
                        className="button button--main",
                        disabled=True,
                        **data(action="save-schedule"),
                    ),
                    html.Button(
                        "Cancel",
                        id="schedule-cancel",
                        className="button",
                        **data(action="cancel-schedule"),
                    ),
                ],
                className="form__end",
            ),
        ],
        className="panel side__form",
    )


def register(app: Dash, desk: ReportDesk) -> None:
    """Give out what is kept, and keep what is sent."""

    @app.callback(
        Output(ids.SCHEDULE_ANSWER, "data"),
        Output(ids.SCHEDULE_MESSAGES, "children"),
        Input(ids.SCHEDULE_QUESTION, "data"),
        prevent_initial_call=True,
    )
    def answer(asked: object) -> tuple[dict[str, Any], list[html.Div]]:
        try:
            return _answered(desk, asked)
        except Conflict:
            return {"ok": False}, [conflict_message()]
        except NotFound as error:
            return {"ok": False}, [_gone(error, asked)]
        except DBSpendError as error:
            return {"ok": False}, [_trouble(error, asked)]


def _answered(desk: ReportDesk, asked: object) -> tuple[dict[str, Any], list[html.Div]]:
    if not isinstance(asked, dict) or not isinstance(asked.get("id") or "", str):
        raise BadView("The form was not understood. Reload the page.")
    user, id_ = current_user(), asked.get("id") or ""
    if asked.get("save") is not None:
        return _kept_answer(_saved(desk, user, id_, asked), saved=True), []
    if id_:
        kept = desk.schedule(user, id_)
        return _kept_answer(kept, saved=False), _unreadable(kept)
    values, odd = _new(asked.get("new"))
    return {"ok": True, "saved": False, "id": "", "seen": None, "values": values}, odd


def _saved(desk: ReportDesk, user: str, id_: str, asked: dict[str, Any]) -> KeptSchedule:
    before = desk.schedule(user, id_) if id_ else None
    is_paused = bool(before and before.schedule and before.schedule.is_paused)
    schedule = read_form(asked["save"], is_paused=is_paused)
    if isinstance(schedule, tuple):
        raise BadView(" ".join(sentence(each) for each in schedule))
    seen = before.updated_at if before and asked.get("over") is True else _seen(asked.get("seen"))
    return desk.save(user, schedule, id_, seen=seen)


def _seen(text: object) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        raise BadView("The form was not understood. Reload the page.") from None


def _kept_answer(kept: KeptSchedule, *, saved: bool) -> dict[str, Any]:
    return {
        "ok": True,
        "saved": saved,
        "id": kept.id,
        "seen": kept.updated_at.isoformat(),
        "values": form_values(kept.schedule) if kept.schedule else new_values(name=kept.name),
    }


def _new(query: object) -> tuple[dict[str, Any], list[html.Div]]:
    if not isinstance(query, str):
        return new_values(), []
    try:
        found = query_of(f"?{query.removeprefix('?')}")
        return new_values(found, suggested_name(found)), []
    except ValueError:
        return new_values(), [note(["The link of the view was not understood."], kind="warning")]


def _unreadable(kept: KeptSchedule) -> list[html.Div]:
    if kept.schedule:
        return []
    return [note([html.Strong(f"{kept.problem} "), "These are defaults."], kind="warning")]


def conflict_message() -> html.Div:
    """Somebody else was faster: what to do about it."""
    return _choice(
        "Somebody else changed this schedule meanwhile. ",
        "What you typed is still here, and is not saved. ",
        [("Show what is saved", "show-schedule"), ("Save mine over it", "save-schedule-over")],
    )


def _gone(error: DBSpendError, asked: object) -> html.Div:
    if not _is_save(asked):
        return note([f"{error} It was deleted: press New schedule."], kind="warning")
    return _choice(
        "Somebody else deleted this schedule meanwhile. ",
        "What you typed is still here, and is not saved. ",
        [("Save it as a new one", "save-schedule-new")],
    )


def _trouble(error: DBSpendError, asked: object) -> html.Div:
    if not _is_save(asked):
        return failure(error, "The schedule")
    return _choice("Not saved. ", f"{error} What you typed is still here. ", [("Retry", "retry")])


def _is_save(asked: object) -> bool:
    return isinstance(asked, dict) and asked.get("save") is not None


def _choice(what: str, more: str, choices: list[tuple[str, str]]) -> html.Div:
    buttons = [
        html.Button(words, className="button", **data(action=action)) for words, action in choices
    ]
    return note(
        [html.Strong(what), more, html.Span(buttons, className="message__actions")],
        drawing="exclamation-triangle",
        kind="warning",
    )
