"""A folder that nobody but this app can write to."""

import os
import stat
from pathlib import Path


def make_private(folder: Path) -> None:
    """Make it where it is missing.

    Raises:
        OSError: it cannot be made, or others could write to it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    # The link itself too: somebody else could point it anywhere.
    if {folder.lstat().st_uid, folder.stat().st_uid} != {os.geteuid()}:
        raise PermissionError(f"{folder} belongs to somebody else")
    if folder.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(f"others may write to {folder}: run `chmod 700` on it")
