"""The dialog that mails the view once, with a preview, and says what became of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, dcc, html, no_update

from dbspend360.dashboard import ids
from dbspend360.dashboard.elements import data
from dbspend360.dashboard.form_parts import error_id, field
from dbspend360.dashboard.mail_fields import form_in, read_mail, verdict_of
from dbspend360.dashboard.messages import failure, note
from dbspend360.dashboard.report_progress import is_going, people, progress
from dbspend360.dashboard.schedule_controls import kind_control
from dbspend360.dashboard.view_line import view_line
from dbspend360.errors import BadView, DBSpendError, NotAllowed
from dbspend360.models.delivery import Stage
from dbspend360.models.schedule import Schedule
from dbspend360.services.current_user import current_user
from dbspend360.services.report_desk import ReportDesk
from dbspend360.services.report_history import PastReport

SOON_SECONDS = 1.0  # between two looks at a mail that is under way
SOMEBODY = "Somebody"  # until there is a sign-in


def layout() -> dbc.Modal:
    """The dialog, shut."""
    return dbc.Modal(
        [
            dbc.ModalHeader(
                html.H2("Mail this report", id="mail-title", className="breakdown__title")
            ),
            dbc.ModalBody(
                [
                    html.Div(id=ids.MAIL_VIEW, className="form__hint"),
                    html.Div(id=ids.MAIL_REMARKS, className="panel__messages", role="alert"),
                    html.Div([_form(), _preview()], className="mail__split"),
                    html.Div(id=ids.MAIL_RESULT, className="mail__result", role="status"),
                    _end(),
                ],
                className="mail",
            ),
        ],
        id=ids.MAIL_DIALOG,
        labelledby="mail-title",
        size="xl",
        centered=True,
        scrollable=True,
        is_open=False,
    )


def stores() -> list[dcc.Store]:
    """Outside the dialog, so that they exist while it is shut."""
    names = (ids.MAIL_TRIAL, ids.MAIL_VERDICT, ids.MAIL_ORDER, ids.MAIL_STATE)
    return [dcc.Store(id=each) for each in names]


def _form() -> html.Div:
    return html.Div(
        [
            field(
                ids.MAIL_RECIPIENTS,
                "Mail to",
                dbc.Textarea(id=ids.MAIL_RECIPIENTS, class_name="form__input", rows=2),
                "Addresses with commas, spaces or lines between; 50 at most.",
            ),
            html.Div(
                [html.Span("File", className="form__label"), kind_control(ids.MAIL_KIND)],
                className="form__field",
            ),
            field(
                ids.MAIL_MESSAGE,
                "Message",
                dbc.Textarea(id=ids.MAIL_MESSAGE, class_name="form__input", rows=5),
                "Stands above the figures; or none.",
            ),
        ],
        className="form",
    )


def _preview() -> html.Div:
    """The mail as it will look: a document of its own, which may do nothing."""
    return html.Div(
        [
            html.Div(
                [html.Span("Subject", className="form__label"), html.Strong(id=ids.MAIL_SUBJECT)],
                className="mail__subject",
                dir="auto",
            ),
            html.Div(html.Div(className="skeleton"), id=ids.MAIL_PREVIEW_STATE),
            html.Iframe(
                id=ids.MAIL_PREVIEW,
                sandbox="",
                title="How the mail will look",
                className="mail__paper",
            ),
        ],
        className="mail__preview",
    )


def _end() -> html.Div:
    return html.Div(
        [
            html.Button(
                "Send",
                id=ids.MAIL_SEND,
                className="button button--main",
                disabled=True,
                **data(action="send-mail"),
            ),
            html.Button("Close", className="button", **data(action="close-mail")),
            html.Span(id=ids.MAIL_CHANGES, className="panel__note", role="status"),
        ],
        className="form__end",
    )


def result(past: PastReport, now: datetime) -> list[Any]:
    """How far it got, in a sentence with where to look later."""
    found = progress(past, now)
    history = html.A("See the history ›", href="/reports")
    if found.kind == "going":
        return [html.Span(found.words), html.Progress(className="waking")]
    if past.stage is Stage.SENT and past.delivery.sent_at:
        at = f"{past.delivery.sent_at:%H:%M} UTC"
        words = f"Sent to {people(past.recipients)} at {at}. "
        return [html.Strong(words), f"{past.delivery.error} ".lstrip(), history]
    parts = [html.Strong("Not sent. "), f"{found.words} ", history]
    return [note(parts, drawing="exclamation-triangle", kind="warning")]


_TRIED = {
    "verdict": Output(ids.MAIL_VERDICT, "data"),
    "view": Output(ids.MAIL_VIEW, "children"),
    "remarks": Output(ids.MAIL_REMARKS, "children"),
    "subject": Output(ids.MAIL_SUBJECT, "children"),
    "paper": Output(ids.MAIL_PREVIEW, "srcDoc"),
    "trouble": Output(ids.MAIL_PREVIEW_STATE, "children"),
    "recipients": Output(error_id(ids.MAIL_RECIPIENTS), "children"),
    "message": Output(error_id(ids.MAIL_MESSAGE), "children"),
}


def register(app: Dash, desk: ReportDesk, now: Callable[[], datetime]) -> None:
    """Check and preview what is in the dialog, send it, and say what becomes of it."""

    @app.callback(output=_TRIED, inputs=[Input(ids.MAIL_TRIAL, "data")], prevent_initial_call=True)
    def tried(asked: object) -> dict[str, Any]:
        token = asked.get("token") if isinstance(asked, dict) else None
        try:
            form = form_in(asked, "form")
            said = read_mail(form)
            return _meaning(desk, form) | verdict_of(desk.policy, form, said, token)
        except BadView as error:
            return dict.fromkeys(_TRIED, no_update) | {"trouble": failure(error, "The dialog")}

    @app.callback(
        Output(ids.MAIL_STATE, "data"),
        Output(ids.MAIL_RESULT, "children"),
        Input(ids.MAIL_ORDER, "data"),
        prevent_initial_call=True,
    )
    def ordered(asked: object) -> tuple[Any, Any]:
        try:
            past = _ordered(desk, asked)
        except DBSpendError as error:
            parts = [html.Strong("Not sent. "), str(error)]
            trouble = note(parts, drawing="exclamation-triangle", kind="warning")
            return {"id": None, "again_in": None}, [trouble]
        going = is_going(past, now())
        return {"id": past.id, "again_in": SOON_SECONDS if going else None}, result(past, now())


def _ordered(desk: ReportDesk, asked: object) -> PastReport:
    """The mail that is asked for, or what became of it since.

    Raises:
        BadView: it makes no sense.
        NotAllowed: the settings forbid it, or name no mail server.
    """
    if not isinstance(asked, dict):
        raise BadView("The dialog was not understood. Reload the page.")
    user = current_user()
    if isinstance(asked.get("watch"), str):
        return desk.delivery(user, asked["watch"])
    if desk.policy.problem:
        raise NotAllowed(desk.policy.problem)
    said = read_mail(form_in(asked, "send"))
    if not isinstance(said, Schedule):
        raise BadView("; ".join(f"{each.field}: {each.problem}" for each in said) + ".", said)
    return desk.mail(
        user, said.query, said.kind, said.recipients, said.message, who=user or SOMEBODY
    )


def _meaning(desk: ReportDesk, form: dict[str, Any]) -> dict[str, Any]:
    """The view in words, and the mail as it will look; the figures are asked for it."""
    shown = {"view": view_line(form["query"]), "trouble": None}
    harmless = read_mail({**form, "recipients": "dana@example.com"})
    if not isinstance(harmless, Schedule):
        return shown | {"subject": no_update, "paper": no_update}
    try:
        mail = desk.preview(current_user(), harmless.query, harmless.kind, message=harmless.message)
    except DBSpendError as error:
        return shown | {"subject": "", "paper": "", "trouble": failure(error, "The preview")}
    # A click on a link opens nothing here: a new window is what the sandbox forbids.
    paper = mail.html.replace("<head>", '<head><base target="_blank">', 1)
    return shown | {"subject": mail.subject, "paper": paper}
