"""`/export/…`: the page's view as a file. The query is the page's own."""

from collections.abc import Callable
from datetime import date

from flask import Flask, Response, request

from dbspend360.api.streams import CSV, file_response
from dbspend360.errors import BadView, DBSpendError
from dbspend360.models.view_query import read_view
from dbspend360.warehouse.spends import SpendRepository


def register(server: Flask, spend: SpendRepository, today: Callable[[], date]) -> None:
    """Add the routes."""

    @server.get("/export/job-spends.csv")
    def job_spends_csv() -> Response:
        try:
            return _csv(spend, today())
        except DBSpendError as error:
            return Response(f"{error}\n", error.status, mimetype="text/plain")


def _csv(spend: SpendRepository, today: date) -> Response:
    # Bytes that are no text become halves of characters, which `read_view` reports.
    query = request.query_string.decode("utf-8", "surrogateescape")
    view, problems = read_view(query, today=today, last_date=spend.bounds().value.last_date)
    if problems:  # a page can say what it shows instead, a file cannot
        raise BadView("\n".join(f"{each.field}: {each.problem}." for each in problems), problems)
    return file_response(CSV, view, spend)
