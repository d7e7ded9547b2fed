"""Reads the body of a request that changes something.

Only JSON. What a foreign page sends is turned away before, with every other change.
"""

import json
import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlsplit

from flask import request
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from dbspend360.api.envelope import JSON
from dbspend360.api.reading import refuse
from dbspend360.models.alert_config import ADDRESS, MOST_ADDRESS, whole
from dbspend360.models.view_query import Problem

MOST_BYTES = 100_000
REFUSALS = (403, 413, 415)

_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


class Body(BaseModel):
    """What a request sends. Nothing else is taken for it: no "yes" for true, no "7" for 7."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _number(value: object) -> object:
    """Numbers are read as exact decimals or as whole numbers of any length."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return float(Decimal(value))
    return value


def _moment(value: object) -> object:
    """One way to write it, always with its zone: pydantic takes seconds since 1970 as well."""
    try:
        if isinstance(value, str) and _MOMENT.fullmatch(value.upper()):
            return datetime.fromisoformat(value.upper())
    except ValueError:
        pass  # there is no such moment
    if isinstance(value, datetime):
        return value
    raise ValueError("is not a moment with its zone, such as 2026-11-25T08:00:00Z")


# Behind the limits of a field, which pydantic would not describe otherwise.
NUMBER = BeforeValidator(_number)
WHOLE = BeforeValidator(whole)
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
Address = Annotated[str, Field(pattern=ADDRESS, max_length=MOST_ADDRESS)]


def read_body() -> dict[str, Any]:
    """The fields of a JSON object; numbers as exact decimals.

    Raises:
        BadView: it is none.
        HTTPException: it is something else, or too large.
    """
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


def is_from_foreign_page() -> bool:
    """Whether another site's page asks, as far as its browser says."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:  # it knows better than we do, whatever a proxy calls us
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host
