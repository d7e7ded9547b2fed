"""What only a file or a PostgreSQL server can do: processes, rights, dead servers, cut lines."""

import logging
import multiprocessing
import os
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from postgres_server import PASSWORD, PostgresServer

from dbspend360.errors import BadSettings, Conflict, StoreError
from dbspend360.models.setting import Setting
from dbspend360.store.addresses import file_address, read_address
from dbspend360.store.database import DatabaseStore
from dbspend360.store.places import make_store
from store.cut_line import CutLine, cut_line

FRESH = multiprocessing.get_context("spawn")
FORKED = multiprocessing.get_context("fork")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "state.sqlite"


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, file: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{file}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def opened() -> Iterator[Callable[[str], DatabaseStore]]:
    stores = []

    def of(address: str) -> DatabaseStore:
        stores.append(DatabaseStore(read_address(address)))
        return stores[-1]

    yield of
    for each in stores:
        each.close()


@pytest.fixture
def server_store(postgres: PostgresServer, opened: Callable[..., DatabaseStore]) -> DatabaseStore:
    store = opened(postgres.new_database())
    store.prepare()
    return store


# Many processes


def _prepare_and_add(address: str, times: int) -> None:
    store = DatabaseStore(read_address(address))
    store.prepare()
    for _ in range(times):
        while True:
            seen = store.get("ada", "count")
            value = str(int(seen.value) + 1) if seen else "1"
            try:
                store.put("ada", "count", value, seen=seen.updated_at if seen else None)
            except Conflict:
                continue
            break
    store.close()


def test_four_processes_that_begin_at_once_lose_no_update(
    address: str, opened: Callable[..., DatabaseStore]
) -> None:
    workers = [FRESH.Process(target=_prepare_and_add, args=(address, 40)) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(60)
    assert [each.exitcode for each in workers] == [0] * 4
    kept = opened(address).get("ada", "count")
    assert kept
    assert kept.value == "160"


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_store_that_was_used_before_a_fork_works_on_both_sides(
    address: str, opened: Callable[..., DatabaseStore]
) -> None:
    store = opened(address)
    store.prepare()
    mine = store.put("ada", "parent", "1", seen=None)

    def child() -> None:
        kept = store.get("ada", "parent")
        store.put("ada", "child", kept.value if kept else "", seen=None)
        os._exit(0)  # without any goodbye

    worker = FORKED.Process(target=child)
    worker.start()
    worker.join(20)
    assert worker.exitcode == 0
    assert [each.key for each in store.of_user("ada")] == ["child", "parent"]
    store.put("ada", "parent", "2", seen=mine.updated_at)


def test_nothing_is_opened_before_the_first_use(file: Path) -> None:
    make_store("", file.parent)
    make_store("postgresql://ada@127.0.0.1:1/none", file.parent)
    assert not file.parent.exists()


# The file


def test_without_an_address_it_is_a_private_file_in_the_data_folder(tmp_path: Path) -> None:
    store = make_store("", tmp_path / "a %20?#@:b" / "data")
    assert isinstance(store, DatabaseStore)
    store.prepare()
    store.put("ada", "view", "1", seen=None)
    files = list((tmp_path / "a %20?#@:b" / "data").iterdir())
    assert "state.sqlite" in {each.name for each in files}
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
    with closing(sqlite3.connect(files[0].with_name("state.sqlite"))) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    store.close()


def test_a_file_that_is_none_is_told(file: Path, opened: Callable[..., DatabaseStore]) -> None:
    file.parent.mkdir()
    file.write_text("This is a letter to my aunt, and no database at all. " * 99)
    with pytest.raises(StoreError, match=r"damaged|log"):
        opened(f"sqlite:///{file}").prepare()


def test_a_folder_that_cannot_be_is_told(file: Path, opened: Callable[..., DatabaseStore]) -> None:
    file.parent.write_text("in the way")
    with pytest.raises(StoreError, match="folder"):
        opened(f"sqlite:///{file}").prepare()


def test_who_reads_does_not_wait_for_who_writes(
    file: Path, opened: Callable[..., DatabaseStore]
) -> None:
    store = opened(f"sqlite:///{file}")
    store.prepare()
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert store.get("ada", "view") is None
        assert time.monotonic() - began < 1


# The address


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "mysql://u:s3cret@host/db",
        "postgresql+psycopg2://u:s3cret@host/db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file::memory:?uri=true",
        "sqlite://s3cret@host/file",
        "postgresql://u:s3cret@host:s3cret/db",
        "postgresql://u:s3@cret@host/db",
        "postgresql://u:s3/cret@host/db",
        "postgresql://u:s3?cret@host/db",
        "postgresql://u:s3#cret@host/db",
    ],
)
def test_an_address_that_cannot_be_is_refused_without_its_words(address: str) -> None:
    with pytest.raises(BadSettings, match="DBSPEND360_STATE_URL must be") as told:
        make_store(address, Path())
    assert "cret" not in f"{told.value} {told.value.__cause__}".replace("u:password", "")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_word_for_postgresql_is_known(scheme: str) -> None:
    address = read_address(f" {scheme}://u:p%40@host:5432/db?sslmode=require\n")
    assert address.drivername == "postgresql+psycopg"
    assert (address.password, address.host) == ("p@", "host")


def test_without_its_driver_postgresql_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(BadSettings, match=r"pip install 'dbspend360\[postgres\]'"):
        make_store("postgresql://host/db", Path())


# A server that is not there, or not for us


def all_that_was_said(error: BaseException, caplog: pytest.LogCaptureFixture) -> str:
    said = [caplog.text]
    each: BaseException | None = error
    while each:
        said += [str(each), repr(each)]
        each = each.__cause__ or each.__context__
    return " ".join(said)


@pytest.mark.parametrize("who", ["wrong password", "no such database", "no server", "no host"])
def test_who_is_not_let_in_is_told_soon_and_no_password_is_said(
    who: str,
    postgres: PostgresServer,
    opened: Callable[..., DatabaseStore],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    addresses = {
        "wrong password": postgres.address("postgres", password="other-w0rd"),
        "no such database": postgres.address("nowhere"),
        "no server": "postgresql://u:other-w0rd@127.0.0.1:1/db",
        "no host": "postgresql://u:other-w0rd@no-such-host.invalid/db",
    }
    began = time.monotonic()
    with pytest.raises(StoreError, match="DBSPEND360_STATE_URL") as told:
        opened(addresses[who]).prepare()
    assert time.monotonic() - began < 8
    said = all_that_was_said(told.value, caplog)
    assert PASSWORD not in said
    assert "other-w0rd" not in said


def test_the_log_of_a_failure_holds_no_value_of_a_user(
    server_store: DatabaseStore, postgres: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    store = server_store
    _as_owner(store, "ALTER TABLE app_configs DROP COLUMN updated_at")
    with pytest.raises(StoreError, match="log") as told:
        store.put("ada", "view", "private-words", seen=None)
    assert "UndefinedColumn" in caplog.text
    assert "private-words" not in all_that_was_said(told.value, caplog)


def test_a_server_may_die_and_come_back(
    server_store: DatabaseStore, postgres: PostgresServer
) -> None:
    first = server_store.put("ada", "view", "1", seen=None)
    postgres.stop()
    try:
        for _ in range(2):
            began = time.monotonic()
            with pytest.raises(StoreError, match="check that it runs"):
                server_store.put("ada", "view", "2", seen=first.updated_at)
            assert time.monotonic() - began < 4
    finally:
        postgres.start()
    assert server_store.get("ada", "view") == first
    server_store.put("ada", "view", "2", seen=first.updated_at)


def test_a_server_that_hangs_does_not_hold_a_new_visitor(
    server_store: DatabaseStore, postgres: PostgresServer
) -> None:
    server_store.close()
    with postgres.frozen():
        began = time.monotonic()
        with pytest.raises(StoreError, match="does not answer"):
            server_store.get("ada", "view")
        assert time.monotonic() - began < 8
    assert server_store.get("ada", "view") is None


def test_a_row_that_somebody_holds_is_waited_for_only_so_long(
    server_store: DatabaseStore,
) -> None:
    first = server_store.put("ada", "view", "1", seen=None)
    with closing(_owner(server_store)) as holder:
        holder.execute("SELECT * FROM app_configs FOR UPDATE")
        began = time.monotonic()
        with pytest.raises(StoreError):
            server_store.put("ada", "view", "2", seen=first.updated_at)
        assert time.monotonic() - began < 8
        holder.rollback()
    assert server_store.get("ada", "view") == first


def test_who_may_not_make_tables_uses_the_one_that_is_there(
    server_store: DatabaseStore, opened: Callable[..., DatabaseStore]
) -> None:
    address = server_store_address(server_store)
    for words in (
        "CREATE ROLE guest LOGIN PASSWORD 'guest'",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON app_configs TO guest",
    ):
        _as_owner(server_store, words)
    guest = opened(address.set(username="guest", password="guest").render_as_string(False))
    guest.prepare()
    assert isinstance(guest.put("ada", "view", "1", seen=None), Setting)
    _as_owner(server_store, "DROP OWNED BY guest")
    _as_owner(server_store, "DROP ROLE guest")


# A line that is cut while a change is kept


@pytest.fixture
def line(postgres: PostgresServer) -> Iterator[CutLine]:
    with cut_line(postgres.port) as line:
        yield line


@pytest.fixture
def far(
    server_store: DatabaseStore, line: CutLine, opened: Callable[..., DatabaseStore]
) -> DatabaseStore:
    """The same database, over a line that can be cut."""
    address = server_store_address(server_store).set(port=line.port)
    return opened(address.render_as_string(False))


def test_a_put_whose_reply_was_lost_is_known_to_have_landed(
    far: DatabaseStore, server_store: DatabaseStore, line: CutLine
) -> None:
    seen = far.put("ada", "view", "1", seen=None).updated_at
    line.cut = "after"
    put = far.put("ada", "view", "2", seen=seen)
    assert put == server_store.get("ada", "view")
    line.cut = "after"
    made = far.put("ada", "other", "1", seen=None)
    assert made == server_store.get("ada", "other")


def test_a_put_that_may_not_have_landed_is_told_so(
    far: DatabaseStore, server_store: DatabaseStore, line: CutLine
) -> None:
    first = far.put("ada", "view", "1", seen=None)
    line.cut = "before"
    with pytest.raises(StoreError, match="may or may not"):
        far.put("ada", "view", "2", seen=first.updated_at)
    assert server_store.get("ada", "view") == first
    far.put("ada", "view", "2", seen=first.updated_at)


def test_a_delete_whose_reply_was_lost_is_told_so(far: DatabaseStore, line: CutLine) -> None:
    first = far.put("ada", "view", "1", seen=None)
    line.cut = "after"
    with pytest.raises(StoreError, match="may or may not"):
        far.delete("ada", "view", seen=first.updated_at)
    assert far.get("ada", "view") is None


def server_store_address(store: DatabaseStore) -> Any:
    return store._connections._address


def _owner(store: DatabaseStore) -> psycopg.Connection[Any]:
    address = server_store_address(store).set(drivername="postgresql")
    return psycopg.connect(address.render_as_string(hide_password=False))


def _as_owner(store: DatabaseStore, words: str) -> None:
    with _owner(store) as connection:
        connection.execute(words.encode())


def test_a_file_address_keeps_every_letter_of_its_path() -> None:
    path = Path("/folder with ?/#/%41/state.sqlite")
    assert file_address(path).database == str(path)
