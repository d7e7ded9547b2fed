"""What every request gets, whoever answers it: an id, a line in the log, and to be counted."""

import logging
import time
from functools import cache

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

from dbspend360.api.health import WATCHING
from dbspend360.log import begin_request, request_id
from dbspend360.metrics import REQUEST_SECONDS, REQUESTS
from dbspend360.services.visits import Visits

log = logging.getLogger("dbspend360.requests")

HEADER = "X-Request-ID"
_HEADER = "HTTP_X_REQUEST_ID"  # as WSGI names it
# Asked every few seconds, or a dozen at once: nothing to remember of them.
_QUIET = (*WATCHING, "/assets/", "/bundle/", "/_dash-component-suites/")
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}


def register(server: Flask, visits: Visits) -> None:
    """Before anything else looks at the request, and after everything else has answered it."""

    @server.before_request
    def begin() -> None:
        begin_request(request.environ.get(_HEADER, ""))
        g.came_in = time.perf_counter()
        if not request.path.startswith(WATCHING):
            visits.note()

    @server.after_request
    def end(response: Response) -> Response:
        response.headers[HEADER] = request_id()
        seconds = time.perf_counter() - g.came_in
        where, status = route(), response.status_code
        _note(where, status, seconds)
        _count(where, status, seconds)
        return response


def route() -> str:
    """The address without what people put into it; empty when there is none like it."""
    rule = request.url_rule
    return rule.rule if rule else ""


def _note(where: str, status: int, seconds: float) -> None:
    if not log.isEnabledFor(logging.INFO):
        return
    is_quiet = status < 500 and request.path.startswith(_QUIET)
    level = logging.DEBUG if is_quiet else logging.INFO
    milliseconds = round(seconds * 1000, 1)
    known = {"method": request.method, "route": where, "status": status, "ms": milliseconds}
    words = "method=%(method)s route=%(route)s status=%(status)d ms=%(ms).1f"
    log.log(level, words, known, extra=known)


def _count(where: str, status: int, seconds: float) -> None:
    method = request.method
    answered, took = _counters(method if method in _METHODS else "other", where, status)
    answered.inc()
    took.observe(seconds)


@cache  # as many as the library keeps itself, and found at a third of the cost
def _counters(method: str, where: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, where, str(status)), REQUEST_SECONDS.labels(where)
