"""A copy of all that the store keeps, as a file that any edition of it can be filled from.

One JSON object in each line: what the file is, each setting, and a checksum of all lines before.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from dbspend360.errors import BadFile, Conflict, DBSpendError
from dbspend360.models.setting import Setting, moment, require_fit
from dbspend360.store.base import Store

_LONGEST_LINE = 8_000_000  # bytes: the largest setting with every letter escaped
_SECRETS = "Addresses of people, and of chats that let anybody in: keep this as a password."
_THERE = (
    "There are settings in this store already: `--replace` puts the backup in their place, and "
    "what is not in the backup is gone."
)


Kind = TypeVar("Kind", bound="_Line")


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Head(_Line):
    dbspend360_backup: Literal[1]
    made_at: str
    holds: str
    settings: int


class _Row(_Line):
    user_id: str
    key: str
    value: str
    created_at: AwareDatetime
    updated_at: AwareDatetime


class _Foot(_Line):
    sha256: str


def back_up(
    store: Store,
    path: Path,
    *,
    replace: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Write the store as it is at one moment, whoever uses it meanwhile.

    Returns:
        How many settings are in the file.

    Raises:
        DBSpendError: it cannot be read or written; a file that was there stays as it was.
    """
    if path.exists() and not replace:
        raise DBSpendError(f"{path} is there already: `--replace` writes over it.")
    found = store.with_key("")  # one statement, so of one moment
    try:
        _write(path, _lines(found, now()))
    except OSError as error:
        raise DBSpendError(f"{path} cannot be written: {error.strerror}.") from error
    return len(found)


def restore(store: Store, path: Path, *, replace: bool = False) -> int:
    """Fill the store from a backup; the file is read to its end before anything is changed.

    Returns:
        How many settings there are now.

    Raises:
        BadFile: it is no whole backup; nothing was changed.
        Conflict: the store is not empty, and it was not said to `replace` what is there.
        DBSpendError: the store cannot be read or written.
    """
    found = read_backup(path)
    store.prepare()
    if not replace and store.with_key(""):
        raise Conflict(_THERE)
    store.replace_all(found)
    return len(found)


def read_backup(path: Path) -> list[Setting]:
    """The settings of a backup.

    Raises:
        BadFile: it is no whole backup; the sentence says where.
    """
    try:
        with path.open("rb") as file:
            return _settings(path, file)
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}.") from error


def _lines(settings: list[Setting], made_at: datetime) -> Iterator[bytes]:
    digest = hashlib.sha256()
    head = {
        "dbspend360_backup": 1,
        "made_at": made_at.isoformat(timespec="seconds"),
        "holds": _SECRETS,
        "settings": len(settings),
    }
    for each in (head, *(vars(row) for row in settings)):
        line = _line(each)
        digest.update(line)
        yield line
    yield _line({"sha256": digest.hexdigest()})


def _line(content: dict[str, object]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, default=lambda at: at.isoformat())
    return text.encode() + b"\n"


def _write(path: Path, lines: Iterator[bytes]) -> None:
    """All of it or nothing, for nobody else's eyes."""
    number, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(number, "wb") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise


def _settings(path: Path, file: BinaryIO) -> list[Setting]:
    lines = _Reader(path, file)
    head = lines.read(_Head)
    rows = [_setting(lines) for _ in range(max(0, head.settings))]
    checksum = lines.checksum()
    if lines.read(_Foot).sha256 != checksum:
        raise lines.bad("the checksum is not that of the lines before: it was changed")
    if file.read(1):
        raise lines.bad("there is more after its end")
    if len({(each.user_id, each.key) for each in rows}) != len(rows):
        raise lines.bad("it holds a setting twice")
    return rows


def _setting(lines: "_Reader") -> Setting:
    row = lines.read(_Row)
    try:
        require_fit(row.user_id, row.key, row.value)
        return Setting(
            row.user_id, row.key, row.value, moment(row.created_at), moment(row.updated_at)
        )
    except DBSpendError as error:
        raise lines.bad(str(error)) from error


class _Reader:
    """Line by line: a hostile file is given up at the first that is wrong."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file = path, file
        self._number = 0
        self._digest = hashlib.sha256()

    def read(self, kind: type[Kind]) -> Kind:
        line = self._file.readline(_LONGEST_LINE)
        self._number += 1
        if not line.endswith(b"\n"):
            raise self.bad("it ends too early")
        self._digest.update(line)
        try:
            return kind.model_validate_json(line)
        except ValidationError as error:
            raise self.bad("that is no line of a backup") from error

    def checksum(self) -> str:
        """Of all lines so far."""
        return self._digest.hexdigest()

    def bad(self, why: str) -> BadFile:
        return BadFile(f"{self._path}, line {self._number}: {why}. Nothing was changed.")
