"""What goes wrong, when a test says so."""

import threading
from dataclasses import dataclass, field
from typing import Literal

What = Literal["status", "drop", "lose reply", "delay", "expired session"]


@dataclass
class Fault:
    """One thing that goes wrong."""

    what: What
    rpc: str | None = None  # None: every one
    times: int | None = 1  # None: until cleared
    every: int = 1  # 3: every third matching request
    code: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    seen: int = 0


class Faults:
    """A queue of them; each request takes the first that is meant for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """From now on, as the fault says."""
        with self._lock:
            self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """All is well again."""
        with self._lock:
            self._waiting.clear()

    def take(self, rpc: str) -> Fault | None:
        """The fault of this request."""
        with self._lock:
            for fault in self._waiting:
                if fault.rpc in (None, rpc):
                    fault.seen += 1
                    if fault.seen % fault.every == 0:
                        return self._used(fault)
        return None

    def _used(self, fault: Fault) -> Fault:
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._waiting.remove(fault)
        return fault
