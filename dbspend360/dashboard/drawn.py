"""What was drawn already: the same figures look the same, and drawing takes longer than asking."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from dash.development.base_component import Component

_MOST = 32  # views; a quarter of a megabyte each


class Drawn:
    """The drawings asked for last, of one process. Safe under many threads."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def once(self, key: Hashable | None, draw: Callable[[], Any]) -> Any:  # noqa: ANN401
        """What `draw()` makes, as plain JSON; `key` is all that it is made of, None: draw anew.

        Nobody may change what comes out: the next one gets the same.
        """
        if key is None:
            return draw()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = plain(draw())
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found


def plain(drawn: Any) -> Any:  # noqa: ANN401
    """Components as the dictionaries that a page gets, and all else as it is."""
    if isinstance(drawn, Component):
        return plain(drawn.to_plotly_json())  # type: ignore[no-untyped-call]
    if isinstance(drawn, dict):
        return {name: plain(value) for name, value in drawn.items()}
    if isinstance(drawn, list | tuple):
        return [plain(each) for each in drawn]
    return drawn
