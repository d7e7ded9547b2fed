"""`/export/…`: the page's view as a file. The query is the page's own."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import chain

from flask import Flask, Response, request

from dbspend360.errors import BadView, DBSpendError
from dbspend360.models.view_query import read_view
from dbspend360.services.csv_export import csv_chunks
from dbspend360.warehouse.patience import allow
from dbspend360.warehouse.spends import SpendRepository

_DOWNLOAD_SECONDS = 600.0  # a part of a file may wait longer for the warehouse than a page


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
        raise BadView("\n".join(f"{each.field}: {each.problem}." for each in problems))
    name = f"job-spends_{view.start_date}_{view.end_date}_by-{view.group_by}.csv"
    return Response(
        _begun(_patient(csv_chunks(view, spend.table_rows(view)))),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _patient(chunks: Iterator[str]) -> Iterator[str]:
    """The same chunks, each with the patience of a download: most are made after the request."""
    while True:
        allow(_DOWNLOAD_SECONDS)
        chunk = next(chunks, None)
        allow(None)
        if chunk is None:
            return
        yield chunk


def _begun(chunks: Iterator[str]) -> Iterable[str]:
    """The same chunks with the first two made already.

    The second is the first that asks the warehouse: when that fails, it is still time for an
    error instead of half a file.
    """
    return chain([next(chunks), next(chunks, "")], chunks)
