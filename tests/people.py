"""People who use a running server over HTTP, and what they saw; for the drills."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

from ports import free_port
from processes import process

Json = Any
_READ = ("/api/summary?preset=last_30_days", "/api/job-spends?per_page=5", "/", "/api/alerts")
_CONFIG = "/api/alerts/config"
BACK_SECONDS = 10.0


@dataclass(frozen=True)
class Reply:
    status: int  # 0: the line was cut
    body: bytes = b""

    @property
    def json(self) -> Json:
        return json.loads(self.body)

    @property
    def is_honest(self) -> bool:
        """An answer, or a 503 that says why; a cut line is not an answer at all."""
        return self.status < 500 or (self.status == 503 and bool(self.json["error"]["message"]))


def sent(
    address: str,
    *,
    method: str = "GET",
    body: Json = None,
    seconds: float = 30,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    data = None if body is None else json.dumps(body).encode()
    known = {"Content-Type": "application/json"} | dict(headers or {})
    asked = urllib.request.Request(address, data, known)
    asked.method = method
    try:
        with urllib.request.urlopen(asked, timeout=seconds) as answer:
            return Reply(answer.status, answer.read())
    except urllib.error.HTTPError as error:
        return Reply(error.code, error.read())
    except (OSError, HTTPException):
        return Reply(0)


@dataclass
class Site:
    """A running server."""

    address: str
    process: Any
    log: Path
    headers: Mapping[str, str] = field(default_factory=dict)  # of everybody who uses it

    def get(self, path: str) -> Reply:
        return sent(self.address + path, headers=self.headers)

    def put(self, path: str, body: Json) -> Reply:
        return sent(self.address + path, method="PUT", body=body, headers=self.headers)

    def is_ready(self) -> bool:
        return self.get("/readyz").status == 200

    def workers(self) -> list[int]:
        """The web processes."""
        pid = self.process.pid
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def site(folder: Path, logs: Path | None = None, /, **settings: str) -> Iterator[Site]:
    """`dbspend360 serve`, from its first answer on; its log is beside the data or in `logs`."""
    port = free_port()
    log = (logs or folder.parent) / f"site-{port}.log"
    chosen = {"DBSPEND360_PORT": str(port), "DBSPEND360_CACHE_SECONDS": "1"} | settings
    with process(folder, log, "serve", **chosen) as started:
        found = Site(f"http://127.0.0.1:{port}", started, log)
        wait_until(lambda: found.get("/healthz").status == 200, 90)
        yield found


def wait_until(wanted: Callable[[], bool], seconds: float) -> float:
    """How long it took."""
    began = time.monotonic()
    while not wanted():
        assert time.monotonic() - began < seconds, "it did not happen in time"
        time.sleep(0.1)
    return time.monotonic() - began


@dataclass
class People:
    """Three who look and one who saves a number that grows."""

    site: Site
    wrong: list[str] = field(default_factory=list)
    seen: Counter[int] = field(default_factory=Counter)
    saved: int = 0  # the last number that the server said is saved
    tried: int = 0

    def __enter__(self) -> "People":
        self._over = threading.Event()
        acts = [self._look, self._look, self._look, self._save]
        self._threads = [threading.Thread(target=self._again, args=(act,)) for act in acts]
        for each in self._threads:
            each.start()
        wait_until(lambda: self.saved > 2, 30)
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for each in self._threads:
            each.join(60)

    def _again(self, act: Callable[[], None]) -> None:
        while not self._over.is_set():
            act()
            self._over.wait(0.05)

    def _note(self, what: str, reply: Reply) -> Reply:
        self.seen[reply.status] += 1
        if not reply.is_honest:
            self.wrong.append(f"{what}: {reply.status} {reply.body[:200]!r}")
        return reply

    def _look(self) -> None:
        for path in _READ:
            self._note(path, self.site.get(path))

    def _save(self) -> None:
        before = self._note("read", self.site.get(_CONFIG))
        if before.status != 200:
            return
        kept = before.json["data"]
        self.tried += 1
        body = {"threshold_amount": 1_000 + self.tried, "updated_at": kept["updated_at"]}
        if self._note("save", self.site.put(_CONFIG, body)).status == 200:
            self.saved = self.tried

    def kept(self) -> int:
        """The number that is there now; never older than the last that was said to be saved."""
        amount = self.site.get(_CONFIG).json["data"]["threshold_amount"]
        return int(float(amount)) - 1_000


def all_is_well(people: People, *, cut: int = 0) -> None:
    """Nothing but answers and honest 503s, no more lines cut, and the last number is there."""
    wait_until(people.site.is_ready, BACK_SECONDS)
    before = people.saved
    wait_until(lambda: people.saved > before + 2, BACK_SECONDS)
    people.__exit__()
    assert people.wrong == []
    assert people.seen[0] <= cut
    assert people.saved <= people.kept() <= people.tried
