"""Where the web processes of one server add up what they count: in memory, not on the disk.

Must be there before `dbspend360.metrics` is imported: the library looks for it then.
"""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_NAME = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX = "dbspend360-counts-"


def share_counts() -> None:
    """Make a private folder, and remove those of servers that were killed.

    Where none can be made, each process tells its own part.
    """
    if os.environ.get(_NAME):  # a reload: the old processes still count there
        return
    place = Path("/dev/shm")  # noqa: S108
    if not os.access(place, os.W_OK):
        place = Path(tempfile.gettempdir())
    with suppress(OSError):
        for left in place.glob(f"{_PREFIX}*"):
            _remove_if_dead(left)
        os.environ[_NAME] = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place)


def forget_counts() -> None:
    """Remove the folder, when the server ends."""
    if folder := os.environ.get(_NAME):
        shutil.rmtree(folder, ignore_errors=True)


def _remove_if_dead(folder: Path) -> None:
    number = folder.name.removeprefix(_PREFIX).partition("-")[0]
    is_ours = folder.stat().st_uid == os.geteuid()
    if is_ours and number.isdigit() and not Path(f"/proc/{number}").exists():
        shutil.rmtree(folder, ignore_errors=True)
