"""The controls of the schedule form: what is sent, to whom, and when."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from dbspend360.dashboard import ids
from dbspend360.dashboard.form_parts import field
from dbspend360.models.report import FileFormat
from dbspend360.models.schedule import (
    LONGEST_MESSAGE,
    LONGEST_NAME,
    Every,
    Weekday,
    month_day_words,
)


def what() -> list[html.Div]:
    """The name, the view and the kind of file."""
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


def to_whom() -> list[html.Div]:
    """The recipients and what one says to them."""
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


def when() -> list[html.Div]:
    """How often, on which day, at which time of which zone; and what comes next."""
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
