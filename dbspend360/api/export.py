"""`/export/…`: the page's view as a file. The query is the page's own."""

from collections.abc import Callable
from datetime import date

from flask import Flask, Response, request

from dbspend360.api.streams import CSV, file_response
from dbspend360.errors import BadView, DBSpendError
from dbspend360.models.view_query import read_view
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.alerts_only import rows_of_view
from dbspend360.services.current_user import current_user
from dbspend360.warehouse.spends import SpendRepository


def register(
    server: Flask, spend: SpendRepository, today: Callable[[], date], desk: AlertDesk
) -> None:
    """Add the routes."""

    @server.get("/export/job-spends.csv")
    def job_spends_csv() -> Response:
        try:
            return _csv(spend, today(), desk)
        except DBSpendError as error:
            return Response(f"{error}\n", error.status, mimetype="text/plain")


def _csv(spend: SpendRepository, today: date, desk: AlertDesk) -> Response:
    # Bytes that are no text become halves of characters, which `read_view` reports.
    query = request.query_string.decode("utf-8", "surrogateescape")
    view, problems = read_view(query, today=today, last_date=spend.bounds().value.last_date)
    if problems:  # a page can say what it shows instead, a file cannot
        raise BadView("\n".join(f"{each.field}: {each.problem}." for each in problems), problems)
    only = rows_of_view(desk, current_user(), view)
    return file_response(CSV, view, spend, only)
