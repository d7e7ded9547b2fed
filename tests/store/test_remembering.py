"""The store that remembers for a moment what it read."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dbspend360.errors import Conflict
from dbspend360.models.setting import Setting
from dbspend360.store.base import Store
from dbspend360.store.places import make_store
from dbspend360.store.remembering import MOST_REMEMBERED, RememberingStore


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def inner(tmp_path: Path) -> Store:
    store = make_store("", tmp_path)
    store.prepare()
    return store


def test_what_was_read_is_remembered_for_a_moment(inner: Store) -> None:
    clock = Clock()
    store = RememberingStore(inner, seconds=20, clock=clock)
    assert store.get("ann", "k") is None
    assert store.of_user("ann") == []
    inner.put("ann", "k", "1", seen=None)
    clock.now = 19.9
    assert store.get("ann", "k") is None
    assert store.of_user("ann") == []
    clock.now = 20
    assert [each.value for each in store.of_user("ann")] == ["1"]
    found = store.get("ann", "k")
    assert found is not None
    assert found.value == "1"


def test_nobody_is_given_what_another_reads(inner: Store) -> None:
    inner.put("ann", "k", "1", seen=None)
    store = RememberingStore(inner, seconds=20)
    assert store.get("ann", "k") is not None
    assert store.get("bob", "k") is None
    assert store.of_user("bob") == []


def test_a_write_a_conflict_and_forgetting_end_what_is_remembered(inner: Store) -> None:
    store = RememberingStore(inner, seconds=20)
    assert store.get("ann", "k") is None
    kept = store.put("ann", "k", "1", seen=None)
    assert store.get("ann", "k") == kept
    newer = inner.put("ann", "k", "2", seen=kept.updated_at)
    with pytest.raises(Conflict):
        store.put("ann", "k", "3", seen=datetime(2020, 1, 1, tzinfo=UTC))
    assert store.get("ann", "k") == newer
    inner.delete("ann", "k", seen=newer.updated_at)
    store.forget()
    assert store.get("ann", "k") is None


def test_no_seconds_remember_nothing(inner: Store) -> None:
    store = RememberingStore(inner, seconds=0)
    assert store.get("ann", "k") is None
    inner.put("ann", "k", "1", seen=None)
    assert store.get("ann", "k") is not None


def test_it_does_not_grow_for_ever(inner: Store) -> None:
    store = RememberingStore(inner, seconds=20)
    for n in range(MOST_REMEMBERED + 5):
        store.get(f"ann{n}", "k")
    assert len(store._known) == MOST_REMEMBERED


def test_a_person_is_read_in_one_go_however_many_want_something(tmp_path: Path) -> None:
    counting = Counting(make_store("", tmp_path))  # whose table is not there yet
    store = RememberingStore(counting, seconds=20)
    store.prepare()
    with ThreadPoolExecutor(8) as threads:
        found = [threads.submit(store.get, "ann", f"k{n}") for n in range(8)]
        assert [each.result() for each in found] == [None] * 8
    assert store.of_user("ann") == []
    assert counting.read == ["ann", "ann"]  # refused once, then made and read


class Counting(RememberingStore):
    """Remembers nothing, and counts."""

    def __init__(self, inner: Store) -> None:
        super().__init__(inner, seconds=0)
        self.read: list[str] = []

    def of_user(self, user_id: str) -> list[Setting]:
        self.read.append(user_id)
        return super().of_user(user_id)
