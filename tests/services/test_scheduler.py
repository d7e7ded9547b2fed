"""The loop around what is due."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from dbspend360.errors import StoreError
from dbspend360.services import scheduler as loop
from dbspend360.services.run_due import Done
from dbspend360.services.scheduler import Scheduler


@pytest.fixture(autouse=True)
def signals_as_before() -> Iterator[None]:
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def done(wait: float) -> Done:
    return Done(True, 0, 0, 0, 0, (), datetime.now(UTC) + timedelta(seconds=wait))


class Work:
    """What the scheduler does, turn by turn; the last turn stops it."""

    def __init__(
        self, *turns: Callable[[], Done], is_due: Callable[[], bool] | None = None
    ) -> None:
        self.turns = list(turns)
        self.began: list[float] = []
        self.scheduler = Scheduler(self, is_due=is_due)

    def __call__(self) -> Done:
        self.began.append(time.monotonic())
        turn = self.turns.pop(0)
        if not self.turns:
            self.scheduler.stop()
        return turn()


def test_it_works_again_when_something_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "SHORTEST_WAIT", timedelta(0))
    work = Work(*[lambda: done(0.3)] * 3)
    work.scheduler.run_until_stopped()
    waits = [later - earlier for earlier, later in zip(work.began, work.began[1:], strict=False)]
    assert len(waits) == 2
    assert all(0.25 < each < 2 for each in waits)


def test_what_is_due_already_does_not_make_it_run_without_a_pause() -> None:
    work = Work(lambda: done(-60), lambda: done(0))
    work.scheduler.run_until_stopped()
    assert work.began[1] - work.began[0] > 0.9


def test_what_falls_due_meanwhile_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "LOOK_SECONDS", 0.2)
    looks = iter([False, True])
    work = Work(lambda: done(600), lambda: done(600), is_due=lambda: next(looks, False))
    work.scheduler.run_until_stopped()
    assert work.began[1] - work.began[0] < 30


def test_a_look_that_fails_is_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "LOOK_SECONDS", 0.1)
    looks = iter([StoreError("No line."), None])

    def look() -> bool:
        if error := next(looks, None):
            raise error
        return True

    work = Work(lambda: done(600), lambda: done(600), is_due=look)
    work.scheduler.run_until_stopped()
    assert len(work.began) == 2


def test_a_clock_that_was_set_back_does_not_hold_it_up(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = timedelta(hours=1)
    fast = iter([ahead] * 3)  # while the turn plans the next one; then the clock is set back

    def first() -> Done:
        monkeypatch.setattr(loop, "_now", lambda: datetime.now(UTC) + next(fast, timedelta(0)))
        return Done(True, 0, 0, 0, 0, (), datetime.now(UTC) + ahead + timedelta(seconds=0.3))

    work = Work(first, lambda: done(600))
    work.scheduler.run_until_stopped()
    assert work.began[1] - work.began[0] < 30


@pytest.mark.parametrize("error", [StoreError("No line."), RuntimeError("a mistake of ours")])
def test_whatever_goes_wrong_it_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    monkeypatch.setattr(loop, "AFTER_A_FAILURE", timedelta(seconds=0.1))
    monkeypatch.setattr(loop, "SHORTEST_WAIT", timedelta(0))

    def fails() -> Done:
        raise error

    work = Work(fails, lambda: done(0))
    work.scheduler.run_until_stopped()
    assert len(work.began) == 2
    assert str(error) in caplog.text


def test_it_does_not_wait_for_what_takes_long_when_it_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop, "LAST_WORDS_SECONDS", 0.2)

    def long() -> Done:
        time.sleep(30)
        return done(0)

    work = Work(long)
    began = time.monotonic()
    work.scheduler.run_until_stopped()
    assert time.monotonic() - began < 5


def test_it_ends_with_its_parent() -> None:
    orphan = Scheduler(lambda: done(60), parent=os.getpid())  # nobody is a child of himself
    began = time.monotonic()
    orphan.run_until_stopped()
    assert time.monotonic() - began < 8
