"""Files that are ready to be fetched: once, soon, and by whoever ordered them."""

import hashlib
import json
import os
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from dbspend360.errors import NotFound
from dbspend360.models.report import FileFormat, Written

KEPT_SECONDS = 600
_GONE = (
    "This file was fetched already, or nobody fetched it within ten minutes: export the view again."
)


@dataclass(frozen=True)
class Ready:
    """An open file of which nothing is left once it is closed."""

    stream: BinaryIO
    size: int
    written: Written


class ReadyFiles:
    """In a private folder. The names there say nothing of the tokens that lead to them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, path: Path, written: Written, user_id: str) -> str:
        """Keep the file, and give the token to fetch it with."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._sweep()
        token = secrets.token_urlsafe(24)
        about = {**asdict(written), "user_id": user_id}
        path.replace(self._data(token))
        draft = self._about(token).with_suffix(".tmp")
        draft.write_text(json.dumps(about), encoding="utf-8")
        draft.replace(self._about(token))
        return token

    def take(self, token: str, user_id: str) -> Ready:
        """The file; the next who asks is told that it is gone.

        Raises:
            NotFound: it is gone, or somebody else's.
        """
        about, data = self._about(token), self._data(token)
        try:
            fields = json.loads(about.read_text(encoding="utf-8"))
            is_old = time.time() - about.stat().st_mtime > KEPT_SECONDS
            if fields.pop("user_id") != user_id or is_old:
                raise NotFound(_GONE)
            about.unlink()  # only one of two can do that
            stream = data.open("rb")
            data.unlink()
        except FileNotFoundError as error:
            raise NotFound(_GONE) from error
        fields["kind"] = FileFormat(fields["kind"])
        return Ready(stream, os.fstat(stream.fileno()).st_size, Written(**fields))

    def _about(self, token: str) -> Path:
        return self._data(token).with_suffix(".json")

    def _data(self, token: str) -> Path:
        return self._folder / hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

    def _sweep(self) -> None:
        for each in self._folder.iterdir():
            try:
                if time.time() - each.stat().st_mtime > KEPT_SECONDS:
                    each.unlink()
            except FileNotFoundError:
                pass  # somebody else did
