"""While Databricks is slow, asleep or dead: what is answered, how soon, and what comes after."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from databricks_side import settings_of
from loopback.faults import Fault
from loopback.server import Loopback, loopback_warehouse

from dbspend360.errors import NotYet, Unreachable, WarehouseError
from dbspend360.models.answer import Answer
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse
from dbspend360.warehouse.databricks.failures import Refused
from dbspend360.warehouse.gate import GatedWarehouse
from dbspend360.warehouse.patience import PatientWarehouse, allow
from dbspend360.warehouse.source import make_source

RECORDS = Question("records", "SELECT COUNT(*) AS records FROM spends")
JOBS = Question("jobs", "SELECT COUNT(DISTINCT job_id) AS jobs FROM spends")
ONE: Rows = [{"records": 1}]


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with loopback_warehouse() as warehouse:
        warehouse.engine.make_spends(
            rows="SELECT 'j' AS job_id, 'r' AS run_id, DATE '2026-11-01' AS usage_date"
        )
        yield warehouse


@pytest.fixture
def source(loopback: Loopback, tmp_path: Path) -> Iterator[Callable[..., Warehouse]]:
    closers = []

    def of(**changes: Any) -> Warehouse:
        chosen = {"data_dir": tmp_path, "reply_seconds": 1, "patience_seconds": 2, **changes}
        made = make_source(settings_of(loopback, **chosen))
        closers.append(made.close)
        return made.warehouse

    yield of
    for close in closers:
        close()


def until(wanted: Callable[[], bool], seconds: float) -> float:
    """How long it took."""
    began = time.monotonic()
    while not wanted():
        assert time.monotonic() - began < seconds, "it did not happen in time"
        time.sleep(0.05)
    return time.monotonic() - began


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def is_fresh(warehouse: Warehouse) -> bool:
    try:
        return not warehouse.query(RECORDS, {}).outage
    except WarehouseError:
        return False


# Stale rather than dead


def kill(loopback: Loopback) -> Callable[[], None]:
    loopback.stop()
    return loopback.start


def stall(loopback: Loopback) -> Callable[[], None]:
    loopback.faults.add(Fault("delay", seconds=6, times=None))
    return loopback.faults.clear


def be_overrun(loopback: Loopback) -> Callable[[], None]:
    loopback.faults.add(Fault("status", code=503, headers={"Retry-After": "1"}, times=None))
    return loopback.faults.clear


def revoke(loopback: Loopback) -> Callable[[], None]:
    loopback.refuse_tokens()
    return loopback.accept_tokens


@pytest.mark.parametrize("harm", [kill, stall, be_overrun, revoke])
def test_an_outage_shows_the_last_good_answer_and_ends_by_itself(
    loopback: Loopback,
    source: Callable[..., Warehouse],
    harm: Callable[[Loopback], Callable[[], None]],
) -> None:
    warehouse = source(cache_seconds=1)
    good = warehouse.query(RECORDS, {})
    assert (good.value, good.outage) == (ONE, "")
    heal = harm(loopback)
    time.sleep(1.1)  # what was remembered for a second is forgotten
    until(lambda: bool(warehouse.query(RECORDS, {}).outage), 4)
    until(lambda: _seconds(lambda: warehouse.query(RECORDS, {})) < 0.2, 30)  # the gate is shut
    old = warehouse.query(RECORDS, {})
    assert old.value == ONE
    assert old.asked_at == good.asked_at
    heal()
    assert until(lambda: is_fresh(warehouse), 12) < 10


def _answers(warehouse: Warehouse, question: Question) -> bool:
    try:
        return bool(warehouse.query(question, {}).value)
    except NotYet:
        return False


def _seconds(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def test_refresh_does_not_forget_the_last_good_answer(loopback: Loopback, tmp_path: Path) -> None:
    made = make_source(settings_of(loopback, data_dir=tmp_path))
    made.warehouse.query(RECORDS, {})
    loopback.stop()
    made.forget()
    assert "cannot be reached" in made.warehouse.query(RECORDS, {}).outage
    made.close()


def test_an_answer_too_old_is_not_shown(
    loopback: Loopback, source: Callable[..., Warehouse]
) -> None:
    warehouse = source(cache_seconds=0, stale_hours=0)
    warehouse.query(RECORDS, {})
    loopback.stop()
    with pytest.raises(Unreachable):
        warehouse.query(RECORDS, {})


def test_who_lost_a_grant_is_not_shown_what_was_read_with_it(
    loopback: Loopback, source: Callable[..., Warehouse]
) -> None:
    warehouse = source(cache_seconds=0)
    warehouse.query(RECORDS, {})
    loopback.engine.deny("SELECT", "pritam_demo.dbcost360.databricks_job_spends")
    with pytest.raises(Refused):
        warehouse.query(RECORDS, {})


def test_a_question_never_asked_before_fails_with_a_sentence(
    loopback: Loopback, source: Callable[..., Warehouse]
) -> None:
    loopback.stop()
    with pytest.raises(Unreachable, match="cannot be reached"):
        source(reply_seconds=20).query(RECORDS, {})


# Waking up


def test_a_cold_warehouse_says_so_soon_and_wakes_without_anybody_waiting(
    loopback: Loopback, source: Callable[..., Warehouse]
) -> None:
    loopback.sleep(wake_after=4)
    warehouse = source()
    with at_most(3), pytest.raises(NotYet):
        warehouse.query(RECORDS, {})
    assert until(lambda: is_fresh(warehouse), 15) < 12


# Patience


def test_a_slow_question_goes_on_while_the_person_is_told(
    loopback: Loopback, source: Callable[..., Warehouse]
) -> None:
    warehouse = source(patience_seconds=1, reply_seconds=5)
    until(lambda: is_fresh(warehouse), 5)
    loopback.slow(2)
    with at_most(1.5), pytest.raises(NotYet, match="still working"):
        warehouse.query(JOBS, {})
    until(lambda: _answers(warehouse, JOBS), 6)
    assert sum("AS jobs" in each.text for each in loopback.service.statements) == 1


class Slow(Warehouse):
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.go = Event()
        self.asked = 0

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        self.asked += 1
        self.go.wait(10)
        return Answer(ONE, datetime.now(UTC), cached=False)


def test_who_asks_the_same_waits_for_the_same_answer() -> None:
    slow = Slow()
    patient = PatientWarehouse(slow, seconds=5)
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(patient.query, RECORDS, {}) for _ in range(8)]
        time.sleep(0.1)
        slow.go.set()
        assert [each.result().value for each in asked] == [ONE] * 8
    assert slow.asked == 1


def test_an_answer_that_came_too_late_waits_for_whoever_asks_again() -> None:
    slow = Slow()
    patient = PatientWarehouse(slow, seconds=0.05)
    with pytest.raises(NotYet):
        patient.query(RECORDS, {})
    slow.go.set()

    def is_answered() -> bool:
        with suppress(NotYet):  # on a busy machine once more
            return patient.query(RECORDS, {}).value == ONE
        return False

    until(is_answered, 10)
    assert slow.asked == 1


def test_the_questions_of_one_request_share_its_patience() -> None:
    patient = PatientWarehouse(Slow(), seconds=60)
    with at_most(1):
        allow(0.2)
        for n in range(3):
            with pytest.raises(NotYet):
                patient.query(RECORDS, {"n": n})
    allow(None)


# The gate


class Failing(Warehouse):
    """Fails as it is told, and counts."""

    def __init__(self) -> None:
        self.error: WarehouseError | None = None
        self.asked = self.knocked = 0

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        self.asked += 1
        if self.error:
            raise self.error
        return Answer(ONE, datetime.now(UTC), cached=False)

    def knock(self) -> None:
        self.knocked += 1
        if self.error:
            raise self.error


def test_the_gate_shuts_after_three_failures_and_opens_when_somebody_answers() -> None:
    failing = Failing()
    gate = GatedWarehouse(failing, failing.knock)
    failing.error = Unreachable("records", "The line is down.")
    for _ in range(5):
        with pytest.raises(Unreachable, match="The line is down"):
            gate.query(RECORDS, {})
    assert failing.asked == 3
    failing.error = None
    until(lambda: _is_answered(gate), 6)
    assert failing.knocked >= 1


def test_a_refusal_never_shuts_the_gate() -> None:
    failing = Failing()
    gate = GatedWarehouse(failing, failing.knock)
    failing.error = Refused("records", "No such table.", "TABLE_OR_VIEW_NOT_FOUND")
    for _ in range(5):
        with pytest.raises(Refused):
            gate.query(RECORDS, {})
    assert failing.asked == 5


def test_one_success_forgives_two_failures() -> None:
    failing = Failing()
    gate = GatedWarehouse(failing, failing.knock)
    for _ in range(3):
        failing.error = Unreachable("records", "The line is down.")
        for _ in range(2):
            with pytest.raises(Unreachable):
                gate.query(RECORDS, {})
        failing.error = None
        gate.query(RECORDS, {})
    assert failing.asked == 9


def _is_answered(warehouse: Warehouse) -> bool:
    try:
        return warehouse.query(RECORDS, {}).value == ONE
    except Unreachable:
        return False
