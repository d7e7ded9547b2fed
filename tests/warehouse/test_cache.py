import logging
import multiprocessing
import os
import pickle
import shutil
import stat
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from ports import free_port
from redis import Redis
from redis.exceptions import ConnectionError as NotConnected
from redis_server import redis_server

from dbspend360.errors import WarehouseError
from dbspend360.models.answer import Answer
from dbspend360.settings import Settings
from dbspend360.warehouse import memory as memory_module
from dbspend360.warehouse import one_at_a_time
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse
from dbspend360.warehouse.cache import CachedWarehouse
from dbspend360.warehouse.memory_places import BadCacheUrl, make_memory

DAILY = Question("daily", "SELECT :start_date")
MARCH: dict[str, Value] = {"start_date": date(2026, 3, 1), "job": ""}
ROWS: Rows = [{"day": date(2026, 3, 1), "cost": Decimal("1.20")}]


class Counting(Warehouse):
    """A warehouse that takes its time and writes down each question it was really asked."""

    def __init__(self, ledger: Path, seconds: float = 0.0, fails: bool = False) -> None:
        self.ledger = ledger
        self.seconds = seconds
        self.fails = fails

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        with self.ledger.open("a") as ledger:
            ledger.write("asked\n")
        time.sleep(self.seconds)
        if self.fails:
            raise WarehouseError(question.name, "The warehouse is having a bad day.")
        return Answer(ROWS, datetime.now(UTC), cached=False)

    @property
    def times(self) -> int:
        return len(self.ledger.read_text().splitlines()) if self.ledger.exists() else 0


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as address:
        yield address


@pytest.fixture(params=["simple", "file", "redis"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    return settings_for(request, request.param, tmp_path)


@pytest.fixture(params=["file", "redis"])
def shared_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    return settings_for(request, request.param, tmp_path)


def settings_for(request: pytest.FixtureRequest, place: str, folder: Path) -> Settings:
    if place == "redis":
        place = request.getfixturevalue("redis_url")
        with Redis.from_url(place) as client:
            client.flushdb()
    return Settings(cache_url=place, data_dir=folder)


@pytest.fixture
def inner(tmp_path: Path) -> Counting:
    return Counting(tmp_path / "ledger")


def cached(
    inner: Counting, settings: Settings, *, seconds: int = 60, version: str = "v1"
) -> CachedWarehouse:
    return CachedWarehouse(inner, make_memory(settings), seconds=seconds, version=lambda: version)


# What is remembered


def test_the_second_answer_comes_from_memory(inner: Counting, settings: Settings) -> None:
    warehouse = cached(inner, settings)
    first = warehouse.query(DAILY, MARCH)
    second = warehouse.query(DAILY, dict(reversed(MARCH.items())))
    assert (first.cached, second.cached) == (False, True)
    assert (second.value, second.asked_at) == (ROWS, first.asked_at)
    assert inner.times == 1


def test_no_rows_are_an_answer_too(tmp_path: Path, settings: Settings) -> None:
    class Empty(Counting):
        def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
            return Answer([], super().query(question, values).asked_at, cached=False)

    inner = Empty(tmp_path / "ledger")
    warehouse = cached(inner, settings)
    assert [warehouse.query(DAILY, MARCH).value for _ in range(2)] == [[], []]
    assert inner.times == 1


def test_workers_share_what_they_remember(inner: Counting, shared_settings: Settings) -> None:
    cached(inner, shared_settings).query(DAILY, MARCH)
    assert cached(inner, shared_settings).query(DAILY, MARCH).cached


def test_values_that_look_alike_are_different_questions(
    inner: Counting, settings: Settings
) -> None:
    warehouse = cached(inner, settings)
    alike: list[Value] = [1, "1", True, 1.0, Decimal(1), Decimal("1.0"), None, "None", "", "True"]
    alike += [date(2026, 3, 1), datetime(2026, 3, 1), "2026-03-01", "datetime.date(2026, 3, 1)"]
    answers = [warehouse.query(DAILY, {"x": value}) for value in alike]
    assert not any(answer.cached for answer in answers)
    assert not warehouse.query(DAILY, {"x', 1), ('y": 1}).cached


def test_another_text_or_version_is_another_question(inner: Counting, settings: Settings) -> None:
    cached(inner, settings).query(DAILY, MARCH)
    assert not cached(inner, settings).query(Question("daily", "SELECT 2"), MARCH).cached
    assert not cached(inner, settings, version="v2").query(DAILY, MARCH).cached


def test_an_answer_is_forgotten_after_its_seconds(inner: Counting, settings: Settings) -> None:
    warehouse = cached(inner, settings, seconds=1)
    warehouse.query(DAILY, MARCH)
    time.sleep(1.2)
    assert not warehouse.query(DAILY, MARCH).cached


def test_zero_seconds_asks_every_time(inner: Counting, settings: Settings) -> None:
    warehouse = cached(inner, settings, seconds=0)
    assert not any(warehouse.query(DAILY, MARCH).cached for _ in range(3))
    assert inner.times == 3


def test_a_huge_answer_is_not_remembered(
    inner: Counting, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_module, "_LARGEST_BYTES", 10)
    warehouse = cached(inner, settings)
    assert not any(warehouse.query(DAILY, MARCH).cached for _ in range(2))


def test_a_remembered_answer_has_a_line_in_the_log(
    inner: Counting, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "dbspend360.questions")
    warehouse = cached(inner, settings)
    warehouse.query(DAILY, MARCH)
    assert caplog.messages == []  # the inner warehouse notes its own
    warehouse.query(DAILY, MARCH)
    assert caplog.messages[0].startswith("question=daily rows=1 ms=")
    assert caplog.messages[0].endswith(" cached=yes")


# Forgetting


def test_forgetting_is_for_every_worker(inner: Counting, settings: Settings) -> None:
    mine, theirs = cached(inner, settings), cached(inner, settings)
    mine.query(DAILY, MARCH)
    theirs.query(DAILY, MARCH)
    mine.forget()
    asked_before = inner.times
    theirs.query(DAILY, MARCH)
    assert inner.times == asked_before + 1
    assert theirs.query(DAILY, MARCH).cached


def test_an_answer_under_way_is_forgotten_too(tmp_path: Path, settings: Settings) -> None:
    inner = Counting(tmp_path / "ledger", seconds=0.3)
    warehouse = cached(inner, settings)
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(warehouse.query, DAILY, MARCH)
        wait_until(lambda: inner.times == 1)
        warehouse.forget()
        under_way.result()
    assert not warehouse.query(DAILY, MARCH).cached


def wait_until(claim: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 5
    while not claim():
        assert time.monotonic() < give_up
        time.sleep(0.005)


# Many at once


def test_ten_threads_ask_once(tmp_path: Path, settings: Settings) -> None:
    inner = Counting(tmp_path / "ledger", seconds=0.2)
    warehouse = cached(inner, settings)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: warehouse.query(DAILY, MARCH), range(10)))
    assert inner.times == 1
    assert sorted(answer.cached for answer in answers) == [False] + [True] * 9
    assert len({answer.asked_at for answer in answers}) == 1


def ask_in_step(ledger: Path, url: str, folder: Path, together: Barrier) -> None:
    warehouse = cached(Counting(ledger, seconds=0.3), Settings(cache_url=url, data_dir=folder))
    together.wait(30)
    assert warehouse.query(DAILY, MARCH).value == ROWS


def test_two_processes_ask_once(tmp_path: Path, shared_settings: Settings) -> None:
    ledger = tmp_path / "ledger"
    spawn = multiprocessing.get_context("spawn")
    together = spawn.Barrier(2)
    arguments = (ledger, shared_settings.cache_url, shared_settings.data_dir, together)
    processes = [spawn.Process(target=ask_in_step, args=arguments) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
    assert [process.exitcode for process in processes] == [0, 0]
    assert Counting(ledger).times == 1


def test_an_error_reaches_everybody_and_is_not_remembered(
    tmp_path: Path, settings: Settings
) -> None:
    inner = Counting(tmp_path / "ledger", seconds=0.02, fails=True)
    warehouse = cached(inner, settings)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(warehouse.query, DAILY, MARCH) for _ in range(4)]
    assert [type(each.exception()) for each in asked] == [WarehouseError] * 4
    inner.fails = False
    assert not warehouse.query(DAILY, MARCH).cached


def hold_and_crash(url: str, folder: Path) -> None:
    memory = make_memory(Settings(cache_url=url, data_dir=folder))
    with memory.one_at_a_time("key"):
        os._exit(1)


def test_a_crashed_holder_holds_nobody_up(
    shared_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = multiprocessing.get_context("spawn").Process(
        target=hold_and_crash, args=(shared_settings.cache_url, shared_settings.data_dir)
    )
    process.start()
    process.join(30)
    assert process.exitcode == 1
    # A file's lock is free at once; one in Redis runs out, after a minute that we do not have.
    monkeypatch.setattr(one_at_a_time, "LONGEST_WAIT_SECONDS", 0.2)
    entered = threading.Event()
    with make_memory(shared_settings).one_at_a_time("key"):
        entered.set()
    assert entered.is_set()


def test_a_slow_holder_is_not_waited_for_for_ever(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_at_a_time, "LONGEST_WAIT_SECONDS", 0.1)
    inner = Counting(tmp_path / "ledger", seconds=0.5)
    warehouse = cached(inner, settings)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: warehouse.query(DAILY, MARCH), range(2)))
    assert [answer.value for answer in answers] == [ROWS, ROWS]
    assert inner.times == 2


# Entries that somebody else wrote


class Trap:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def traps(tmp_path: Path) -> list[bytes]:
    pickled = pickle.dumps(Trap(tmp_path / "sprung"))
    return [pickled, b"!" + pickled, b"", b"7", b'{"rows":[', b"[" * 100_000]


def test_a_foreign_file_is_a_miss_and_never_code(inner: Counting, tmp_path: Path) -> None:
    settings = Settings(cache_url="file", data_dir=tmp_path)
    for foreign in [*(b"\xff\xff\xff\xff" + trap for trap in traps(tmp_path)), b"", b"\xff"]:
        warehouse = cached(inner, settings)
        warehouse.query(DAILY, MARCH)
        for each in (tmp_path / "cache" / "answers").iterdir():
            each.write_bytes(foreign)
        assert warehouse.query(DAILY, MARCH).value == ROWS
    assert not (tmp_path / "sprung").exists()


def test_a_foreign_redis_entry_is_a_miss_and_never_code(
    inner: Counting, tmp_path: Path, redis_url: str
) -> None:
    settings = Settings(cache_url=redis_url, data_dir=tmp_path)
    warehouse = cached(inner, settings)
    with Redis.from_url(redis_url) as client:
        for trap in traps(tmp_path):
            warehouse.query(DAILY, MARCH)
            for key in client.keys("dbspend360:daily-*"):
                client.set(key, trap)
            assert not warehouse.query(DAILY, MARCH).cached
    assert not (tmp_path / "sprung").exists()


def test_nothing_in_the_folder_is_a_pickle(inner: Counting, tmp_path: Path) -> None:
    cached(inner, Settings(cache_url="file", data_dir=tmp_path)).query(DAILY, MARCH)
    entries = [each.read_bytes()[4:] for each in (tmp_path / "cache" / "answers").iterdir()]
    assert sorted(entry[:11] for entry in entries) == [b"1", b'{"asked_at"']


# Places that cannot be used


def warnings_of_ours(caplog: pytest.LogCaptureFixture) -> list[str]:
    ours = [each for each in caplog.records if each.name.startswith("dbspend360.")]
    return [each.message for each in ours if each.levelno >= logging.WARNING]


def test_a_dead_redis_costs_one_warning_and_no_answer(
    inner: Counting, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(cache_url=f"redis://:secret@127.0.0.1:{free_port()}", data_dir=tmp_path)
    warehouse = cached(inner, settings)
    answers = [warehouse.query(DAILY, MARCH) for _ in range(5)]
    warehouse.forget()
    assert [answer.value for answer in answers] == [ROWS] * 5
    (warning,) = warnings_of_ours(caplog)
    assert warning.startswith("Answers are not remembered for now: ConnectionError")
    assert "secret" not in warning


def test_a_redis_that_comes_back_is_used_again(
    inner: Counting, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_module, "_LOOK_AGAIN_SECONDS", 0.05)
    memory = make_memory(Settings(cache_url=redis_url, data_dir=tmp_path))
    warehouse = CachedWarehouse(inner, memory, seconds=60, version=lambda: "v1")

    def blink() -> str:
        raise NotConnected("gone for a moment")

    with monkeypatch.context() as patch:
        patch.setattr(memory._epoch, "read", blink)
        warehouse.query(DAILY, MARCH)
    time.sleep(0.06)
    warehouse.query(DAILY, MARCH)
    assert warehouse.query(DAILY, MARCH).cached


def test_a_folder_that_cannot_be_made_leaves_each_worker_to_itself(
    inner: Counting, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").write_text("not a folder")
    warehouse = cached(inner, Settings(cache_url="file", data_dir=tmp_path / "data"))
    assert [warehouse.query(DAILY, MARCH).cached for _ in range(3)] == [False, True, True]
    assert len(warnings_of_ours(caplog)) == 1
    warehouse.forget()
    assert not warehouse.query(DAILY, MARCH).cached


def test_a_folder_that_vanishes_costs_one_warning_and_no_answer(
    inner: Counting, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    warehouse = cached(inner, Settings(cache_url="file", data_dir=tmp_path))
    warehouse.query(DAILY, MARCH)
    shutil.rmtree(tmp_path / "cache")
    assert [warehouse.query(DAILY, MARCH).value for _ in range(3)] == [ROWS] * 3
    assert len(warnings_of_ours(caplog)) == 1


def test_the_folder_is_ours_alone(inner: Counting, tmp_path: Path) -> None:
    shared = tmp_path / "shared folder"
    shared.mkdir(mode=0o777)
    cached(inner, Settings(cache_url=f"file://{str(shared).replace(' ', '%20')}"))
    assert stat.S_IMODE((shared / "cache").stat().st_mode) == 0o700


def test_the_folder_of_somebody_else_is_not_used(
    inner: Counting,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "cache").mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    warehouse = cached(inner, Settings(cache_url="file", data_dir=tmp_path))
    assert "belongs to somebody else" in warnings_of_ours(caplog)[0]
    warehouse.query(DAILY, MARCH)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_folder_that_others_may_write_to_is_not_used(
    inner: Counting, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o777)
    cached(inner, Settings(cache_url="file", data_dir=tmp_path))
    assert "others may write" in warnings_of_ours(caplog)[0]


@pytest.mark.parametrize(
    "url", ["", "memcached://host", "file:cache", "file://host/cache", "redis", "redis://host:port"]
)
def test_another_place_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(BadCacheUrl, match="DBSPEND360_CACHE_URL"):
        make_memory(Settings(cache_url=url))
