"""Settings that are in files, as the secrets of Docker and Kubernetes are."""

import os

from dbspend360.errors import BadSettings

FILE = "_FILE"  # behind a variable: the file that holds its value
_LARGEST_FILE = 65_536  # letters; somebody named the wrong file


def content(variable: str, path: str) -> str:
    """What a file says, without the line end that an editor leaves.

    Raises:
        BadSettings: it cannot be read, or the variable itself is set too.
    """
    if os.environ.get(variable):
        raise BadSettings(f"{variable} and {variable}{FILE} are both set: one of them is enough.")
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise BadSettings(f"{variable}{FILE} names {path}: {error.strerror}.") from error
    except ValueError as error:
        raise BadSettings(f"{variable}{FILE} names {path}, which is not UTF-8 text.") from error
    if len(text) > _LARGEST_FILE:
        raise BadSettings(f"{variable}{FILE} names {path}, which is too long for a setting.")
    return text.strip("\r\n")
