"""How large a request may be: more is refused before it is read."""

from flask import Flask, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from dbspend360.api.envelope import refusal
from dbspend360.signin.callbacks import is_callback

MOST_BYTES = 100_000  # no page of ours sends a tenth of it; see slow_clients
MOST_FORM_BYTES = 16_000
_MOST_FIELDS = 50
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def register(server: Flask) -> None:
    """Refuse what says that it is too large, and stop reading what does not say it."""
    server.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    server.config["MAX_FORM_MEMORY_SIZE"] = MOST_FORM_BYTES
    server.config["MAX_FORM_PARTS"] = _MOST_FIELDS

    @server.before_request
    def not_too_large() -> Response | None:
        most = MOST_FORM_BYTES if request.mimetype in _FORMS else MOST_BYTES
        request.max_content_length = most
        if (request.content_length or 0) <= most:
            return None
        if is_callback():
            return refusal(RequestEntityTooLarge.code)
        raise RequestEntityTooLarge
