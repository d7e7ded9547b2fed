"""The places where answers can be remembered: one process, a folder, or Redis.

The caches are Flask-Caching's. They are not reached through `flask_caching.Cache`, which finds its
place through the Flask app of the current request: scheduled work has no request, and one process
may hold two apps.
"""

import logging
import uuid
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from cachelib.serializers import FileSystemSerializer, RedisSerializer
from flask_caching.backends import FileSystemCache, RedisCache, SimpleCache

from dbspend360.settings import Settings
from dbspend360.warehouse.memory import Memory
from dbspend360.warehouse.one_at_a_time import FileLocks, RedisLocks, ThreadLocks
from dbspend360.warehouse.private_folder import make_private
from dbspend360.warehouse.small_file import SmallFile

if TYPE_CHECKING:
    from redis import Redis

log = logging.getLogger(__name__)

_PREFIX = "dbspend360:"  # of every key in a Redis that others may use too
_MOST_IN_A_PROCESS = 500  # answers; the oldest go first
_MOST_IN_A_FOLDER = 2000


class BadCacheUrl(ValueError):
    """`cache_url` is none of the places we know."""


def make_memory(settings: Settings) -> Memory:
    """The place that `cache_url` names. Opens no connection yet.

    Raises:
        BadCacheUrl: it names none, or one that this installation cannot reach.
    """
    url = settings.cache_url
    if url == "simple":
        return _in_this_process(settings.data_dir / "cache")
    if url == "file":
        return _in_a_folder(settings.data_dir / "cache")
    if url.startswith("file:///"):
        # A folder of our own inside: the named one may be shared, and we must not lock it up.
        return _in_a_folder(Path(unquote(urlsplit(url).path)) / "cache")
    if url.startswith(("redis://", "rediss://")):
        return _in_redis(_client(url))
    raise BadCacheUrl(
        "DBSPEND360_CACHE_URL must be simple, file, file:///folder, redis://... or rediss://..."
    )


def _in_this_process(folder: Path) -> Memory:
    return Memory(SimpleCache(_MOST_IN_A_PROCESS), ThreadLocks(), _FileEpoch(folder))


def _in_a_folder(folder: Path) -> Memory:
    try:
        make_private(folder)
        (folder / "locks").mkdir(mode=0o700, exist_ok=True)
        cache = _Files(str(folder / "answers"), _MOST_IN_A_FOLDER)
    except OSError as error:
        log.warning("Each worker remembers answers for itself: %s", error)
        return _in_this_process(folder)
    return Memory(cache, FileLocks(folder / "locks"), _FileEpoch(folder))


def _in_redis(client: "Redis") -> Memory:
    cache = _Redis(host=client, key_prefix=_PREFIX)
    return Memory(cache, RedisLocks(client, _PREFIX), _RedisEpoch(client))


def _client(url: str) -> "Redis":
    try:
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError as error:
        raise BadCacheUrl("Redis needs its extra: pip install 'dbspend360[redis]'") from error
    try:
        # A cache that is slower than the warehouse is no use: give up early.
        return Redis.from_url(
            url, socket_connect_timeout=0.5, socket_timeout=2, retry=Retry(NoBackoff(), 1)
        )
    except ValueError:  # its text holds parts of the address, which may hold a password
        raise BadCacheUrl("DBSPEND360_CACHE_URL is not a Redis address") from None


class _PlainBytes(RedisSerializer, FileSystemSerializer):
    """Bytes as they are, and the number by which cachelib counts its files.

    The serializers of cachelib unpickle: whoever can write an entry could run code here.
    """

    def dumps(self, value: int | bytes, protocol: int = 0) -> bytes:
        return value if isinstance(value, bytes) else b"%d" % value

    def loads(self, value: bytes | None) -> bytes | int | None:
        return int(value) if value and value.isdigit() else value

    def dump(self, value: int | bytes, f: IO[bytes], protocol: int = 0) -> None:
        f.write(self.dumps(value))

    def load(self, f: IO[bytes]) -> bytes | int | None:
        return self.loads(f.read())


class _Files(FileSystemCache):
    serializer = _PlainBytes()


class _Redis(RedisCache):
    serializer = _PlainBytes()


class _FileEpoch:
    """In a small file next to the answers, for all processes of one machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._word = SmallFile(folder / "epoch", _word_in, missing="")

    def read(self) -> str:
        return self._word.read()

    def renew(self) -> str:
        word = uuid.uuid4().hex
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._folder / f"epoch.{word}.tmp"
        draft.write_text(word, encoding="ascii")
        draft.replace(self._folder / "epoch")
        return word


def _word_in(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return ""


class _RedisEpoch:
    """In a key of its own, for everybody who uses the same Redis."""

    def __init__(self, client: "Redis") -> None:
        self._client = client

    def read(self) -> str:
        word = self._client.get(f"{_PREFIX}epoch")
        return word.hex() if isinstance(word, bytes) else ""

    def renew(self) -> str:
        word = uuid.uuid4()
        self._client.set(f"{_PREFIX}epoch", word.bytes)
        return word.hex
