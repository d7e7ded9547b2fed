"""The menu "Export": a link for each kind of file, and the panel of a large one on its way.

Each link carries the view as the page's URL says it. A click on a small file fetches it; a large
one is made in the background, which the panel follows. With Ctrl they are links like any other.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from dash import Dash, Input, Output, dcc, html
from flask import Flask

from dbspend360.dashboard import ids
from dbspend360.dashboard.background import Workers
from dbspend360.dashboard.elements import aria, data, icon
from dbspend360.dashboard.reading import utc_today
from dbspend360.dashboard.report_menu import report_items
from dbspend360.dashboard.tree import Tree
from dbspend360.errors import DBSpendError
from dbspend360.models.person import Deed
from dbspend360.models.report import FileFormat
from dbspend360.services.audit import make_audit
from dbspend360.services.current_user import come_along, current_user, working_for
from dbspend360.services.export_desk import MOST_AT_ONCE
from dbspend360.services.file_making import Order, make_ready
from dbspend360.services.permissions import doing
from dbspend360.settings import Settings

Tell = Callable[[dict[str, Any]], None]

_ODD = "This export was not understood. Reload the page."
_FAILED = "The file could not be made. The log of the server says why."
LOST = {
    "error": "The process that made the file was ended before it was done, perhaps for lack of "
    "memory. Try again, or choose fewer days."
}
POLL_MILLISECONDS = 500


def layout() -> html.Details:
    """The menu; what else is done with a view stands below its links."""
    return html.Details(
        [
            Tree(html.Summary([icon("download"), "Export"], className="button")),
            html.Div(
                [
                    _link(ids.EXPORT_PDF, FileFormat.PDF, "PDF", "A report to read and to print"),
                    _link(
                        ids.EXPORT_XLSX,
                        FileFormat.XLSX,
                        "Excel",
                        "Real dates and numbers, totals, a chart",
                    ),
                    _link(ids.EXPORT_CSV, FileFormat.CSV, "CSV", "All rows, for programs"),
                    _link(
                        ids.EXPORT_CSV_EXCEL,
                        FileFormat.CSV,
                        "CSV for Excel",
                        "The same with a UTF-8 mark",
                    ),
                    Tree([html.Hr(className="menu__line"), *report_items()]),
                ],
                className="menu__items",
            ),
        ],
        id=ids.EXPORT_MENU,
        className="menu",
    )


def panel() -> html.Section:
    """What a large file's way looks like; hidden until there is one. See assets/export.js."""
    return html.Section(
        [
            Tree(
                [
                    html.P(id="export-title", className="export-panel__title"),
                    html.P(id="export-words", className="export-panel__words", role="status"),
                    html.Progress(id="export-bar", className="export-panel__bar", max="1"),
                ]
            ),
            html.Div(
                [
                    html.Button("Cancel", id=ids.EXPORT_CANCEL, className="button"),
                    Tree(
                        html.Button(
                            "Close",
                            id="export-close",
                            className="button",
                            **data(action="close-export"),
                        )
                    ),
                ],
                className="export-panel__actions",
            ),
            *[dcc.Store(id=each) for each in _STORES],
        ],
        id="export-panel",
        className="export-panel",
        hidden=True,
        **aria(label="Export"),
    )


_STORES = (ids.EXPORT_QUESTION, ids.EXPORT_PROGRESS, ids.EXPORT_ANSWER)


def _link(id_: str, kind: FileFormat, title: str, hint: str) -> html.A:
    limit = {"most": str(MOST_AT_ONCE[kind])} if kind in MOST_AT_ONCE else {}
    return html.A(
        Tree([html.Strong(title), html.Span(hint)]),
        id=id_,
        href=f"/export/job-spends.{kind}",
        className="menu__item",
        **data(export=kind, name=kind.words, **limit),
    )


def register(app: Dash, settings: Settings, today: Callable[[], date]) -> None:
    """Make large files in a process of their own.

    What the callback closes over goes to that process: the settings, and nothing that is open.
    """

    @app.callback(
        Output(ids.EXPORT_ANSWER, "data"),
        Input(ids.EXPORT_QUESTION, "data"),
        background=True,
        progress=Output(ids.EXPORT_PROGRESS, "data"),
        cancel=Input(ids.EXPORT_CANCEL, "n_clicks"),
        interval=POLL_MILLISECONDS,
        prevent_initial_call=True,
        on_error=lambda _error: {"error": _FAILED},
    )
    def make(tell: Tell, asked: Any, asker: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - whatever was sent
        with working_for(come_along(asker, make_audit(settings).note)):
            return made(settings, asked, today(), tell)


def add_tasks(celery: Any, settings: Settings) -> None:  # noqa: ANN401 - celery is not typed
    """Add to an app of Celery what the page asks its workers for."""
    app = Dash("worker", server=Flask("worker"), background_callback_manager=Workers(celery))  # type: ignore[arg-type]
    register(app, settings, utc_today)


def made(settings: Settings, asked: object, today: date, tell: Tell) -> dict[str, Any]:
    """Where the file waits to be fetched, or why there is none."""
    fields = asked if isinstance(asked, dict) else {}
    token = fields.get("token")

    def progress(done: int, of: int) -> None:
        tell({"token": token, "done": done, "of": of})

    try:
        order = _order(fields, today)
        with doing(Deed.READ, f"export.{order.kind}", query=order.query):
            ready = make_ready(
                settings, order, progress, lambda: tell({"token": token, "waiting": True})
            )
    except DBSpendError as error:
        return {"token": token, "error": str(error)}
    return {"token": token, "href": f"/export/ready/{ready}"}


def _order(fields: dict[str, Any], today: date) -> Order:
    query, kind = fields.get("query"), fields.get("kind")
    if not isinstance(query, str) or kind not in list(FileFormat):
        raise DBSpendError(_ODD)
    return Order(query, FileFormat(kind), current_user(), today)
