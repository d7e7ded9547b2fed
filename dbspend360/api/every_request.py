"""What every request gets, whoever answers it: an id, a line in the log, and to be counted."""

import logging
import time

from flask import Flask, Response, g, request

from dbspend360.api.health import WATCHING
from dbspend360.log import begin_request, request_id
from dbspend360.metrics import REQUEST_SECONDS, REQUESTS
from dbspend360.services.visits import Visits

log = logging.getLogger("dbspend360.requests")

HEADER = "X-Request-ID"
# Asked every few seconds, or a dozen at once: nothing to remember of them.
_QUIET = (*WATCHING, "/assets/", "/bundle/", "/_dash-component-suites/")
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}


def register(server: Flask, visits: Visits) -> None:
    """Before anything else looks at the request, and after everything else has answered it."""

    @server.before_request
    def begin() -> None:
        begin_request(request.headers.get(HEADER, ""))
        g.came_in = time.perf_counter()
        if not request.path.startswith(WATCHING):
            visits.note()

    @server.after_request
    def end(response: Response) -> Response:
        response.headers[HEADER] = request_id()
        seconds = time.perf_counter() - g.came_in
        _note(response.status_code, seconds)
        _count(response.status_code, seconds)
        return response


def route() -> str:
    """The address without what people put into it; empty when there is none like it."""
    return request.url_rule.rule if request.url_rule else ""


def _note(status: int, seconds: float) -> None:
    milliseconds = round(seconds * 1000, 1)
    known = {"method": request.method, "route": route(), "status": status, "ms": milliseconds}
    is_quiet = status < 500 and request.path.startswith(_QUIET)
    level = logging.DEBUG if is_quiet else logging.INFO
    words = "method=%(method)s route=%(route)s status=%(status)d ms=%(ms).1f"
    log.log(level, words, known, extra=known)


def _count(status: int, seconds: float) -> None:
    method = request.method if request.method in _METHODS else "other"
    REQUESTS.labels(method, route(), str(status)).inc()
    REQUEST_SECONDS.labels(route()).observe(seconds)
