"""How a request is turned away: a program gets JSON, a browser a page."""

from http import HTTPStatus

from flask import Response, request

from dbspend360.api.envelope import told
from dbspend360.api.error_page import sentence_page
from dbspend360.errors import DBSpendError


def refused(error: DBSpendError) -> Response:
    """The answer to whoever may not come in."""
    if _wants_a_page():
        return sentence_page(error.status, HTTPStatus(error.status).phrase, str(error))
    return told(error)


def _wants_a_page() -> bool:
    is_program = request.path.startswith("/api/") or "/_dash-" in request.path
    return request.method in ("GET", "HEAD") and not is_program
