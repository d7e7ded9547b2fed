from datetime import UTC, datetime, timedelta

import pytest

from dbspend360.models.setting import BadSetting, Clock, moment

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_clock_only_grows_whatever_the_machine_says() -> None:
    times = iter([NOON, NOON, NOON - timedelta(days=1), NOON + timedelta(days=1)])
    clock = Clock(lambda: next(times))
    given = [clock.after(None) for _ in range(4)]
    assert given == sorted(set(given))
    assert (given[0], given[-1]) == (NOON, NOON + timedelta(days=1))


def test_a_clock_is_later_than_what_was_seen() -> None:
    clock = Clock(lambda: NOON)
    ahead = NOON + timedelta(days=1)
    assert clock.after(ahead) > ahead
    assert clock.after(None) < ahead


def test_a_moment_is_the_same_in_every_zone() -> None:
    assert moment(datetime.fromisoformat("2026-03-01T17:30:00.000001+05:30")) == NOON + timedelta(
        microseconds=1
    )


@pytest.mark.parametrize("late", ["9999-12-31T23:59:59.999999+00:00", "9999-12-31T23:00:00-05:00"])
def test_the_end_of_time_is_no_moment(late: str) -> None:
    with pytest.raises(BadSetting, match="end of time"):
        moment(datetime.fromisoformat(late))
