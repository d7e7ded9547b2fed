"""The dialog that sets, changes and removes the monthly budget of the jobs shown."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, dcc, html, no_update

from dbspend360.dashboard import ids
from dbspend360.dashboard.elements import data
from dbspend360.dashboard.form_parts import error_id, field
from dbspend360.dashboard.messages import note
from dbspend360.dashboard.view_line import jobs_line, read_line
from dbspend360.errors import BadView, Conflict, DBSpendError
from dbspend360.models.budget import filter_text, read_amount
from dbspend360.services.budgets import Budgets

_HINT = "US dollars for a calendar month, such as 50,000. It is yours alone."
_BUTTONS = {"Save": "keep-budget", "Remove": "remove-budget", "Close": "close-budget"}


def layout() -> dbc.Modal:
    """The dialog, shut."""
    amount = dbc.Input(
        id=ids.BUDGET_AMOUNT,
        class_name="form__input",
        autocomplete="off",
        inputmode="decimal",
        maxlength=40,
    )
    return dbc.Modal(
        [
            dbc.ModalHeader(
                html.H2("Monthly budget", id="budget-title", className="breakdown__title")
            ),
            dbc.ModalBody(
                [
                    html.Div(id=ids.BUDGET_LINE, className="form__hint"),
                    field(ids.BUDGET_AMOUNT, "Budget", amount, _HINT),
                    html.Div(id=ids.BUDGET_RESULT, role="alert"),
                    html.Div(
                        [_button(words, action) for words, action in _BUTTONS.items()],
                        className="form__end",
                    ),
                ],
                className="mail form",
            ),
        ],
        id=ids.BUDGET_DIALOG,
        labelledby="budget-title",
        centered=True,
        is_open=False,
    )


def _button(words: str, action: str) -> html.Button:
    kind = "button button--main" if words == "Save" else "button"
    return html.Button(words, className=kind, **data(action=action))


def stores() -> list[dcc.Store]:
    """Outside the dialog, so that they exist while it is shut."""
    return [dcc.Store(id=each) for each in (ids.BUDGET_QUESTION, ids.BUDGET_ANSWER)]


def register(app: Dash, budgets: Budgets) -> None:
    """Say which budget there is, and change it."""

    @app.callback(
        Output(ids.BUDGET_ANSWER, "data"),
        Output(ids.BUDGET_LINE, "children"),
        Output(error_id(ids.BUDGET_AMOUNT), "children"),
        Output(ids.BUDGET_RESULT, "children"),
        Input(ids.BUDGET_QUESTION, "data"),
        prevent_initial_call=True,
    )
    def change(asked: object) -> tuple[Any, Any, Any, Any]:
        try:
            return _changed(budgets, asked)
        except BadView as error:
            return {"done": ""}, no_update, str(error), []
        except DBSpendError as error:
            return {"done": ""}, no_update, "", [_warning(f"Not changed. {error}")]


def _changed(budgets: Budgets, asked: object) -> tuple[Any, Any, Any, Any]:
    if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
        raise BadView("The dialog was not understood. Reload the page.")
    view, _ = read_line(asked["query"])
    jobs, line = filter_text(view), f"For {jobs_line(view)}"
    deed, seen = asked.get("deed"), str(asked.get("seen"))
    try:
        if deed == "remove":
            budgets.remove(jobs, seen=seen)
            return {"done": "Budget removed"}, no_update, "", []
        if deed == "save":
            budgets.save(jobs, read_amount(asked.get("amount")), seen=seen)
            return {"done": "Budget saved"}, no_update, "", []
    except Conflict as error:
        return _shown(budgets, jobs), line, "", [_warning(str(error))]
    return _shown(budgets, jobs), line, "", []


def _shown(budgets: Budgets, jobs: str) -> dict[str, str]:
    kept = budgets.of(jobs)
    if kept is None:
        return {"done": "", "amount": "", "seen": ""}
    amount = f"{kept.budget.amount:,.2f}".removesuffix(".00")
    return {"done": "", "amount": amount, "seen": kept.updated_at.isoformat()}


def _warning(words: str) -> html.Div:
    return note([words], drawing="exclamation-triangle", kind="warning")
