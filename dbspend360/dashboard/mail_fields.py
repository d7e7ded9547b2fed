"""What the fields of the mail dialog say, and what is wrong with them."""

from typing import Any

from dash import html

from dbspend360.dashboard import ids
from dbspend360.dashboard.form_parts import field_sentence
from dbspend360.dashboard.messages import note
from dbspend360.errors import BadView, NotAllowed
from dbspend360.models.schedule import Schedule, read_schedule
from dbspend360.models.view_query import Problem
from dbspend360.services.exporting import TITLE
from dbspend360.services.mail_policy import MailPolicy

_NAMES = {"query", "recipients", "kind", "message"}
_FIELDS = {"recipients": ids.MAIL_RECIPIENTS, "message": ids.MAIL_MESSAGE}
_TITLES = {"recipients": "The recipients", "message": "The message", "query": "The view"}


def form_in(asked: object, name: str) -> dict[str, Any]:
    """The dialog's form under this name in what a browser asks.

    Raises:
        BadView: it is not what the dialog sends.
    """
    form = asked.get(name) if isinstance(asked, dict) else None
    if not isinstance(form, dict) or set(form) != _NAMES or not isinstance(form["query"], str):
        raise BadView("The dialog was not understood. Reload the page.")
    return form


def read_mail(form: dict[str, Any]) -> Schedule | tuple[Problem, ...]:
    """The mail as a schedule that is due now, or what is wrong with it."""
    fields = {name: "" if value is None else value for name, value in form.items()}
    return read_schedule(fields | {"name": TITLE})


def verdict_of(
    policy: MailPolicy,
    form: dict[str, Any],
    said: Schedule | tuple[Problem, ...],
    token: object,
) -> dict[str, Any]:
    """A sentence at each field that is wrong. That nobody is named yet is no mistake."""
    problems = _forbidden(policy, said) if isinstance(said, Schedule) else said
    is_empty = not str(form["recipients"] or "").strip()
    words = {each.field: field_sentence(each, _TITLES) for each in reversed(problems)}
    if is_empty:
        words.pop("recipients", None)
    verdict = {
        "token": token,
        "valid": not problems and not policy.problem,
        "wrong": [field for name, field in _FIELDS.items() if name in words],
        "missing": "who gets it" if is_empty else "",
    }
    elsewhere = [f"This view cannot be mailed. {words['query']}"] if "query" in words else []
    return {
        "verdict": verdict,
        "recipients": words.get("recipients", ""),
        "message": words.get("message", ""),
        "remarks": [_warning(each) for each in (policy.problem, *elsewhere) if each],
    }


def _forbidden(policy: MailPolicy, said: Schedule) -> tuple[Problem, ...]:
    try:
        policy.require(said.recipients)
    except NotAllowed as error:
        return tuple(error.problems)
    return ()


def _warning(words: str) -> html.Div:
    return note([words], drawing="exclamation-triangle", kind="warning")
