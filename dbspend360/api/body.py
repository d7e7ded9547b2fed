"""Reads the body of a request that changes something.

Only JSON, and only from our own pages or from no page at all: a form of a foreign page can send
neither this type nor hide where it stands.
"""

import json
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import Forbidden, RequestEntityTooLarge, UnsupportedMediaType

from dbspend360.api.envelope import JSON
from dbspend360.api.reading import refuse
from dbspend360.models.view_query import Problem

MOST_BYTES = 100_000
REFUSALS = (403, 413, 415)


def read_body() -> dict[str, Any]:
    """The fields of a JSON object; numbers as exact decimals.

    Raises:
        BadView: it is none.
        HTTPException: it is something else, too large, or from a foreign page.
    """
    _require_no_foreign_page()
    if request.mimetype != JSON:
        raise UnsupportedMediaType
    request.max_content_length = MOST_BYTES
    if (request.content_length or 0) > MOST_BYTES:
        raise RequestEntityTooLarge
    try:
        found = json.loads(request.get_data(cache=False), parse_float=Decimal)
    except (ValueError, RecursionError):
        refuse([Problem("body", "is not JSON in UTF-8")])
        raise
    if not isinstance(found, dict):
        refuse([Problem("body", "is not a JSON object")])
    return dict(found)


def _require_no_foreign_page() -> None:
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "none")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Forbidden
    if site not in ("same-origin", "none"):
        raise Forbidden
