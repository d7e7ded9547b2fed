"""What is due is done once, on every edition of the store."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from dbspend360.services.claims import LOOK_AGAIN, Claims
from dbspend360.store.base import Store
from store.conftest import OpenStore

DUE = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = DUE + timedelta(hours=1)
LEASE = timedelta(minutes=5)


class Hands:
    """One process with a clock of its own."""

    def __init__(self, store: Store, owner: str = "") -> None:
        self.now = DUE
        self.claims = Claims(store, now=lambda: self.now, owner=owner)

    def take(self, due: datetime = DUE) -> bool:
        return self.claims.take("alerts/claim", due, LEASE) is not None


def test_of_many_one_gets_it(open_store: OpenStore) -> None:
    open_store().prepare()
    hands = [Hands(open_store(), str(n)) for n in range(4)]
    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(lambda each: each.take(), hands)) == 1


def test_what_is_done_stays_done_even_after_the_lease(store: Store) -> None:
    one, two = Hands(store), Hands(store)
    taken = one.claims.take("alerts/claim", DUE, LEASE)
    assert taken
    one.claims.finish(taken, "alerts/claim")
    two.now = LATER
    assert not two.take()
    assert two.claims.look_again_at("alerts/claim", DUE) is None
    assert two.take(LATER)


def test_when_the_owner_dies_another_takes_over_after_the_lease(store: Store) -> None:
    dead, heir = Hands(store), Hands(store)
    assert dead.take()
    heir.now = DUE + LEASE - timedelta(seconds=1)
    assert not heir.take()
    assert heir.claims.look_again_at("alerts/claim", DUE) == DUE + LEASE
    heir.now = DUE + LEASE
    assert heir.take()


def test_a_slow_one_does_not_finish_what_another_has_taken_over(store: Store) -> None:
    slow, heir = Hands(store), Hands(store)
    taken = slow.claims.take("alerts/claim", DUE, LEASE)
    assert taken
    heir.now = DUE + LEASE
    assert heir.take()
    slow.claims.finish(taken, "alerts/claim")
    heir.now = DUE + 2 * LEASE - timedelta(seconds=1)
    assert not slow.take(), "it is the heir's"


def test_what_failed_is_open_again_after_a_while(store: Store) -> None:
    one, two = Hands(store), Hands(store)
    taken = one.claims.take("alerts/claim", DUE, LEASE)
    assert taken
    one.claims.give_back(taken, "alerts/claim", timedelta(minutes=1))
    assert not two.take()
    assert two.claims.look_again_at("alerts/claim", DUE) == DUE + timedelta(minutes=1)
    two.now = DUE + timedelta(minutes=1)
    assert two.take()


def test_what_is_in_hand_is_looked_at_again_soon(store: Store) -> None:
    one, two = Hands(store), Hands(store)
    assert two.claims.look_again_at("alerts/claim", DUE) == DUE
    assert one.take()
    assert two.claims.look_again_at("alerts/claim", DUE) == DUE + LOOK_AGAIN


def test_the_next_is_not_begun_while_the_last_is_in_hand(store: Store) -> None:
    one, two = Hands(store), Hands(store)
    assert one.take()
    assert not two.take(LATER)
    two.now = LATER
    assert two.take(LATER)
    assert not one.take(DUE)  # a clock that is behind brings nothing back


@pytest.mark.parametrize("text", ["{", "[]", '{"due": "2126-03-01", "until": "2126-03-01"}'])
def test_a_claim_that_cannot_be_read_blocks_nobody(store: Store, text: str) -> None:
    store.put("", "alerts/claim", text, seen=None)
    assert Hands(store).take()
