"""The shape of every answer, good or bad."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, g, request
from pydantic import BaseModel

from dbspend360.errors import DBSpendError
from dbspend360.models.answer import Answer
from dbspend360.models.view_query import Problem
from dbspend360.services.exact_json import json_text

JSON = "application/json"


@dataclass(frozen=True)
class Reply:
    """What an address has found out."""

    data: BaseModel | Mapping[str, Any]
    filters: Mapping[str, Any]  # the view, in the words of the parameters
    answers: Sequence[Answer[Any]]  # of the warehouse, at least one


def success(reply: Reply) -> Response:
    """`{"success": true, "data": ..., "meta": ...}`, or 304 when the client has it already."""
    data = reply.data.model_dump() if isinstance(reply.data, BaseModel) else reply.data
    outage = next((each.outage for each in reply.answers if each.outage), "")
    content = f'"data":{json_text(data)}'
    kept = {"filters_applied": reply.filters, "stale": bool(outage)}
    meta = kept | {
        "cache_hit": all(each.cached for each in reply.answers),
        "query_time_ms": _milliseconds(),
        "as_of": min(each.asked_at for each in reply.answers).isoformat(timespec="seconds"),
    }
    if outage:
        meta["warning"] = f"The warehouse does not answer right now: {outage}"
    response = _json(f'{{"success":true,{content},"meta":{json_text(meta)}}}')
    # Weak, and without what each answer has anew: the time it took and when it was asked.
    response.set_etag(_hash(content + json_text(kept)), weak=True)
    response.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    response.make_conditional(request)
    return response


def failure(status: int, code: str, message: str, details: Sequence[Problem] = ()) -> Response:
    """`{"success": false, "error": ..., "meta": ...}`."""
    error = {"code": code, "message": message, "details": [vars(each) for each in details]}
    body = {"success": False, "error": error, "meta": {"query_time_ms": _milliseconds()}}
    response = _json(json_text(body), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def told(error: DBSpendError) -> Response:
    """The error's own status, code and sentence."""
    response = failure(error.status, error.code, str(error), getattr(error, "problems", ()))
    if error.retry_after_seconds is not None:
        response.retry_after = error.retry_after_seconds
    return response


def begin() -> None:
    """Start the clock of a request."""
    g.began = time.perf_counter()


def _milliseconds() -> float:
    began: float = g.get("began", time.perf_counter())
    return round((time.perf_counter() - began) * 1000, 1)


def _json(text: str, status: int = 200) -> Response:
    # A name in a request may hold half of a character, which UTF-8 cannot write.
    return Response(text.encode("utf-8", "replace"), status, mimetype=JSON)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
