"""Makes a large file in a process of its own, so that the web process goes on answering.

The parent writes one line, the order, and holds the pipe open: once it is closed, by whatever
end of the parent, the child ends too. The child answers in lines: how far it is, then the token
or the error.
"""

import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from dbspend360 import errors
from dbspend360.errors import DBSpendError, ExportFailed
from dbspend360.log import write_log
from dbspend360.models.report import FileFormat
from dbspend360.services.child_settings import environment_of
from dbspend360.services.exporting import Progress
from dbspend360.services.file_making import Order, make_ready, tidy_exports
from dbspend360.settings import Settings

KILLED = (
    "The process that made the file was ended before it was done, perhaps for lack of memory. "
    "Try again, or choose fewer days."
)
_LOOK_SECONDS = 0.5
_NICE = 5  # pages come first


def made_apart(
    settings: Settings,
    order: Order,
    progress: Progress = lambda _done, _all: None,
    still_wanted: Callable[[], bool] = lambda: True,
) -> str:
    """Make the file in another process, and give the token to fetch it with.

    `still_wanted` is asked again and again; once it is not, the process is ended.

    Raises:
        DBSpendError: it was not made, and nothing of it is left.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "dbspend360.services.export_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment_of(settings),
    )
    try:
        _send(child, order)
        for said in _lines(child, still_wanted):
            if "token" in said:
                return str(said["token"])
            if "error" in said:
                raise _error(said)
            progress(said["done"], said["of"])
        raise ExportFailed(KILLED)
    finally:
        child.kill()
        child.communicate()
        tidy_exports(settings)


def _send(child: "subprocess.Popen[bytes]", order: Order) -> None:
    if child.stdin is None:
        raise ExportFailed(KILLED)
    try:
        child.stdin.write(json.dumps(asdict(order), default=str).encode() + b"\n")
        child.stdin.flush()
    except BrokenPipeError as error:
        raise ExportFailed(KILLED) from error


def _lines(
    child: "subprocess.Popen[bytes]", still_wanted: Callable[[], bool]
) -> Iterator[dict[str, Any]]:
    """What the child says, until it ends."""
    if child.stdout is None:
        return
    pipe, left = child.stdout.fileno(), b""
    while True:
        if not still_wanted():
            raise ExportFailed("Nobody waits for this file any more.")
        if not select.select([pipe], [], [], _LOOK_SECONDS)[0]:
            continue
        found = os.read(pipe, 65_536)
        if not found:
            return
        *whole, left = (left + found).split(b"\n")
        yield from map(json.loads, whole)


def _error(said: Mapping[str, Any]) -> DBSpendError:
    """The same error as in the child, as far as a door can tell."""
    error = DBSpendError(said["error"])
    known = getattr(errors, said["kind"], ExportFailed)
    error.status, error.code = known.status, known.code
    error.retry_after_seconds = known.retry_after_seconds
    return error


def main() -> None:
    """The child."""
    os.nice(_NICE)
    settings = Settings()
    write_log(settings.log_level, settings.log_format)
    order = _order(json.loads(sys.stdin.buffer.readline()))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _say(token=make_ready(settings, order, lambda done, of: _say(done=done, of=of)))
    except DBSpendError as error:
        _say(error=str(error), kind=type(error).__name__)


def _order(fields: Mapping[str, str]) -> Order:
    return Order(
        query=fields["query"],
        kind=FileFormat(fields["kind"]),
        user_id=fields["user_id"],
        today=date.fromisoformat(fields["today"]),
    )


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # not through its buffer: that is locked while Python ends
    os._exit(1)  # the folder it worked in is emptied by whoever works there next


def _say(**fields: object) -> None:
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
