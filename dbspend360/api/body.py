"""Reads the body of a request that changes something.

Only JSON, and only from our own pages or from no page at all: a form of a foreign page can send
neither this type nor hide where it stands.
"""

import json
from datetime import datetime
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
    require_no_foreign_page()
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


def read_moment(given: object) -> datetime | None:
    """An `updated_at` as it was read before; None where it is null.

    Raises:
        BadView: it is no moment with a zone.
    """
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(str(given))
    except ValueError:
        found = datetime.min
    if found.tzinfo is None:
        refuse([Problem("updated_at", "is not a moment as it was read")])
    return found


def require_no_foreign_page() -> None:
    """Refuse a change that another site's page asks for (403)."""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "none")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Forbidden
    if site not in ("same-origin", "none"):
        raise Forbidden
