"""What every edition of the store does, the hostile part first."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from dbspend360.errors import Conflict, DBSpendError
from dbspend360.models.setting import LARGEST_VALUE, LONGEST_KEY, LONGEST_USER, BadSetting, Setting
from dbspend360.store.base import Store
from store.conftest import OpenStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

SLY = [
    "",
    " ",
    "null",
    "'; DROP TABLE app_configs; --",
    'a "quoted" \\ backslash\\',
    "100 % _ %s %(x)s :name :updated_at ? $1 {x} `tick`",
    "line\nline\r\n\ttab\x01\x7f",
    "été ßẞ 売上 مرحبا \u202e 👩‍👩‍👧 \U0010fffd \u00e9 e\u0301",
    '{"threshold": "12.50", "to": ["a@b.example"]}',
]


def both(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """What two threads got that began together; an error of ours counts as an answer."""
    gate = threading.Barrier(2)

    def run(act: Callable[[], object]) -> object:
        gate.wait()
        try:
            return act()
        except DBSpendError as error:
            return error

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(run, (first, second)))


# Nothing is lost


def test_of_two_who_saw_the_same_exactly_one_wins(store: Store, open_store: OpenStore) -> None:
    other = open_store()
    seen = store.put("ada", "view", "0", seen=None)
    for round_ in range(8):
        moment = seen.updated_at
        answers = both(
            lambda moment=moment, n=round_: store.put("ada", "view", f"one {n}", seen=moment),  # type: ignore[misc]
            lambda moment=moment, n=round_: other.put("ada", "view", f"two {n}", seen=moment),  # type: ignore[misc]
        )
        [won] = [each for each in answers if isinstance(each, Setting)]
        assert [type(each) for each in answers if each is not won] == [Conflict]
        assert store.get("ada", "view") == other.get("ada", "view") == won
        seen = won


def test_of_two_who_make_the_same_exactly_one_wins(store: Store, open_store: OpenStore) -> None:
    other = open_store()
    for number in range(8):
        answers = both(
            lambda key=f"view-{number}": store.put("ada", key, "one", seen=None),  # type: ignore[misc]
            lambda key=f"view-{number}": other.put("ada", key, "two", seen=None),  # type: ignore[misc]
        )
        [won] = [each for each in answers if isinstance(each, Setting)]
        assert [type(each) for each in answers if each is not won] == [Conflict]
        assert store.get("ada", f"view-{number}") == won


def test_many_threads_that_add_one_lose_none(store: Store, open_store: OpenStore) -> None:
    store.put("ada", "count", "0", seen=None)

    def add(_number: int) -> None:
        mine = open_store()
        for _ in range(5):
            while True:
                seen = mine.get("ada", "count")
                assert seen
                try:
                    mine.put("ada", "count", str(int(seen.value) + 1), seen=seen.updated_at)
                except Conflict:
                    continue
                break

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, range(4)))
    kept = store.get("ada", "count")
    assert kept
    assert kept.value == "20"


def test_a_stale_writer_is_told_so_and_writes_nothing(store: Store) -> None:
    first = store.put("ada", "view", "1", seen=None)
    second = store.put("ada", "view", "2", seen=first.updated_at)
    with pytest.raises(Conflict, match="reload and try again"):
        store.put("ada", "view", "3", seen=first.updated_at)
    with pytest.raises(Conflict):
        store.put("ada", "view", "3", seen=None)
    with pytest.raises(Conflict):
        store.delete("ada", "view", seen=first.updated_at)
    assert store.get("ada", "view") == second


def test_what_is_not_there_can_be_neither_changed_nor_deleted(store: Store) -> None:
    with pytest.raises(Conflict):
        store.put("ada", "view", "1", seen=NOON)
    with pytest.raises(Conflict):
        store.delete("ada", "view", seen=NOON)
    assert store.get("ada", "view") is None


def test_a_change_of_one_leaves_all_others(store: Store) -> None:
    others = [
        store.put(user, key, "old", seen=None)
        for user, key in [("ada", "b"), ("", "a"), ("Ada", "a"), ("ada", "A"), ("ada ", "a")]
    ]
    mine = store.put("ada", "a", "1", seen=None)
    mine = store.put("ada", "a", "2", seen=mine.updated_at)
    store.delete("ada", "a", seen=mine.updated_at)
    assert [store.get(each.user_id, each.key) for each in others] == others


# Times


def test_updated_at_grows_though_the_clock_stands_still(open_store: OpenStore) -> None:
    store, other = open_store(now=lambda: NOON), open_store(now=lambda: NOON)
    store.prepare()
    seen = [store.put("ada", "view", "0", seen=None)]
    for number in range(1, 6):
        writer = other if number % 2 else store
        seen.append(writer.put("ada", "view", str(number), seen=seen[-1].updated_at))
    moments = [each.updated_at for each in seen]
    assert moments == sorted(set(moments))
    assert {each.created_at for each in seen} == {NOON}


def test_updated_at_grows_though_the_clock_runs_backwards(open_store: OpenStore) -> None:
    times = iter(NOON - timedelta(days=n) for n in range(9))
    store = open_store(now=lambda: next(times))
    store.prepare()
    first = store.put("ada", "view", "1", seen=None)
    second = store.put("ada", "view", "2", seen=first.updated_at)
    assert second.updated_at > first.updated_at
    with pytest.raises(Conflict):
        store.put("ada", "view", "3", seen=first.updated_at)


def test_a_setting_that_was_deleted_and_made_again_is_another(open_store: OpenStore) -> None:
    store = open_store(now=lambda: NOON)
    store.prepare()
    first = store.put("ada", "view", "1", seen=None)
    store.delete("ada", "view", seen=first.updated_at)
    assert store.get("ada", "view") is None
    with pytest.raises(Conflict):
        store.put("ada", "view", "2", seen=first.updated_at)
    again = store.put("ada", "view", "2", seen=None)
    with pytest.raises(Conflict):
        store.put("ada", "view", "3", seen=first.updated_at)
    assert store.get("ada", "view") == again


def test_one_setting_of_a_fast_clock_does_not_push_the_others(open_store: OpenStore) -> None:
    fast, store = open_store(now=lambda: NOON + timedelta(days=9)), open_store(now=lambda: NOON)
    store.prepare()
    ahead = fast.put("ada", "ahead", "", seen=None)
    later = store.put("ada", "ahead", "", seen=ahead.updated_at)
    assert later.updated_at > ahead.updated_at
    assert store.put("ada", "other", "", seen=None).updated_at < NOON + timedelta(seconds=1)


@pytest.mark.parametrize("microseconds", [0, 1, 500_000, 999_999])
def test_times_are_utc_to_the_microsecond(open_store: OpenStore, microseconds: int) -> None:
    at = NOON + timedelta(microseconds=microseconds)
    store = open_store(now=lambda: at)
    store.prepare()
    put = store.put("ada", "view", "", seen=None)
    kept = store.get("ada", "view")
    assert put == kept
    assert kept
    assert kept.created_at == kept.updated_at == at
    assert kept.updated_at.utcoffset() == timedelta(0)
    elsewhere = kept.updated_at.astimezone(timezone(timedelta(hours=5, minutes=30)))
    store.delete("ada", "view", seen=elsewhere)


@pytest.mark.parametrize(
    "seen", [datetime(2026, 3, 1, 12), datetime.max.replace(tzinfo=UTC)], ids=["no zone", "the end"]
)
def test_a_moment_that_cannot_be_is_refused(store: Store, seen: datetime) -> None:
    with pytest.raises(BadSetting, match="seen"):
        store.put("ada", "view", "1", seen=seen)
    with pytest.raises(BadSetting, match="seen"):
        store.delete("ada", "view", seen=seen)


# Texts


@pytest.mark.parametrize("text", SLY)
def test_any_text_comes_back_as_it_went_in(store: Store, text: str) -> None:
    user, key = text, f"key {text}"
    put = store.put(user, key, text, seen=None)
    assert (put.user_id, put.key, put.value) == (user, key, text)
    assert store.get(user, key) == put
    assert store.of_user(user) == store.with_key(key) == [put]
    changed = store.put(user, key, text * 2, seen=put.updated_at)
    assert store.get(user, key) == changed
    store.delete(user, key, seen=changed.updated_at)
    assert store.with_key("") == []


@pytest.mark.parametrize("letter", ["x", "\u00e9", "\U0001f4b6"])
def test_a_value_may_be_a_megabyte_and_no_more(store: Store, letter: str) -> None:
    value = letter * (LARGEST_VALUE // len(letter.encode()))
    put = store.put("ada", "view", value, seen=None)
    kept = store.get("ada", "view")
    assert put == kept
    assert kept
    assert kept.value == value
    with pytest.raises(BadSetting, match="1,048,576 bytes"):
        store.put("ada", "view", value + letter, seen=put.updated_at)


def test_the_longest_user_and_key_fit(store: Store) -> None:
    user, key = "\U0001f4b6" * LONGEST_USER, "\U0001f4b6" * LONGEST_KEY
    put = store.put(user, key, "", seen=None)
    assert store.get(user, key) == put


UNFIT = [
    ("a\0b", "key", "", "NUL"),
    ("ada", "\0", "", "NUL"),
    ("ada", "key", "a\0", "NUL"),
    ("ada", "key", "\ud800", "half a character"),
    ("\udfff", "key", "", "half a character"),
    ("ada", "", "", "empty"),
    ("ada", "k" * (LONGEST_KEY + 1), "", "200 letters"),
    ("u" * (LONGEST_USER + 1), "key", "", "320 letters"),
]


@pytest.mark.parametrize(("user", "key", "value", "why"), UNFIT)
def test_what_one_edition_could_not_keep_none_takes(
    store: Store, user: str, key: str, value: str, why: str
) -> None:
    with pytest.raises(BadSetting, match=why):
        store.put(user, key, value, seen=None)
    if value:
        return
    with pytest.raises(BadSetting, match=why):
        store.get(user, key)
    with pytest.raises(BadSetting, match=why):
        store.delete(user, key, seen=NOON)


def test_one_cannot_look_for_what_cannot_be(store: Store) -> None:
    with pytest.raises(BadSetting, match="NUL"):
        store.of_user("\0")
    with pytest.raises(BadSetting, match="NUL"):
        store.with_key("\0")


# Lists


KEYS = [
    "a",
    "A",
    "a%",
    "a%b",
    "a_",
    "a_b",
    "ab",
    "aé",
    "a\\",
    "b",
    "Z",
    "é",
    "a'",
    "a😀",
    "a\uff5e",
]


def test_the_settings_of_a_user_come_in_the_order_of_their_keys(store: Store) -> None:
    for key in KEYS:
        store.put("ada", key, key, seen=None)
        store.put("Ada", key, "not mine", seen=None)
    found = store.of_user("ada")
    assert [each.key for each in found] == sorted(KEYS)
    assert all(each.value == each.key for each in found)
    assert store.of_user("nobody") == store.of_user("") == []


def test_a_prefix_is_taken_letter_by_letter(store: Store) -> None:
    for key in KEYS:
        for user in ("", "ada"):
            store.put(user, key, "", seen=None)
    for prefix in ("", "%", "_", "a\\%", *KEYS):
        found = [(each.key, each.user_id) for each in store.with_key(prefix)]
        wanted = [(key, user) for key in KEYS for user in ("", "ada") if key.startswith(prefix)]
        assert found == sorted(wanted), prefix


# The table


def test_prepare_may_be_said_again_and_keeps_what_is_there(store: Store) -> None:
    put = store.put("ada", "view", "1", seen=None)
    store.prepare()
    assert store.get("ada", "view") == put


def test_two_may_prepare_at_once(open_store: OpenStore) -> None:
    one, other = open_store(), open_store()
    assert both(one.prepare, other.prepare) == [None, None]
    put = one.put("ada", "view", "1", seen=None)
    assert other.get("ada", "view") == put


def test_without_its_table_a_store_says_so(open_store: OpenStore) -> None:
    with pytest.raises(DBSpendError, match=r"log|init"):
        open_store().get("ada", "view")
