"""Sends scripts and style sheets as small as Brotli can make them.

That takes seconds of work, so it is done once, beside the requests: until then they are packed as
everything else is, quickly and a fifth larger. What is packed lies in the cache folder, where the
other processes and the next start find it.
"""

import hashlib
import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli
from flask import Flask, Response, request

from dbspend360.warehouse.private_folder import make_private

log = logging.getLogger(__name__)

_KINDS = {"text/javascript", "application/javascript", "text/css"}
_SMALLEST = 2_000  # bytes; below, there is nothing to gain
_BEST = 11
_NICE = 10  # pages come first


def register(server: Flask, folder: Path) -> None:
    """Look at every answer before it is packed otherwise: call this after all who pack."""
    packed = _Packed(folder)

    @server.after_request
    def shrink(response: Response) -> Response:
        if not _fits(response):
            return response
        response.direct_passthrough = False
        content = response.get_data()
        response.close()  # a file, that is: what it said is here now
        smaller = packed.find(content) if len(content) >= _SMALLEST else None
        if smaller is not None:
            response.set_data(smaller)
            response.content_encoding = "br"
            response.vary.add("Accept-Encoding")
        return response


def _fits(response: Response) -> bool:
    return (
        response.mimetype in _KINDS
        and response.status_code == 200
        and request.method in ("GET", "HEAD")
        and not response.content_encoding
        and request.accept_encodings.quality("br") > 0
    )


class _Packed:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: dict[str, bytes] = {}
        self._under_way: set[str] = set()
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(1, "packing", initializer=_step_back)  # opens none yet

    def find(self, content: bytes) -> bytes | None:
        """The same, packed; None while that is still to be done."""
        name = hashlib.sha256(content).hexdigest()[:40]
        found = self._found.get(name) or self._read(name)
        if found is None:
            with self._lock:
                if name not in self._under_way:
                    self._under_way.add(name)
                    self._threads.submit(self._pack, name, content)
        return found

    def _read(self, name: str) -> bytes | None:
        try:
            seal, found = _split((self._folder / f"{name}.br").read_bytes())
        except OSError:
            return None
        if seal != _seal(found):  # a full disk, or somebody's mistake: packed anew
            return None
        self._found[name] = found
        return found

    def _pack(self, name: str, content: bytes) -> None:
        found = brotli.compress(content, quality=_BEST)
        self._found[name] = found
        try:
            make_private(self._folder.parent)
            make_private(self._folder)
            part = self._folder / f"{name}.{os.getpid()}.part"
            part.write_bytes(_seal(found) + found)
            part.replace(self._folder / f"{name}.br")
        except OSError as error:
            log.warning("packed scripts are not kept: %s", error)


def _seal(packed: bytes) -> bytes:
    return hashlib.sha256(packed).digest()


def _split(kept: bytes) -> tuple[bytes, bytes]:
    size = hashlib.sha256().digest_size
    return kept[:size], kept[size:]


def _step_back() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
