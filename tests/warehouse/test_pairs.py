"""Two questions in one statement are answered as if each had been asked alone."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from spend_records import view

from dbspend360.errors import Unreachable, WarehouseError
from dbspend360.models.answer import Answer
from dbspend360.settings import Settings
from dbspend360.warehouse.base import Half, Pair, Question, Rows, Value, Warehouse
from dbspend360.warehouse.cache import CachedWarehouse
from dbspend360.warehouse.memory_places import make_memory
from dbspend360.warehouse.pairs import PairingWarehouse
from dbspend360.warehouse.spends import SpendRepository

LEFT, RIGHT = Question("left", "SELECT :a AS a"), Question("right", "SELECT :b AS b")
BOTH = Question("both", "SELECT :a AS a, :b AS b", is_remembered=False)


def left_rows(whole: Rows) -> Rows:
    return [{"a": row["a"]} for row in whole]


def right_rows(whole: Rows) -> Rows:
    return [{"b": row["b"]} for row in whole]


def pair(b: int = 2) -> Pair:
    return Pair(
        BOTH,
        (("a", 1), ("b", b)),
        (Half(LEFT, (("a", 1),), left_rows), Half(RIGHT, (("b", b),), right_rows)),
    )


def left(b: int = 2) -> tuple[Question, dict[str, Value]]:
    return Question(LEFT.name, LEFT.text, pair=pair(b)), {"a": 1}


def right(b: int = 2) -> tuple[Question, dict[str, Value]]:
    return Question(RIGHT.name, RIGHT.text, pair=pair(b)), {"b": b}


class Echo(Warehouse):
    """Answers with what was bound, unless it must not."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failures: dict[str, WarehouseError] = {}

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        self.asked.append(question.name)
        if question.name in self.failures:
            raise self.failures[question.name]
        return Answer([dict(values)], datetime.now(UTC), cached=False)


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def cached(echo: Echo, tmp_path: Path) -> CachedWarehouse:
    return remembering(echo, tmp_path, 60)


def remembering(echo: Echo, folder: Path, seconds: int) -> CachedWarehouse:
    memory = make_memory(Settings(data_dir=folder))
    return CachedWarehouse(echo, memory, seconds=seconds, version=lambda: "v", stale_hours=1)


@pytest.fixture
def pairing(cached: CachedWarehouse) -> PairingWarehouse:
    return PairingWarehouse(cached)


def test_who_asks_for_one_half_finds_the_other_remembered(
    echo: Echo, cached: CachedWarehouse, pairing: PairingWarehouse
) -> None:
    assert pairing.query(*left()).value == [{"a": 1}]
    assert pairing.query(*right()).value == [{"b": 2}]
    assert cached.query(LEFT, {"a": 1}).value == [{"a": 1}]
    assert cached.query(RIGHT, {"b": 2}).value == [{"b": 2}]
    assert echo.asked == ["both"]


def test_where_one_half_is_remembered_only_the_other_is_asked(
    echo: Echo, pairing: PairingWarehouse
) -> None:
    pairing.query(*left(2))
    assert pairing.query(*right(3)).value == [{"b": 3}]
    assert echo.asked == ["both", "right"]


def test_what_is_forgotten_meanwhile_is_not_remembered(
    echo: Echo, cached: CachedWarehouse, pairing: PairingWarehouse
) -> None:
    pairing.query(*left())
    cached.forget()
    pairing.query(*right())
    assert echo.asked == ["both", "both"]


def test_each_half_is_the_last_good_answer_of_its_own_question(
    cached: CachedWarehouse, pairing: PairingWarehouse
) -> None:
    pairing.query(*left())
    cached.forget()
    for asked, values in (left(), right()):
        known = cached.last_good(asked, values)
        assert known
        assert known.value == [values]


def test_a_pair_that_is_refused_is_asked_half_by_half_and_not_again(
    echo: Echo, pairing: PairingWarehouse
) -> None:
    echo.failures = {name: WarehouseError(name, "Too much.") for name in ("both", "right")}
    assert pairing.query(*left()).value == [{"a": 1}]
    with pytest.raises(WarehouseError, match="Too much"):
        pairing.query(*right())
    with pytest.raises(WarehouseError, match="Too much"):
        pairing.query(*right())
    assert echo.asked == ["both", "left", "right", "right"]


def test_a_pair_that_nobody_hears_is_not_asked_half_by_half(
    echo: Echo, pairing: PairingWarehouse
) -> None:
    echo.failures = {"both": Unreachable("both", "The line is down.")}
    with pytest.raises(Unreachable, match="The line is down"):
        pairing.query(*left())
    assert echo.asked == ["both"]


def test_where_nothing_is_remembered_each_is_asked_alone(echo: Echo, tmp_path: Path) -> None:
    pairing = PairingWarehouse(remembering(echo, tmp_path, 0))
    assert pairing.query(*left()).value == [{"a": 1}]
    assert pairing.query(*right()).value == [{"b": 2}]
    assert echo.asked == ["left", "right"]


def test_the_month_of_a_page_is_the_question_of_who_asks_for_it_alone() -> None:
    days = (date(2026, 1, 19), date(2026, 3, 20))
    shown = view("start_date=2026-03-01&end_date=2026-03-07&job_name=load")
    asked: list[tuple[Question, Mapping[str, Value]]] = []

    class Listening(Warehouse):
        def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
            asked.append((question, values))
            return Answer([], datetime.now(UTC), cached=False)

    spend = SpendRepository(Listening())
    spend.beside_month(days).days_between(shown, *days)
    spend.days_between(shown, *days)
    (paired, own), (alone, same) = asked
    assert (paired.text, own) == (alone.text, same)
    assert paired.pair
    half = paired.pair.halves[1]
    assert (half.question.text, dict(half.values)) == (alone.text, same)
