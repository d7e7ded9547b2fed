"""What every request gets, whoever answers it: an id and a line in the log."""

import logging
import time

from flask import Flask, Response, g, request

from dbspend360.log import begin_request, request_id

log = logging.getLogger("dbspend360.requests")

HEADER = "X-Request-ID"
# Asked every few seconds, or a dozen at once: nothing to remember of them.
_QUIET = ("/healthz", "/readyz", "/metrics", "/assets/", "/_dash-component-suites/")


def register(server: Flask) -> None:
    """Before anything else looks at the request, and after everything else has answered it."""

    @server.before_request
    def begin() -> None:
        begin_request(request.headers.get(HEADER, ""))
        g.came_in = time.perf_counter()

    @server.after_request
    def end(response: Response) -> Response:
        response.headers[HEADER] = request_id()
        _note(response.status_code)
        return response


def route() -> str:
    """The address without what people put into it; empty when there is none like it."""
    return request.url_rule.rule if request.url_rule else ""


def _note(status: int) -> None:
    milliseconds = round((time.perf_counter() - g.came_in) * 1000, 1)
    known = {"method": request.method, "route": route(), "status": status, "ms": milliseconds}
    is_quiet = status < 500 and request.path.startswith(_QUIET)
    level = logging.DEBUG if is_quiet else logging.INFO
    words = "method=%(method)s route=%(route)s status=%(status)d ms=%(ms).1f"
    log.log(level, words, known, extra=known)
