"""Remembered bytes that are read once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from dbspend360.models.answer import Answer
from dbspend360.warehouse.answers_json import dumped
from dbspend360.warehouse.decoded import Decoded

AT = datetime(2026, 3, 1, tzinfo=UTC)


def data(number: int, *, length: int = 0) -> bytes:
    return dumped(Answer([{"n": number, "padding": "x" * length}], AT, cached=False))


def test_the_same_bytes_are_read_once() -> None:
    decoded = Decoded()
    first = decoded.read("a", data(1))
    assert first
    assert first.cached
    assert first.value == [{"n": 1, "padding": ""}]
    assert decoded.read("a", data(1)) is first


def test_other_bytes_at_the_same_key_are_another_answer() -> None:
    decoded = Decoded()
    for number in (1, 2, 1):
        found = decoded.read("a", data(number))
        assert found
        assert found.value[0]["n"] == number
    assert decoded._size == len(data(1))


def test_what_is_forgotten_or_foreign_says_nothing() -> None:
    decoded = Decoded()
    decoded.read("a", data(1))
    for odd in (None, b"", b"{", b"[]", data(1)[:-1], "text", 5):
        assert decoded.read("a", odd) is None
    assert decoded.read("b", data(1))


def test_no_more_is_kept_than_fits() -> None:
    decoded = Decoded(most_bytes=1_000)
    for number in range(20):
        decoded.read(str(number), data(number, length=100))
    assert 500 < decoded._size <= 1_000
    assert decoded._size == sum(len(each) for each, _ in decoded._known.values())
    size = decoded._size
    assert decoded.read("large", data(1, length=5_000))
    assert decoded._size == size


def test_many_threads_get_what_they_ask_for() -> None:
    decoded = Decoded(most_bytes=2_000)

    def ask(number: int) -> bool:
        found = decoded.read(str(number % 7), data(number % 5, length=300))
        return bool(found and found.value[0]["n"] == number % 5)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(2_000)))
    assert decoded._size == sum(len(each) for each, _ in decoded._known.values())
