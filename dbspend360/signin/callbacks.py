"""What a callback may look like: Dash answers 500 to whatever its own scripts do not send.

Anything else is said to make no sense, before Dash sees it.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from flask import Flask, Response, request

from dbspend360.errors import BadView
from dbspend360.signin.refusal import refused

Json = Any
Callbacks = Mapping[str, Mapping[str, Json]]  # of one page: by their outputs, as Dash keeps them

_END = "_dash-update-component"
_DEEPEST = 30
_MOST_LISTS = 20_000  # and objects
_MOST_CHANGED = 100
_SENDING = ("send_now", "send_again")


def register(server: Flask, pages: Mapping[str, Callbacks]) -> None:
    """Refuse what makes no sense; `pages` are the callbacks by the start of a page's address."""

    @server.before_request
    def only_what_is_asked_for() -> Response | None:
        if request.method != "POST" or not is_callback():
            return None
        try:
            known = pages.get(request.path.removesuffix(_END), {})
            _require_sense(callback_body(), known)
        except BadView as error:
            return refused(error)
        return None


def is_callback() -> bool:
    """Whether a page asks for its parts."""
    return request.path.endswith(f"/{_END}")


def callback_body() -> dict[str, Json]:
    """What it sends.

    Raises:
        BadView: it is no JSON object, or one that nobody could read.
    """
    data = request.get_data()
    try:
        if data.count(b"[") + data.count(b"{") > _MOST_LISTS:
            raise ValueError("too many lists and objects")
        body = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadView("The body of this request is not JSON that a page sends.") from error
    if not isinstance(body, dict) or _is_deep(body):
        raise BadView("The body of this request is not what a page sends.")
    return body


def makes_a_file_or_mail() -> bool:
    """Whether this callback begins one: how far it is may be asked as often as one likes."""
    try:
        inputs = callback_body().get("inputs")
    except BadView:
        return False
    asked = inputs[0] if isinstance(inputs, list) and inputs else None
    value = asked.get("value") if isinstance(asked, dict) else None
    if not isinstance(asked, dict) or not isinstance(value, dict):
        return False
    deed = value.get("deed")
    if asked.get("id") == "export-question":
        return "cacheKey" not in request.args
    is_sent = isinstance(deed, dict) and deed.get("what") in _SENDING
    return is_sent or (asked.get("id") == "mail-order" and "send" in value)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _is_deep(body: Json) -> bool:
    level = [body]
    for _ in range(_DEEPEST):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return False
    return True


def _inside(value: Json) -> Iterator[Json]:
    parts = value.values() if isinstance(value, dict) else value
    return (each for each in parts if isinstance(each, dict | list))


def _require_sense(body: dict[str, Json], known: Callbacks) -> None:
    output = body.get("output")
    callback = known.get(output) if isinstance(output, str) else None
    if callback is None or "callback" not in callback:
        raise BadView("No page of this app asks for this: reload the page.")
    is_asked_for = (
        _names(body.get("inputs", [])) == _names(callback["inputs"])
        and _names(body.get("state", [])) == _names(callback["state"])
        and body.get("outputs") == _outputs(str(output))
        and _are_texts(body.get("changedPropIds", []))
        and request.query_string.isascii()
        and all(value.isascii() for values in request.args.listvalues() for value in values)
    )
    if not is_asked_for:
        raise BadView("This is not how a page of this app asks: reload the page.")


def _names(parts: Json) -> list[tuple[str, str]] | None:
    if not isinstance(parts, list) or not all(isinstance(each, dict) for each in parts):
        return None
    return [(str(each.get("id")), str(each.get("property"))) for each in parts]


def _outputs(output: str) -> Json:
    found = [
        dict(zip(("id", "property"), each.rsplit(".", 1), strict=True))
        for each in output.strip(".").split("...")
    ]
    return found if output.startswith("..") else found[0]


def _are_texts(parts: Json) -> bool:
    return (
        isinstance(parts, list)
        and len(parts) <= _MOST_CHANGED
        and all(isinstance(each, str) for each in parts)
    )
