"""How large a request may be: more is refused before it is read."""

from flask import Flask, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from dbspend360.api.envelope import refusal, told
from dbspend360.errors import FileTooLarge
from dbspend360.signin.callbacks import is_callback
from dbspend360.signin.routes import IMPORT_FILE

MOST_BYTES = 100_000  # no page of ours sends a tenth of it; see slow_clients
MOST_FORM_BYTES = 16_000
_MOST_FIELDS = 50
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def register(server: Flask, file_bytes: int) -> None:
    """Refuse what says that it is too large, and stop reading what does not say it.

    `file_bytes` is how large a file may be that is imported.
    """
    server.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    server.config["MAX_FORM_MEMORY_SIZE"] = MOST_FORM_BYTES
    server.config["MAX_FORM_PARTS"] = _MOST_FIELDS

    @server.before_request
    def not_too_large() -> Response | None:
        most = _most(file_bytes)
        request.max_content_length = most
        if not request.environ.get("CONTENT_LENGTH") or (request.content_length or 0) <= most:
            return None
        if most == file_bytes:
            return told(FileTooLarge(most))
        if is_callback():
            return refusal(RequestEntityTooLarge.code)
        raise RequestEntityTooLarge


def _most(file_bytes: int) -> int:
    if request.environ.get("CONTENT_TYPE") and request.mimetype in _FORMS:
        return MOST_FORM_BYTES
    return file_bytes if _is_file() else MOST_BYTES


def _is_file() -> bool:
    return request.method == "POST" and request.path == IMPORT_FILE
