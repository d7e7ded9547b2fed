"""How a request is turned away: a program gets JSON, a browser a page."""

from http import HTTPStatus

from flask import Response, request

from dbspend360.api.envelope import told
from dbspend360.api.error_page import sentence_page
from dbspend360.errors import DBSpendError


def refused(error: DBSpendError) -> Response:
    """The answer to whoever may not come in."""
    if not _wants_a_page():
        return told(error)
    page = sentence_page(error.status, HTTPStatus(error.status).phrase, str(error))
    page.retry_after = error.retry_after_seconds
    page.headers["Cache-Control"] = "no-store"
    return page


def _wants_a_page() -> bool:
    is_program = request.path.startswith("/api/") or "/_dash-" in request.path
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    return (request.method in ("GET", "HEAD") or is_form) and not is_program
