"""The dialog that keeps the view under a name."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, dcc, html, no_update

from dbspend360.dashboard import ids
from dbspend360.dashboard.elements import data
from dbspend360.dashboard.form_parts import error_id, field, field_sentence
from dbspend360.dashboard.messages import note
from dbspend360.dashboard.view_line import suggested_name, view_line
from dbspend360.errors import BadView, DBSpendError
from dbspend360.models.saved_view import SavedView, read_saved_view
from dbspend360.models.schedule import LONGEST_NAME
from dbspend360.services.current_user import current_user
from dbspend360.services.report_desk import ReportDesk


def layout() -> dbc.Modal:
    """The dialog, shut."""
    return dbc.Modal(
        [
            dbc.ModalHeader(
                html.H2("Save this view", id="view-title", className="breakdown__title")
            ),
            dbc.ModalBody(
                [
                    html.Div(id=ids.VIEW_LINE, className="form__hint"),
                    field(
                        ids.VIEW_NAME,
                        "Name",
                        dbc.Input(
                            id=ids.VIEW_NAME,
                            class_name="form__input",
                            autocomplete="off",
                            maxlength=2 * LONGEST_NAME,
                        ),
                        "Saved views are on the page Reports, where they can be scheduled.",
                    ),
                    html.Div(id=ids.VIEW_RESULT, role="alert"),
                    html.Div(
                        [
                            html.Button(
                                "Save", className="button button--main", **data(action="keep-view")
                            ),
                            html.Button("Close", className="button", **data(action="close-view")),
                        ],
                        className="form__end",
                    ),
                ],
                className="mail form",
            ),
        ],
        id=ids.VIEW_DIALOG,
        labelledby="view-title",
        centered=True,
        is_open=False,
    )


def stores() -> list[dcc.Store]:
    """Outside the dialog, so that they exist while it is shut."""
    return [dcc.Store(id=each) for each in (ids.VIEW_QUESTION, ids.VIEW_ANSWER)]


def register(app: Dash, desk: ReportDesk) -> None:
    """Say what would be saved, and save it."""

    @app.callback(
        Output(ids.VIEW_ANSWER, "data"),
        Output(ids.VIEW_LINE, "children"),
        Output(error_id(ids.VIEW_NAME), "children"),
        Output(ids.VIEW_RESULT, "children"),
        Input(ids.VIEW_QUESTION, "data"),
        prevent_initial_call=True,
    )
    def keep(asked: object) -> tuple[Any, Any, Any, Any]:
        try:
            return _kept(desk, asked)
        except DBSpendError as error:
            return {"saved": ""}, no_update, "", [_warning(f"Not saved. {error}")]


def _kept(desk: ReportDesk, asked: object) -> tuple[Any, Any, Any, Any]:
    if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
        raise BadView("The dialog was not understood. Reload the page.")
    query = asked["query"]
    if asked.get("save") is None:
        return {"saved": "", "suggested": suggested_name(query)}, view_line(query), "", []
    view = read_saved_view({"name": asked["save"], "query": query})
    if not isinstance(view, SavedView):
        names = {each.field: field_sentence(each, _TITLES) for each in view}
        other = [_warning(words) for name, words in names.items() if name != "name"]
        nameless = "Give the view a name." if asked["save"] == "" else ""
        return {"saved": ""}, no_update, nameless or names.get("name", ""), other
    if asked.get("over") is not True and _is_there(desk, view):
        return {"saved": ""}, no_update, "", [_taken()]
    return {"saved": desk.save_view(current_user(), view).view.name}, no_update, "", []


_TITLES = {"name": "The name", "query": "The view"}


def _is_there(desk: ReportDesk, view: SavedView) -> bool:
    """Whether saving would lose another view of that name."""
    others = [each.view for each in desk.saved_views(current_user())]
    return any(e.name.lower() == view.name.lower() and e.query != view.query for e in others)


def _taken() -> html.Div:
    over = html.Button("Save this one in its place", className="button", **data(action="keep-over"))
    return note(
        [
            html.Strong("There is another view of that name. "),
            "Choose another name, or: ",
            html.Span([over], className="message__actions"),
        ],
        kind="warning",
    )


def _warning(words: str) -> html.Div:
    return note([words], drawing="exclamation-triangle", kind="warning")
