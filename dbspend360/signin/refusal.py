"""How a request is turned away: a program gets JSON, a browser a page, or where to sign in."""

from http import HTTPStatus
from urllib.parse import quote

from flask import Response, redirect, request

from dbspend360.api.envelope import told
from dbspend360.api.error_page import sentence_page
from dbspend360.errors import DBSpendError, NotSignedIn
from dbspend360.signin.routes import LOGIN


def refused(error: DBSpendError) -> Response:
    """The answer to whoever may not come in."""
    if not _wants_a_page():
        return told(error)
    page = sentence_page(error.status, HTTPStatus(error.status).phrase, str(error))
    page.retry_after = error.retry_after_seconds
    page.headers["Cache-Control"] = "no-store"
    return page


def refused_or_asked(error: DBSpendError) -> Response:
    """The same; where there is a page to sign in, whoever has not yet is led there and back."""
    if isinstance(error, NotSignedIn) and _wants_a_page() and request.method in ("GET", "HEAD"):
        response = redirect(f"{LOGIN}?next={quote(_here(), safe='')}", 303)
        response.headers["Cache-Control"] = "no-store"
        return response  # type: ignore[return-value]  # Werkzeug's is the one that Flask makes
    return refused(error)


def _here() -> str:
    return request.full_path if request.query_string else request.path


def _wants_a_page() -> bool:
    is_program = request.path.startswith("/api/") or "/_" in request.path
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    return (request.method in ("GET", "HEAD") or is_form) and not is_program
