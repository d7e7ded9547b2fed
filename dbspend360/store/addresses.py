"""Where the settings of users are kept, from `DBSPEND360_STATE_URL`, checked.

Nothing here repeats the address: it may hold a password.
"""

import re
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from dbspend360.errors import BadSettings

_WANTED = (
    "DBSPEND360_STATE_URL must be sqlite:////folder/state.sqlite or "
    "postgresql://user:password@host/database"
)
_POSTGRESQL = ("postgres", "postgresql", "postgresql+psycopg")


def file_address(path: Path) -> URL:
    """The address of a SQLite file."""
    return URL.create("sqlite", database=str(path.absolute()))


def read_address(text: str) -> URL:
    """The address that the setting names.

    Raises:
        BadSettings: it names none, or one that this installation cannot reach.
    """
    address = _parsed(text.strip())
    if address.drivername == "sqlite":
        return _file(address)
    if address.drivername in _POSTGRESQL:
        _require_driver()
        return address.set(drivername="postgresql+psycopg")
    raise BadSettings(f"{_WANTED}.")


def _parsed(text: str) -> URL:
    # A sign of the address inside the password would make a part of it the host's name.
    authority = re.split(r"[/?#]", text.partition("://")[2])[0]
    if text.count("@") != authority.count("@") or authority.count("@") > 1:
        raise BadSettings(f"{_WANTED}; write @ / ? # in a password as %40 %2F %3F %23.")
    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        raise BadSettings(f"{_WANTED}.") from None


def _file(address: URL) -> URL:
    if not address.database or ":memory:" in address.database or address.host or address.query:
        raise BadSettings(f"{_WANTED}; SQLite needs the path of a file and nothing else.")
    return file_address(Path(address.database))


def _require_driver() -> None:
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise BadSettings(
            "PostgreSQL needs its extra: pip install 'dbspend360[postgres]'"
        ) from error
