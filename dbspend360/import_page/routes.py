"""The addresses of `/import`."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO

from flask import Flask, Response, redirect, request
from markupsafe import Markup
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from dbspend360.api.envelope import refusal, told
from dbspend360.api.streams import stream_place
from dbspend360.errors import DBSpendError, FileTooLarge, UploadCut
from dbspend360.import_page.parts import now_part, whole_page
from dbspend360.services.import_desk import ImportDesk
from dbspend360.signin.plain import Links, plain_page
from dbspend360.signin.routes import IMPORT, IMPORT_FILE

MEDIA = "application/octet-stream"

_NOW = f"{IMPORT}/now"
_SLOWEST = 64_000  # bytes a second: whoever sends slowly holds a thread
_AT_LEAST_SECONDS = 30
_CUT = "The file did not arrive whole: send it again."


def register(server: Flask, desk: ImportDesk, links: Links, script: Callable[[], Markup]) -> None:
    """Add the page, and what it asks for."""
    desk.tidy()

    def page(error: DBSpendError | None = None) -> Response:
        body = whole_page(desk, str(error) if error else "", script())
        status = error.status if error else 200
        return plain_page(links, "Import", body, status=status, kind="plain import")

    @server.get(IMPORT)
    def look() -> Response:
        return page()

    @server.get(_NOW)
    def now() -> Response:
        response = Response(now_part(desk), mimetype="text/html")
        response.headers["Cache-Control"] = "no-store"
        return response

    @server.post(IMPORT_FILE)
    def file() -> Response:
        if request.mimetype != MEDIA:
            return refusal(415)
        try:
            with stream_place(), _body(desk.most_bytes) as body:
                desk.receive(request.args.get("name", ""), request.content_length, body)
        except DBSpendError as error:
            return told(error)
        return Response(status=202, headers={"Location": IMPORT})

    def done(act: Callable[[], None]) -> Response:
        try:
            act()
        except DBSpendError as error:
            return page(error)
        answer: Response = redirect(IMPORT, 303)  # type: ignore[assignment]  # Werkzeug's
        return answer

    @server.post(f"{IMPORT}/confirm")
    def confirm() -> Response:
        skip_bad = request.form.get("skip_bad") == "yes"
        return done(lambda: desk.confirm(request.form.get("id", ""), skip_bad=skip_bad))

    @server.post(f"{IMPORT}/cancel")
    def cancel() -> Response:
        return done(desk.cancel)

    @server.post(f"{IMPORT}/demo")
    def demo() -> Response:
        return done(desk.make_demo)


@contextmanager
def _body(most_bytes: int) -> Iterator["_Body"]:
    """What the client sends, until it has had its time."""
    seconds = _AT_LEAST_SECONDS + (request.content_length or most_bytes) / _SLOWEST
    hang_up = threading.Timer(seconds, _shut, [request.environ.get("gunicorn.socket")])
    hang_up.daemon = True
    hang_up.start()
    try:
        yield _Body(request.stream, most_bytes)
    finally:
        hang_up.cancel()


class _Body:
    """A request's body, whose errors are sentences."""

    def __init__(self, stream: IO[bytes], most_bytes: int) -> None:
        self._stream, self._most_bytes = stream, most_bytes

    def read(self, size: int) -> bytes:
        """As a file does."""
        try:
            return self._stream.read(size)
        except RequestEntityTooLarge as error:
            raise FileTooLarge(self._most_bytes) from error
        except (BadRequest, OSError, EOFError) as error:
            raise UploadCut(_CUT) from error


def _shut(connection: object) -> None:
    if isinstance(connection, socket.socket):
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RD)
