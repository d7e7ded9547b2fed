"""So many files are streamed at once by each process: whoever reads slowly holds a thread of it."""

import threading
from collections.abc import Callable
from contextlib import ExitStack

from dbspend360.errors import TooManyExports


class StreamPlaces:
    """Places that are given back by whoever took one."""

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count)

    def taken(self) -> Callable[[], None]:
        """What gives it back, however often it is called.

        Raises:
            TooManyExports: all are taken.
        """
        if not self._free.acquire(blocking=False):
            raise TooManyExports("Other files are being sent just now: try again in a moment.")
        stack = ExitStack()
        stack.callback(self._free.release)
        return stack.close
