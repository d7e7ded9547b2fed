"""Answers as they were last read from remembered bytes, for who reads the same bytes again."""

import threading
from collections import OrderedDict

from dbspend360.models.answer import Answer
from dbspend360.warehouse.answers_json import loaded
from dbspend360.warehouse.base import Rows

_MOST_BYTES = 1_000_000  # as JSON; as rows some eight times as much


class Decoded:
    """Of one process. Safe under many threads.

    What is remembered, and for how long, is not said here: without the bytes there is no answer.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[bytes, Answer[Rows]]] = OrderedDict()
        self._size = 0

    def read(self, key: str, data: object) -> Answer[Rows] | None:
        """What the bytes that were found at `key` say; None where they say nothing.

        Nobody may change what comes out: the next one gets the same.
        """
        with self._lock:
            known = self._known.get(key)
            if known and known[0] == data:
                self._known.move_to_end(key)
                return known[1]
        answer = loaded(data)
        if answer and isinstance(data, bytes):
            self._keep(key, data, answer)
        return answer

    def _keep(self, key: str, data: bytes, answer: Answer[Rows]) -> None:
        if len(data) > self._most // 2:  # one long answer must not push all short ones out
            return
        with self._lock:
            before = self._known.pop(key, None)
            self._known[key] = (data, answer)
            self._size += len(data) - (len(before[0]) if before else 0)
            while self._size > self._most:
                _, (dropped, _) = self._known.popitem(last=False)
                self._size -= len(dropped)
