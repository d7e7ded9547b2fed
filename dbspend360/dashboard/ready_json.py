"""Gives a callback's answer again as the text that Dash has made of it.

Dash calls what its `callback_map` holds for a callback, with the callback's inputs, and sends the
text that it returns. So a kept text needs neither the callback nor Dash's way from components to
JSON.
"""

from collections.abc import Callable, Hashable
from functools import wraps
from secrets import token_hex
from typing import Any

from dash import Dash, Input
from plotly.io.json import to_json_plotly

from dbspend360.dashboard.kept import Kept, Made, being_made
from dbspend360.warehouse.counted import count_again, names_asked

Json = Any


def answer_from(
    kept: Kept,
    app: Dash,
    source: Input,
    question: Callable[[Json], Hashable | None],
    *,
    echoed: str,
) -> None:
    """Let the callback that listens to `source` answer from `kept` where that is possible.

    `question(asked)` is what of the input the answer hangs on; None: it is answered anew each time.
    What the input has under the name `echoed` comes back as it is, wherever the callback puts it.
    """
    callback = _listening(app, source)
    make = callback["callback"]
    mark = token_hex(16)  # in place of what is echoed; nobody outside can know it

    @wraps(make)
    def answer(asked: Json, **of_dash: Any) -> str:  # noqa: ANN401
        about = question(asked)
        key = None if about is None else kept.key(str(source), about)
        if key is None:
            found: str = make(asked, **of_dash)
            return found
        known = kept.answers.find(key)
        if known:
            count_again(known.questions)
            pieces = known.pieces
        else:
            with being_made() as said, names_asked() as names:
                text = make(asked | {echoed: mark}, **of_dash)
            pieces = tuple(text.split(f'"{mark}"'))
            if said.as_of:
                kept.answers.keep(key, Made(pieces, said.as_of, tuple(names)))
        return _json(asked.get(echoed)).join(pieces)

    callback["callback"] = answer


def _listening(app: Dash, source: Input) -> dict[str, Any]:
    return next(
        each
        for each in app.callback_map.values()
        if each["inputs"] == [source.to_dict()] and "callback" in each
    )


def _json(value: Json) -> str:
    """As Dash writes it, with what could end a script escaped."""
    found: str = to_json_plotly(value)
    return found
