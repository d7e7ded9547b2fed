from pathlib import Path

import pytest

from dbspend360.services.adopting import adopt
from dbspend360.services.people import BadPeople
from dbspend360.store.base import Store
from dbspend360.store.places import make_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = make_store("", tmp_path)
    made.prepare()
    return made


def test_what_was_everybodys_is_somebodys(store: Store) -> None:
    for key in ("alerts/config", "alerts/incident/a", "reports/view/v", "alerts/outbox/o"):
        store.put("", key, f'"{key}"', seen=None)
    store.put("", "alerts/claim", '"a server"', seen=None)
    assert adopt(store, " Dana@Example.com") == (4, 0)
    assert [each.key for each in store.of_user("")] == ["alerts/claim"]
    assert {each.value for each in store.of_user("dana@example.com")} == {
        '"alerts/config"',
        '"alerts/incident/a"',
        '"reports/view/v"',
        '"alerts/outbox/o"',
    }


def test_nothing_of_theirs_is_replaced(store: Store) -> None:
    store.put("", "alerts/config", '"old"', seen=None)
    store.put("dana", "alerts/config", '"their own"', seen=None)
    assert adopt(store, "dana") == (0, 1)
    assert [each.value for each in store.of_user("dana")] == ['"their own"']
    assert [each.value for each in store.of_user("")] == ['"old"']


def test_whoever_was_cut_off_does_it_again(store: Store) -> None:
    store.put("", "alerts/config", '"old"', seen=None)
    store.put("dana", "alerts/config", '"old"', seen=None)  # written, and not yet removed
    assert adopt(store, "dana") == (1, 0)
    assert adopt(store, "dana") == (0, 0)


def test_nobody_can_be_called_nothing(store: Store) -> None:
    with pytest.raises(BadPeople):
        adopt(store, "a,b")
