"""The form that makes or changes a schedule: what stands where, and saving."""

from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, html

from dbspend360.dashboard import ids
from dbspend360.dashboard.elements import data
from dbspend360.dashboard.form_parts import field
from dbspend360.dashboard.messages import failure, note
from dbspend360.dashboard.schedule_fields import (
    form_values,
    new_values,
    query_of,
    read_form,
    sentence,
)
from dbspend360.dashboard.view_line import suggested_name
from dbspend360.errors import BadView, Conflict, DBSpendError, NotFound
from dbspend360.models.report import FileFormat
from dbspend360.models.schedule import (
    LONGEST_MESSAGE,
    LONGEST_NAME,
    Every,
    Weekday,
    month_day_words,
)
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
            html.Div([*_what(), *_to_whom(), *_when()], id="schedule-form", className="form"),
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


def _what() -> list[html.Div]:
    return [
        field(
            ids.FIELD_NAME,
            "Name",
            dbc.Input(
                id=ids.FIELD_NAME,
                class_name="form__input",
                autocomplete="off",
                maxlength=2 * LONGEST_NAME,
                placeholder="Monthly spend by job",
            ),
        ),
        html.Div(
            [
                field(
                    ids.FIELD_SAVED_VIEW,
                    "What to send",
                    dbc.Select(id=ids.FIELD_SAVED_VIEW, options=[OTHER], class_name="form__input"),
                ),
                field(
                    ids.FIELD_LINK,
                    "Its link",
                    dbc.Input(id=ids.FIELD_LINK, class_name="form__input", autocomplete="off"),
                ),
            ],
            className="form__pair form__pair--wide",
        ),
        html.Div(id=ids.SCHEDULE_VIEW, className="form__view", role="status"),
        html.Div(
            [
                html.Span("File", className="form__label", id=f"{ids.FIELD_KIND}-label"),
                kind_control(ids.FIELD_KIND),
                html.Div(id=f"{ids.FIELD_KIND}-error", className="form__error", role="alert"),
            ],
            className="form__field",
        ),
    ]


OTHER = {"label": "A view by its link", "value": "other"}


def kind_control(control: str) -> dbc.RadioItems:
    """PDF, Excel or CSV."""
    return dbc.RadioItems(
        id=control,
        options=[{"label": each.words, "value": each.value} for each in FileFormat],
        value=FileFormat.PDF.value,
        class_name="segments",
        input_class_name="segments__input",
        label_class_name="segments__label",
        label_checked_class_name="segments__label--on",
    )


def _to_whom() -> list[html.Div]:
    return [
        field(
            ids.FIELD_REPORT_RECIPIENTS,
            "Mail to",
            dbc.Textarea(id=ids.FIELD_REPORT_RECIPIENTS, class_name="form__input", rows=2),
            "Addresses with commas, spaces or lines between; 50 at most.",
        ),
        field(
            ids.FIELD_MESSAGE,
            "Message",
            dbc.Textarea(id=ids.FIELD_MESSAGE, class_name="form__input", rows=2),
            f"Stands above the figures in the mail; up to {LONGEST_MESSAGE:,} characters, or none.",
        ),
    ]


def _when() -> list[html.Div]:
    return [
        html.Div(
            [
                field(ids.FIELD_EVERY, "How often", _select(ids.FIELD_EVERY, _EVERY)),
                html.Div(
                    field(ids.FIELD_WEEKDAY, "On", _select(ids.FIELD_WEEKDAY, _WEEKDAYS)),
                    className="form__weekday",
                ),
                html.Div(
                    field(ids.FIELD_MONTH_DAY, "On", _select(ids.FIELD_MONTH_DAY, _MONTH_DAYS)),
                    className="form__month-day",
                ),
                field(
                    ids.FIELD_TIME,
                    "At",
                    dbc.Input(id=ids.FIELD_TIME, type="time", class_name="form__input"),
                ),
                field(
                    ids.FIELD_ZONE,
                    "Time zone",
                    dbc.Input(
                        id=ids.FIELD_ZONE,
                        list="schedule-zones",  # the browser's own: see assets/reports.js
                        class_name="form__input",
                        autocomplete="off",
                    ),
                ),
                html.Datalist(id="schedule-zones"),
            ],
            className="form__when",
        ),
        html.Div(id=ids.SCHEDULE_NEXT, className="form__next", role="status"),
    ]


_EVERY = {Every.DAILY: "Every day", Every.WEEKLY: "Every week", Every.MONTHLY: "Every month"}
_WEEKDAYS = {each: each.capitalize() for each in Weekday}


def _month_day(number: int) -> str:
    """`The 1st`, `The 30th, or the last day`, `The last day`."""
    the = month_day_words(number).removeprefix("on ").partition(" of every month")[0]
    shorter = ", or the last day" if 28 < number < 31 else ""
    return f"{the[:1].upper()}{the[1:]}{shorter}"


_MONTH_DAYS = {str(each): _month_day(each) for each in range(1, 32)}


def _select(control: str, words: dict[Any, str]) -> dbc.Select:
    options = [{"label": label, "value": str(value)} for value, label in words.items()]
    return dbc.Select(id=control, options=options, class_name="form__input")


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
