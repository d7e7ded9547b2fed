import threading
import time

from dbspend360.errors import NotFound
from dbspend360.services.readiness import Part, Probe, state_of
from dbspend360.services.visits import INTEREST_SECONDS, Visits


def test_whatever_goes_wrong_is_a_state_with_a_sentence() -> None:
    def missing() -> None:
        raise NotFound("It is not there.")

    def mistaken() -> None:
        raise RuntimeError("secret words")

    assert state_of(lambda: None) == Part("ok")
    assert state_of(missing) == Part("unavailable", "It is not there.")
    assert "secret" not in state_of(mistaken).reason


def test_a_part_that_hangs_holds_nobody_up_and_takes_one_thread() -> None:
    free, looks = threading.Event(), []

    def hang() -> Part:
        looks.append(1)
        free.wait(20)
        return Part("ok")

    probe = Probe(hang, seconds=0.05)
    assert {probe.part().state for _ in range(5)} == {"unavailable"}
    assert len(looks) == 1
    free.set()
    deadline = time.monotonic() + 10
    while probe.part().state != "ok":
        assert time.monotonic() < deadline
    assert len(looks) <= 2


def test_many_who_ask_at_once_look_once() -> None:
    looks: list[int] = []

    def look() -> Part:
        looks.append(1)
        return Part("ok")

    probe = Probe(look)
    assert [probe.part().state for _ in range(5)] == ["ok"] * 5
    assert len(looks) == 1


def test_a_visit_counts_for_five_minutes() -> None:
    now = [0.0]
    visits = Visits(lambda: now[0])
    assert not visits.are_recent()
    visits.note()
    now[0] = INTEREST_SECONDS - 1
    assert visits.are_recent()
    now[0] = INTEREST_SECONDS
    assert not visits.are_recent()
