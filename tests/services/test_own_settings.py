"""One person's settings are told from what they were before, and from everybody else's."""

from collections.abc import Hashable, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from dbspend360.errors import StoreError
from dbspend360.models.setting import Setting
from dbspend360.services.own_settings import MOST_REMEMBERED, OwnSettings
from dbspend360.services.user_settings import settings_mark
from dbspend360.store.addresses import read_address
from dbspend360.store.base import Store
from dbspend360.store.database import DatabaseStore
from dbspend360.store.places import make_store


class Counting(Store):
    """A store in front of a store that counts who is looked up, and fails when told to."""

    def __init__(self, inner: Store) -> None:
        self.inner = inner
        self.read: list[str] = []
        self.is_down = False

    def prepare(self) -> None:
        self.inner.prepare()

    def of_user(self, user_id: str) -> list[Setting]:
        self.read.append(user_id)
        if self.is_down:
            raise StoreError("It is down.")
        return self.inner.of_user(user_id)

    def get(self, user_id: str, key: str) -> Setting | None:
        return self.inner.get(user_id, key)

    def put(self, user_id: str, key: str, value: str, *, seen: datetime | None) -> Setting:
        return self.inner.put(user_id, key, value, seen=seen)

    def delete(self, user_id: str, key: str, *, seen: datetime) -> None:
        self.inner.delete(user_id, key, seen=seen)

    def with_key(self, prefix: str) -> list[Setting]:
        return self.inner.with_key(prefix)

    def replace_all(self, settings: Sequence[Setting]) -> None:
        self.inner.replace_all(settings)


class Mark:
    word: Hashable | None = 0

    def __call__(self) -> Hashable | None:
        return self.word


@pytest.fixture
def store(tmp_path: Path) -> Counting:
    return Counting(make_store("", tmp_path))


@pytest.fixture
def mark() -> Mark:
    return Mark()


def test_while_the_store_is_the_same_nobody_looks(store: Counting, mark: Mark) -> None:
    own = OwnSettings(store, mark)
    assert len({own.state("ann") for _ in range(3)}) == 1
    assert store.read == ["ann"]


def test_a_change_shows_as_soon_as_the_store_is_another(store: Counting, mark: Mark) -> None:
    own = OwnSettings(store, mark)
    before = own.state("ann")
    kept = store.put("ann", "k", "1", seen=None)
    mark.word = 1
    with_one = own.state("ann")
    store.put("ann", "k", "2", seen=kept.updated_at)
    mark.word = 2
    assert len({before, with_one, own.state("ann")} - {None}) == 3


def test_what_somebody_else_changes_leaves_mine_be(store: Counting, mark: Mark) -> None:
    own = OwnSettings(store, mark)
    before = own.state("ann")
    store.put("bob", "k", "1", seen=None)
    mark.word = 1
    assert own.state("ann") == before
    assert own.state("bob") != before


def test_where_only_a_look_tells_each_time_is_a_look(store: Counting, mark: Mark) -> None:
    own = OwnSettings(store, mark)
    mark.word = None
    before = own.state("ann")
    store.put("ann", "k", "1", seen=None)
    assert own.state("ann") not in (None, before)
    assert store.read == ["ann"] * 2


def test_a_value_that_was_put_back_with_its_time_is_told_apart(store: Counting, mark: Mark) -> None:
    own = OwnSettings(store, mark)
    store.prepare()
    kept = store.put("ann", "k", "1", seen=None)
    before = own.state("ann")
    store.replace_all([Setting("ann", "k", "2", kept.created_at, kept.updated_at)])
    mark.word = 1
    assert own.state("ann") != before


def test_a_store_that_does_not_answer_says_nothing_and_is_asked_again(
    store: Counting, mark: Mark
) -> None:
    own = OwnSettings(store, mark)
    store.is_down = True
    assert own.state("ann") is None
    store.is_down = False
    assert own.state("ann") is not None


def test_a_database_elsewhere_is_not_looked_into(store: Counting) -> None:
    postgres = DatabaseStore(read_address("postgresql://127.0.0.1:1/none"))
    assert settings_mark(postgres) is None
    assert OwnSettings(store, settings_mark(postgres)).state("ann") is None
    assert store.read == []
    assert settings_mark(store.inner) == store.inner.mark  # type: ignore[attr-defined]


def test_only_so_many_are_remembered(store: Counting, mark: Mark) -> None:
    store.prepare()
    own = OwnSettings(store, mark)
    for n in range(MOST_REMEMBERED + 1):
        own.state(str(n))
    assert len(own._known) == MOST_REMEMBERED
    store.read.clear()
    own.state("0")
    assert store.read == ["0"]
