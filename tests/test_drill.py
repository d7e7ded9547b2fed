"""Eight people at once while Databricks is killed, stalled, overrun, cut and locked."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from databricks_side import copy_of, settings_of
from loopback.faults import Fault
from loopback.server import Loopback, loopback_warehouse
from page_driver import Page, words
from shared_figures import SHARED_TODAY

from dbspend360.app import create_app
from dbspend360.errors import LostReply, Unreachable
from dbspend360.services.user_settings import settings_store
from dbspend360.store.base import Store
from dbspend360.warehouse.source import make_source

USERS = 8
OUTAGE_SECONDS = float(os.environ.get("DRILL_SECONDS", "2"))  # `make drill` takes two minutes
QUERY = "preset=last_7_days"
OLD = "The warehouse does not answer right now"


@pytest.fixture
def loopback(shared_folder: Path) -> Iterator[Loopback]:
    with loopback_warehouse() as warehouse:
        copy_of(warehouse, shared_folder)
        yield warehouse


def kill(loopback: Loopback) -> Callable[[], None]:
    loopback.stop()
    return loopback.start


def stall(loopback: Loopback) -> Callable[[], None]:
    loopback.faults.add(Fault("delay", seconds=5, times=None))
    return loopback.faults.clear


def be_overrun(loopback: Loopback) -> Callable[[], None]:
    loopback.faults.add(Fault("status", code=503, headers={"Retry-After": "1"}, times=None))
    return loopback.faults.clear


def revoke(loopback: Loopback) -> Callable[[], None]:
    loopback.refuse_tokens()
    return loopback.accept_tokens


class Visitors:
    """Eight people who click on, and what they saw."""

    def __init__(self, app: Callable[[], Page]) -> None:
        self._app = app
        self._over = threading.Event()
        self.wrong: list[str] = []
        self.slowest = 0.0
        self._threads = [threading.Thread(target=self._click_on) for _ in range(USERS)]

    def __enter__(self) -> "Visitors":
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for each in self._threads:
            each.join(60)

    def _click_on(self) -> None:
        page = self._app()
        while not self._over.is_set():
            for source, asked in (
                ("view.data", {"query": QUERY, "again": 0, "forget": False}),
                ("rows-question.data", {"query": QUERY, "start": 0, "end": 50, "token": 1}),
            ):
                began = time.monotonic()
                answer = page.post(source, asked)
                self.slowest = max(self.slowest, time.monotonic() - began)
                if answer.status_code >= 500:
                    self.wrong.append(f"{source}: {answer.status_code}")
            self._over.wait(0.1)


@pytest.mark.parametrize("harm", [kill, stall, be_overrun, revoke])
def test_nobody_sees_an_error_page_and_everybody_sees_how_old_it_is(
    loopback: Loopback, tmp_path: Path, harm: Callable[[Loopback], Callable[[], None]]
) -> None:
    settings = settings_of(
        loopback, data_dir=tmp_path, cache_seconds=1, reply_seconds=1, patience_seconds=3
    )
    server = create_app(settings, today=lambda: SHARED_TODAY)
    mine = Page(server)
    total = _total(mine)
    mine.rows(QUERY)
    with Visitors(lambda: Page(server)) as visitors:
        heal = harm(loopback)
        time.sleep(1.1)
        _until(lambda: OLD in words(mine.overview(QUERY)["messages-view"]["children"]), 8)
        time.sleep(OUTAGE_SECONDS)
        assert mine.cards(QUERY)["card-total-spend"] == total
        assert len(mine.rows(QUERY)["rows"]) == 200
        heal()
        assert _until(lambda: OLD not in _messages(mine), 12) < 10
    server.extensions["dbspend360"].close()
    assert visitors.wrong == []
    assert visitors.slowest < 10  # nobody's thread is held for longer than the patience


def test_a_line_that_drops_every_third_reply_shows_the_right_figures(
    loopback: Loopback, tmp_path: Path
) -> None:
    settings = settings_of(loopback, data_dir=tmp_path, cache_seconds=0)
    server = create_app(settings, today=lambda: SHARED_TODAY)
    mine = Page(server)
    total = _total(mine)
    mine.rows(QUERY)
    loopback.faults.add(Fault("lose reply", times=None, every=3))
    with Visitors(lambda: Page(server)) as visitors:
        for _ in range(10):  # nearly always as new as ever; one who has bad luck is told so
            assert mine.cards(QUERY)["card-total-spend"] == total
    loopback.faults.clear()
    assert _until(lambda: OLD not in _messages(mine), 12) < 10
    server.extensions["dbspend360"].close()
    assert visitors.wrong == []


def _total(page: Page) -> str:
    """What all is compared with; the very first answer may be on its way for a while."""
    _until(lambda: page.cards(QUERY)["card-total-spend"] != "", 30)
    return page.cards(QUERY)["card-total-spend"]


def _messages(page: Page) -> str:
    return words(page.overview(QUERY)["messages-view"]["children"])


def _until(wanted: Callable[[], bool], seconds: float) -> float:
    began = time.monotonic()
    while not wanted():
        assert time.monotonic() - began < seconds, "it did not happen in time"
        time.sleep(0.1)
    return time.monotonic() - began


def test_no_change_is_sent_twice_whatever_becomes_of_its_reply(
    loopback: Loopback, tmp_path: Path
) -> None:
    settings = settings_of(loopback, data_dir=tmp_path, reply_seconds=2)
    source = make_source(settings)
    store = settings_store(settings, source)
    store.prepare()
    loopback.service.statements.clear()
    loopback.faults.add(Fault("lose reply", rpc="ExecuteStatement", times=None, every=3))
    loopback.faults.add(Fault("drop", times=None, every=7))
    with ThreadPoolExecutor(USERS) as users:
        kept = list(users.map(lambda n: _put(store, f"key-{n}"), range(5 * USERS)))
    loopback.faults.clear()
    there = {each.key for each in store.of_user("ada")}
    source.close()
    sent = Counter(
        (each.text, each.values) for each in loopback.service.statements if "MERGE" in each.text
    )
    assert sent
    assert set(sent.values()) == {1}
    assert {key for key, word in kept if word == "kept"} <= there
    assert {key for key, word in kept if word == "not kept"}.isdisjoint(there)


def _put(store: Store, key: str) -> tuple[str, str]:
    """What the person was told of it."""
    try:
        store.put("ada", key, "1", seen=None)
    except LostReply:
        return key, "perhaps"
    except Unreachable:
        return key, "not kept"
    return key, "kept"
