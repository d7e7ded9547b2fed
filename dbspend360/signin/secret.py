"""The key that signs sessions."""

import os
import secrets
from pathlib import Path
from tempfile import mkstemp

from dbspend360.errors import BadSettings
from dbspend360.settings import Settings

_SHORTEST = 32  # letters
_FILE = "secret.key"


def secret_key(settings: Settings) -> str:
    """The one that is set, else the data folder's, made when it is first needed.

    Raises:
        BadSettings: it is too short, or can be neither read nor made.
    """
    given = settings.secret_key.get_secret_value()
    if given and len(given) < _SHORTEST:
        raise BadSettings(f"DBSPEND360_SECRET_KEY is too short: {_SHORTEST} letters are the least.")
    try:
        return given or _of_folder(settings.data_dir)
    except OSError as error:
        raise BadSettings(
            f"The key that signs sessions cannot be kept in {settings.data_dir} "
            f"({error.strerror}): set DBSPEND360_SECRET_KEY."
        ) from error


def _of_folder(folder: Path) -> str:
    """Whoever comes first makes it; a link appears whole, or is there already."""
    path = folder / _FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        # Not by process id: in two containers on one volume both are 1. Its mode is 0600.
        file, part = mkstemp(prefix=f"{_FILE}.", dir=folder)
        with open(file, "w") as writing:
            writing.write(secrets.token_hex(32))
        try:
            os.link(part, path)
        except FileExistsError:
            pass  # another process was faster
        finally:
            os.unlink(part)
    found = path.read_text("ascii", "replace").strip()
    if len(found) < _SHORTEST:
        raise BadSettings(f"{path} holds no key: remove it, and a new one is made.")
    return found
