"""The shape of every answer, good or bad."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, g, request
from pydantic import BaseModel

from dbspend360.errors import DBSpendError
from dbspend360.log import request_id
from dbspend360.models.answer import Answer
from dbspend360.models.view_query import Problem
from dbspend360.services.exact_json import json_text

JSON = "application/json"
_AGAIN = "private, max-age=0, must-revalidate"
_VARY = "Accept, Accept-Encoding"  # whole at once: whoever packs it adds nothing more
_CONDITIONS = {"HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH"}  # by which a client says what it has

# What Werkzeug, gunicorn and we refuse by number: the code for programs and a sentence for people.
WORDS = {
    400: ("bad_request", "The request cannot be read."),
    401: ("login_needed", "Log in first."),
    403: ("forbidden", "You may not do this."),
    404: ("not_found", "There is nothing at this address; /api/docs lists what there is."),
    405: ("method_not_allowed", "This address does not take this method."),
    406: ("not_acceptable", "This address cannot answer in a format that Accept names."),
    409: ("conflict", "Somebody else changed the same thing first."),
    413: ("too_large", "The request is too large."),
    414: ("uri_too_long", "The address is too long: 8,000 characters are the most."),
    415: ("unsupported_media_type", "The request is not in a format that this address takes."),
    422: ("unprocessable", "The request is well-formed, but makes no sense."),
    429: ("too_many_requests", "Too many requests: wait a moment."),
    431: ("headers_too_large", "The headers of the request are too large."),
    500: ("internal_error", "Something went wrong on the server. The log says what."),
}


@dataclass(frozen=True)
class Reply:
    """What an address has found out."""

    data: BaseModel | Mapping[str, Any]
    filters: Mapping[str, Any]  # the view, in the words of the parameters
    answers: Sequence[Answer[Any]]  # of the warehouse, at least one


def of_now(data: BaseModel) -> Reply:
    """What was read from the store just now: it hangs on no view."""
    return Reply(data, {}, [Answer(None, datetime.now(UTC), cached=False)])


@dataclass(frozen=True)
class Written:
    """A good answer as text, but for what each request has anew."""

    body: bytes  # up to what the meta says of this request
    tag: str
    as_of: datetime  # when the oldest part was asked for
    is_stale: bool
    is_cached: bool  # every part came from memory
    questions: tuple[str, ...] = ()  # that were asked for it

    @property
    def size(self) -> int:
        """Bytes of it."""
        return len(self.body)


def written(reply: Reply) -> Written:
    """`{"success": true, "data": ..., "meta": ...`, as far as it is the same for everybody."""
    data = reply.data.model_dump() if isinstance(reply.data, BaseModel) else reply.data
    outage = next((each.outage for each in reply.answers if each.outage), "")
    content = f'"data":{json_text(data)}'
    kept = json_text({"filters_applied": reply.filters, "stale": bool(outage)})
    as_of = min(each.asked_at for each in reply.answers)
    when = {"as_of": as_of.isoformat(timespec="seconds")}
    if outage:
        when["warning"] = f"The warehouse does not answer right now: {outage}"
    meta = f"{kept[:-1]},{json_text(when)[1:-1]}"
    # A name in a request may hold half of a character, which UTF-8 cannot write.
    body = f'{{"success":true,{content},"meta":{meta},'.encode("utf-8", "replace")
    return Written(
        body,
        tag=_hash(content + kept),  # without when it was asked
        as_of=as_of,
        is_stale=bool(outage),
        is_cached=all(each.cached for each in reply.answers),
    )


def success(answer: Written, *, is_again: bool = False) -> Response:
    """The answer to this request, or 304 when the client has it already.

    `is_again`: it was written for an earlier request.
    """
    is_hit = "true" if is_again or answer.is_cached else "false"
    anew = f'"cache_hit":{is_hit},"query_time_ms":{_milliseconds()}}}}}'
    headers = {
        "Cache-Control": _AGAIN,
        "Vary": _VARY,
        "ETag": f'W/"{answer.tag}"',  # weak: what each answer has anew is not in it
    }
    response = Response(answer.body + anew.encode(), 200, headers, content_type=JSON)
    if not _CONDITIONS.isdisjoint(request.environ):
        response.make_conditional(request)
    return response


def refusal(status: int) -> Response:
    """The error that a status alone stands for."""
    return _json(refusal_text(status, _milliseconds()), status)


def refusal_text(status: int, milliseconds: float = 0.0) -> str:
    """The same as text, also for who refuses before a request has begun."""
    code, message = WORDS.get(status, WORDS[500 if status >= 500 else 400])
    return _failure(code, message, (), milliseconds)


def told(error: DBSpendError) -> Response:
    """The error's own status, code and sentence."""
    problems = getattr(error, "problems", ())
    text = _failure(error.code, str(error), problems, _milliseconds())
    response = _json(text, error.status)
    if error.retry_after_seconds is not None:
        response.retry_after = error.retry_after_seconds
    return response


def _failure(code: str, message: str, problems: Sequence[Problem], milliseconds: float) -> str:
    """`{"success": false, "error": ..., "meta": ...}`."""
    error = {"code": code, "message": message, "details": [vars(each) for each in problems]}
    meta = {"query_time_ms": milliseconds, "request_id": request_id()}
    return json_text({"success": False, "error": error, "meta": meta})


def _milliseconds() -> float:
    now = time.perf_counter()
    came_in: float = g.get("came_in", now)  # see every_request.py
    return round((now - came_in) * 1000, 1)


def _json(text: str, status: int = 200) -> Response:
    # A name in a request may hold half of a character, which UTF-8 cannot write.
    response = Response(text.encode("utf-8", "replace"), status, mimetype=JSON)
    response.headers["Cache-Control"] = "no-store" if status >= 400 else _AGAIN
    return response


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
