"""The form with a person's alert settings: what stands where, and saving."""

from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, html

from dbspend360.dashboard import ids
from dbspend360.dashboard.alert_fields import AT_ONCE, form_values, read_form, sentence
from dbspend360.dashboard.elements import data
from dbspend360.dashboard.form_parts import field
from dbspend360.dashboard.messages import failure, note
from dbspend360.errors import BadView, Conflict, DBSpendError
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.alert_rows import KeptConfig
from dbspend360.services.current_user import current_user


def layout(trial: html.Div) -> html.Section:
    """The form, empty until what is kept has come; `trial` stands below the rules it tries."""
    return html.Section(
        [
            html.Div(
                [
                    html.H2("When to tell me", className="panel__title"),
                    html.Span(id=ids.CONFIG_CHANGES, className="panel__note", role="status"),
                ],
                className="panel__head",
            ),
            html.Div(id=ids.CONFIG_MESSAGES, className="panel__messages", role="alert"),
            html.Div([*_rules(), trial, *_telling()], className="form"),
            html.Div(
                [
                    html.Button(
                        "Save",
                        id=ids.CONFIG_SAVE,
                        className="button button--main",
                        disabled=True,
                        **data(action="save-config"),
                    ),
                    html.Span(
                        "These settings are yours alone."
                        if current_user()
                        else "Everybody who opens this page shares these settings.",
                        className="panel__note",
                    ),
                ],
                className="form__end",
            ),
        ],
        className="panel",
    )


def _rules() -> list[html.Div]:
    return [
        html.Div(id=ids.RULES_ERROR, className="form__error", role="alert"),
        _switched(
            ids.FIELD_AMOUNT_ON,
            "A run, or a job on a day, costs at least",
            [_short(ids.FIELD_AMOUNT, "Dollars", before="$")],
        ),
        _switched(
            ids.FIELD_PERCENTAGE_ON,
            "It costs more than the job's own normal",
            [
                _short(ids.FIELD_PERCENTAGE, "By at least", after="%"),
                _short(ids.FIELD_MINIMUM, "And by more than", before="$"),
            ],
        ),
        field(
            ids.FIELD_JOB,
            "Only these jobs",
            dbc.Input(id=ids.FIELD_JOB, class_name="form__input", autocomplete="off"),
            "A part of the job's name, or a whole job id. Empty is every job.",
        ),
    ]


def _telling() -> list[html.Div]:
    return [
        html.Div(
            [
                dbc.Switch(id=ids.FIELD_HIGHLIGHTS, label="Mark alerts on the dashboard"),
                dbc.Switch(id=ids.FIELD_EMAIL, label="Tell by mail and the other ways below"),
            ],
            className="form__switches",
        ),
        field(
            ids.FIELD_RECIPIENTS,
            "Mail to",
            dbc.Textarea(id=ids.FIELD_RECIPIENTS, class_name="form__input", rows=2),
            "Addresses with commas, spaces or lines between; 50 at most.",
        ),
        field(
            ids.FIELD_DIGEST,
            "When",
            dbc.Select(id=ids.FIELD_DIGEST, options=_HOURS, class_name="form__input form__hour"),
            "At once, or all of a day in one mail at that hour.",
        ),
        field(
            ids.FIELD_APPRISE,
            "Other ways, as Apprise addresses",
            dbc.Textarea(id=ids.FIELD_APPRISE, class_name="form__input", rows=2),
            "Such as slack://… or teams://…, 10 at most. Whoever can see this page can read them.",
        ),
    ]


_HOURS = [
    {"label": "At once", "value": AT_ONCE},
    *[{"label": f"Each day at {hour:02}:00 UTC", "value": str(hour)} for hour in range(24)],
]


def _switched(switch: str, words: str, fields: list[html.Div]) -> html.Div:
    return html.Div(
        [dbc.Switch(id=switch, label=words), html.Div(fields, className="form__pair")],
        className="form__rule",
    )


def _short(name: str, title: str, *, before: str = "", after: str = "") -> html.Div:
    return field(
        name,
        title,
        html.Div(
            [
                html.Span(before, className="form__unit") if before else None,
                dbc.Input(
                    id=name, class_name="form__input", inputmode="decimal", autocomplete="off"
                ),
                html.Span(after, className="form__unit") if after else None,
            ],
            className="form__short",
        ),
    )


def register(app: Dash, desk: AlertDesk, *, can_mail: bool) -> None:
    """Give out what is kept, and keep what is sent."""

    @app.callback(
        Output(ids.CONFIG_ANSWER, "data"),
        Output(ids.CONFIG_MESSAGES, "children"),
        Input(ids.CONFIG_QUESTION, "data"),
        prevent_initial_call=True,
    )
    def answer(asked: object) -> tuple[dict[str, Any], list[html.Div]]:
        try:
            kept, saved = _kept(desk, asked)
        except Conflict:
            return {"ok": False}, [conflict_message()]
        except DBSpendError as error:
            return {"ok": False}, [_trouble(error, asked)]
        return _answer(kept, saved), config_messages(kept, can_mail=can_mail)


def _trouble(error: DBSpendError, asked: object) -> html.Div:
    if not isinstance(asked, dict) or asked.get("save") is None:
        return failure(error, "The alert settings")
    return note(
        [
            html.Strong("Not saved. "),
            f"{error} What you typed is still here. ",
            html.Span(
                html.Button("Retry", className="button", **data(action="retry")),
                className="message__actions",
            ),
        ],
        drawing="exclamation-triangle",
        kind="warning",
    )


def _kept(desk: AlertDesk, asked: object) -> tuple[KeptConfig, bool]:
    if not isinstance(asked, dict):
        raise BadView("The form was not understood. Reload the page.")
    user = current_user()
    if asked.get("save") is None:
        return desk.config(user), False
    config = read_form(asked["save"])
    if isinstance(config, tuple):
        raise BadView(" ".join(sentence(each) for each in config))
    seen = desk.config(user).updated_at if asked.get("over") is True else _seen(asked.get("seen"))
    return desk.save(user, config, seen=seen), True


def _seen(text: object) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        raise BadView("The form was not understood. Reload the page.") from None


def _answer(kept: KeptConfig, saved: bool) -> dict[str, Any]:
    return {
        "ok": True,
        "saved": saved,
        "values": form_values(kept.config),
        "seen": kept.updated_at.isoformat() if kept.updated_at else None,
        "unreadable": bool(kept.problem),
    }


def conflict_message() -> html.Div:
    """Somebody else was faster: what to do about it."""
    return note(
        [
            html.Strong("Somebody else saved these settings meanwhile. "),
            "What you typed is still here, and is not saved. ",
            html.Span(
                [
                    html.Button(
                        "Show what is saved", className="button", **data(action="show-config")
                    ),
                    html.Button(
                        "Save mine over it", className="button", **data(action="save-over")
                    ),
                ],
                className="message__actions",
            ),
        ],
        kind="warning",
    )


def config_messages(kept: KeptConfig, *, can_mail: bool) -> list[html.Div]:
    """What is to be known about what is kept."""
    found = []
    if kept.problem:
        found.append(
            note(
                [
                    html.Strong(f"{kept.problem} "),
                    "Until then these defaults count. Look through them, and press Save.",
                ],
                kind="warning",
            )
        )
    if not can_mail and kept.config.email_notifications:
        words = "No mail server is set up, so no mail is sent: see DBSPEND360_SMTP_URL. "
        found.append(note([words, "Marks and incidents work without."]))
    return found
