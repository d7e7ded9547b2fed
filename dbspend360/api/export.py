"""`/export/…`: the page's view as a file. The query is the page's own."""

import socket
from collections.abc import Callable, Iterator
from typing import BinaryIO

from flask import Flask, Response, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from dbspend360.api.streams import CSV, file_response
from dbspend360.errors import DBSpendError
from dbspend360.models.person import Deed
from dbspend360.models.report import FileFormat
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.alerts_only import rows_of_view
from dbspend360.services.current_user import current_user
from dbspend360.services.export_desk import ExportDesk
from dbspend360.services.exporting import file_name
from dbspend360.services.permissions import doing
from dbspend360.services.ready_files import Ready
from dbspend360.warehouse.spends import SpendRepository

_CHUNK_BYTES = 64 * 1024
MARK = "bom=1"  # part of a link to a CSV file, and not of its view


def register(server: Flask, spend: SpendRepository, alerts: AlertDesk, exports: ExportDesk) -> None:
    """Add the routes."""

    @server.get("/export/job-spends.<ending>")
    def job_spends(ending: str) -> Response:
        kind = _kind(ending)
        if kind is FileFormat.CSV:
            return _said(lambda: _csv(spend, alerts, exports))
        return _said(lambda: _file(exports, kind))

    @server.get("/export/ready/<token>")
    def ready(token: str) -> Response:
        if request.method == "HEAD":  # a look must not use it up
            raise MethodNotAllowed(["GET"])
        return _said(lambda: sent(exports.fetch(token, current_user())))


def sent(ready: Ready) -> Response:
    """The file as a download; it is closed, and gone, once it is sent."""
    response = _download(ready.written.kind, ready.written.name)
    response.response = _chunks(ready.stream)
    response.content_length = ready.size
    response.call_on_close(ready.stream.close)
    return response


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def client_waits() -> bool:
    """Whether the client still holds its connection, as far as the web server lets us look."""
    connection = request.environ.get("gunicorn.socket")
    if not isinstance(connection, socket.socket):
        return True
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def _kind(ending: str) -> FileFormat:
    try:
        return FileFormat(ending)
    except ValueError:
        raise NotFound from None


def _said(answer: Callable[[], Response]) -> Response:
    try:
        return answer()
    except DBSpendError as error:
        response = Response(f"{error}\n", error.status, mimetype="text/plain")
        response.headers["Cache-Control"] = "no-store"
        if error.retry_after_seconds is not None:
            response.retry_after = error.retry_after_seconds
        return response


def _query() -> str:
    # Bytes that are no text become halves of characters, which `read_view` reports.
    return request.query_string.decode("utf-8", "surrogateescape")


def _csv(spend: SpendRepository, alerts: AlertDesk, exports: ExportDesk) -> Response:
    parts = _query().split("&")
    with doing(Deed.READ, "export.csv", query=_query()):  # begun, that is: the rows follow
        view = exports.view("&".join(each for each in parts if each != MARK))
        only = rows_of_view(alerts, current_user(), view)
        return file_response(CSV, view, spend, only, mark=MARK in parts)


def _file(exports: ExportDesk, kind: FileFormat) -> Response:
    if request.method == "HEAD":
        return _download(kind, file_name(exports.view(_query()), kind))
    return sent(exports.file(_query(), kind, current_user(), client_waits))


def _download(kind: FileFormat, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-cache",
    }
    return Response(mimetype=kind.media, headers=headers)
