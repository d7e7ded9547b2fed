"""A SQLite file says by its looks whether it has changed, or that it cannot say."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dbspend360.models.setting import Setting
from dbspend360.store.addresses import read_address
from dbspend360.store.database import DatabaseStore
from dbspend360.store.file_mark import FileMark
from dbspend360.store.places import make_store

WRITE = (
    "import sys; from pathlib import Path; from dbspend360.store.places import make_store;"
    "make_store('', Path(sys.argv[1])).put('bob', 'k', '1', seen=None)"
)


def later() -> float:
    return time.time() + 3


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DatabaseStore]:
    found = make_store("", tmp_path)
    found.prepare()
    yield found
    found.close()


@pytest.fixture
def mark(store: DatabaseStore) -> FileMark:
    """As it is when everything has settled."""
    return FileMark(Path(store.place), now=later)


def test_who_only_reads_changes_nothing(store: DatabaseStore, mark: FileMark) -> None:
    before = mark.read()
    assert before is not None
    assert store.of_user("ann") == []
    assert mark.read() == before
    with sqlite3.connect(store.place) as reader:
        reader.execute("SELECT * FROM app_configs").fetchall()
        assert mark.read() == before
    reader.close()
    assert mark.read() == before


def test_every_change_is_seen(store: DatabaseStore, mark: FileMark) -> None:
    seen = [mark.read()]
    kept = store.put("ann", "k", "1", seen=None)
    seen.append(mark.read())
    kept = store.put("ann", "k", "2", seen=kept.updated_at)  # as long as before
    seen.append(mark.read())
    store.delete("ann", "k", seen=kept.updated_at)
    seen.append(mark.read())
    now = datetime.now(UTC)
    store.replace_all([Setting("ann", "k", "3", now, now)])
    seen.append(mark.read())
    assert None not in seen
    assert len(set(seen)) == len(seen)


def test_a_change_that_is_still_in_the_log_is_seen(store: DatabaseStore, mark: FileMark) -> None:
    other = sqlite3.connect(store.place)  # while it is open, nobody empties the log
    other.execute("SELECT * FROM app_configs").fetchall()
    before = mark.read()
    store.put("ann", "k", "1", seen=None)
    assert Path(f"{store.place}-wal").stat().st_size
    in_log = mark.read()
    other.close()
    assert len({before, in_log, mark.read()} - {None}) == 3


def test_another_process_is_seen(store: DatabaseStore, mark: FileMark, tmp_path: Path) -> None:
    before = mark.read()
    subprocess.run([sys.executable, "-c", WRITE, str(tmp_path)], check=True)
    assert [each.key for each in store.of_user("bob")] == ["k"]
    assert mark.read() not in (None, before)


def test_a_file_that_is_put_back_is_another(store: DatabaseStore, mark: FileMark) -> None:
    path = Path(store.place)
    before, content = mark.read(), path.read_bytes()
    old = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    assert mark.read() not in (None, before)


def test_a_moment_after_a_change_only_opening_tells(store: DatabaseStore) -> None:
    changed = max(os.stat(store.place)[8:])
    assert FileMark(Path(store.place), now=lambda: changed + 1.5).read() is None
    assert FileMark(Path(store.place), now=lambda: changed - 3_600).read() is None  # a clock set
    assert FileMark(Path(store.place), now=lambda: changed + 3.5).read() is not None


def test_where_no_file_is_nobody_can_tell(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path / "none" / "none"):
        assert FileMark(path, now=later).read() is None
    (tmp_path / "file").touch()
    assert FileMark(tmp_path / "file" / "below", now=later).read() is None


def test_what_the_store_itself_has_changed_is_counted(store: DatabaseStore) -> None:
    store._file_mark = FileMark(Path(store.place), now=later)
    before = store.mark()
    store._file_mark = Still()  # a file system that does not say so
    still = store.mark()
    store.put("ann", "k", "1", seen=None)
    assert before is not None
    assert store.mark() != still


def test_postgres_has_no_mark() -> None:
    store = DatabaseStore(read_address("postgresql://127.0.0.1:1/none"))
    assert not store.is_file
    assert store.mark() is None


class Still(FileMark):
    def __init__(self) -> None:
        pass

    def read(self) -> str:
        return "still"
