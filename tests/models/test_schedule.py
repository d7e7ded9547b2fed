"""When a schedule is due, and what a schedule may say."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbspend360.models.report import FileFormat
from dbspend360.models.saved_view import SavedView, read_saved_view
from dbspend360.models.schedule import Every, Schedule, Weekday, month_day_words, read_schedule

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Apia",  # had no 30 December 2011
    "Africa/Casablanca",  # winter time in Ramadan only
    "America/Sao_Paulo",  # changed at midnight
    "Europe/Dublin",
]
DAY = timedelta(days=1)

schedules = st.builds(
    lambda **fields: Schedule(name="x", recipients=("dana@example.com",), **fields),
    every=st.sampled_from(Every),
    weekday=st.sampled_from(Weekday),
    month_day=st.integers(1, 31),
    hour=st.integers(0, 23),
    minute=st.sampled_from([0, 1, 15, 30, 59]),
    zone=st.sampled_from(ZONES),
)
moments = st.one_of(
    st.datetimes(datetime(2008, 1, 1), datetime(2037, 1, 1)),
    st.datetimes(datetime(2011, 12, 27), datetime(2012, 1, 2)),  # Apia skips a day
    st.datetimes(datetime(2026, 3, 28), datetime(2026, 3, 30)),  # Berlin skips an hour
    st.datetimes(datetime(2026, 10, 24), datetime(2026, 10, 26)),  # and has one twice
).map(lambda each: each.replace(tzinfo=UTC))


def schedule(**fields: Any) -> Schedule:
    found = read_schedule({"name": "Costs", "recipients": ["dana@example.com"], **fields})
    assert isinstance(found, Schedule), found
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def offset(moment: datetime) -> timedelta:
    found = moment.utcoffset()
    assert found is not None
    return found


def dues(plan: Schedule, since: str, count: int) -> list[str]:
    """The next due times, as the clocks of the zone show them."""
    found, moment = [], at(since)
    for _ in range(count):
        moment = plan.due_after(moment)
        found.append(moment.astimezone(ZoneInfo(plan.zone)).isoformat(" ", "minutes"))
    return found


# Due times


@settings(max_examples=400, deadline=None)
@given(schedules, moments)
def test_after_and_before_meet(plan: Schedule, moment: datetime) -> None:
    after, before = plan.due_after(moment), plan.due_before(moment)
    assert before <= moment < after
    assert plan.due_after(before) == after
    assert plan.due_before(after) == after
    assert plan.due_before(after - timedelta(microseconds=1)) == before


@settings(max_examples=400, deadline=None)
@given(schedules, moments)
def test_the_clocks_show_the_time_or_the_first_one_after_a_gap(
    plan: Schedule, moment: datetime
) -> None:
    due = plan.due_after(moment)
    shown = due.astimezone(ZoneInfo(plan.zone))
    if (shown.hour, shown.minute) != (plan.hour, plan.minute):
        second_before = (due - timedelta(seconds=1)).astimezone(shown.tzinfo)
        moved = offset(shown) - offset(second_before)
        assert moved > timedelta(0), "a time that is not shown is skipped by a change of clocks"
    else:
        an_hour_ago = (due - timedelta(hours=1)).astimezone(shown.tzinfo)
        half_ago = (due - timedelta(minutes=30)).astimezone(shown.tzinfo)
        for each in (an_hour_ago, half_ago):
            assert each.replace(tzinfo=None, fold=0) != shown.replace(tzinfo=None, fold=0)


@settings(max_examples=300, deadline=None)
@given(schedules, moments)
def test_the_days_are_those_of_the_calendar(plan: Schedule, moment: datetime) -> None:
    day = plan.local_day(plan.due_after(moment))
    if plan.zone == "Pacific/Apia" and day == date(2011, 12, 31):
        return  # also stands for the day that was not
    if plan.every is Every.WEEKLY:
        assert f"{day:%A}".lower() == plan.weekday
    if plan.every is Every.MONTHLY:
        assert day.day == min(plan.month_day, monthrange(day.year, day.month)[1])


@settings(max_examples=100, deadline=None)
@given(schedules, moments)
def test_none_is_left_out(plan: Schedule, moment: datetime) -> None:
    after = plan.due_after(moment)
    longest = {Every.DAILY: 2, Every.WEEKLY: 8, Every.MONTHLY: 32}[plan.every]
    assert plan.due_after(after) - after <= longest * DAY


def test_a_time_that_the_clocks_skip_is_the_first_moment_after_the_gap() -> None:
    plan = schedule(every="daily", hour=2, minute=30, zone="Europe/Berlin")
    assert dues(plan, "2026-03-28T00:00", 3) == [
        "2026-03-28 02:30+01:00",
        "2026-03-29 03:00+02:00",
        "2026-03-30 02:30+02:00",
    ]


def test_a_time_that_comes_twice_is_the_first_one_only() -> None:
    plan = schedule(every="daily", hour=2, minute=30, zone="Europe/Berlin")
    assert dues(plan, "2026-10-24T12:00", 2) == ["2026-10-25 02:30+02:00", "2026-10-26 02:30+01:00"]


def test_half_an_hour_is_a_gap_too() -> None:
    plan = schedule(every="daily", hour=2, minute=15, zone="Australia/Lord_Howe")
    assert dues(plan, "2026-10-02T16:00", 2) == ["2026-10-04 02:30+11:00", "2026-10-05 02:15+11:00"]


def test_a_day_that_was_not_is_the_moment_after_it() -> None:
    plan = schedule(every="monthly", month_day=30, zone="Pacific/Apia")
    assert dues(plan, "2011-12-01T00:00", 2) == [
        "2011-12-31 00:00+14:00",
        "2012-01-30 08:00+14:00",
    ]


def test_midnight_that_the_clocks_skip() -> None:
    plan = schedule(every="daily", hour=0, zone="America/Sao_Paulo")
    assert dues(plan, "2018-11-03T12:00", 2) == [
        "2018-11-04 01:00-02:00",
        "2018-11-05 00:00-02:00",
    ]


def test_the_thirty_first_is_the_last_day_of_every_month() -> None:
    plan = schedule(every="monthly", month_day=31, hour=8)
    found = dues(plan, "2028-01-01T00:00", 4)
    assert [each[:10] for each in found] == ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]


def test_winter_time_in_ramadan_moves_the_utc_hour() -> None:
    plan = schedule(every="daily", hour=8, zone="Africa/Casablanca")
    before, during = plan.due_after(at("2026-02-10T12:00")), plan.due_after(at("2026-03-01T12:00"))
    assert (before.hour, during.hour) == (7, 8)


def test_the_day_of_presets_is_the_day_in_the_zone() -> None:
    plan = schedule(every="daily", hour=1, zone="Asia/Kathmandu")
    due = plan.due_after(at("2026-03-01T00:00"))
    assert (due, plan.local_day(due)) == (at("2026-03-01T19:15"), date(2026, 3, 2))


# Words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"every": "daily", "minute": 5}, "every day at 08:05 UTC"),
        (
            {"every": "weekly", "zone": "Europe/Berlin"},
            "every Monday at 08:00 Europe/Berlin",
        ),
        ({"month_day": 1}, "on the 1st of every month at 08:00 UTC"),
        ({"month_day": 31}, "on the last day of every month at 08:00 UTC"),
    ],
)
def test_a_schedule_says_when_it_goes_out(fields: dict[str, Any], words: str) -> None:
    assert schedule(**fields).words == words


def test_days_that_not_every_month_has_say_what_happens_then() -> None:
    assert month_day_words(30) == "on the 30th of every month, or its last day,"
    said = [month_day_words(day).split()[2] for day in (2, 3, 4, 11, 12, 13, 21, 22, 23, 28)]
    assert said == ["2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "28th"]


# What makes no sense


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"month_day": 0}, "month_day", "must be a day from 1 to 31"),
        ({"month_day": 32}, "month_day", "must be a day from 1 to 31"),
        ({"hour": 24}, "hour", "must be an hour from 0 to 23"),
        ({"minute": -1}, "minute", "must be a minute from 0 to 59"),
        ({"zone": "Mars/Phobos"}, "zone", "'Mars/Phobos' is not a time zone"),
        ({"zone": "../../etc/passwd"}, "zone", "is not a time zone"),
        ({"every": "yearly"}, "every", "must be daily, weekly or monthly"),
        ({"weekday": "someday"}, "weekday", "must be one of monday"),
        ({"kind": "docx"}, "kind", "must be one of pdf"),
        ({"recipients": []}, "recipients", "name at least one"),
        ({"recipients": ["dana"]}, "recipients", "'dana' is not a mail address"),
        ({"recipients": ["a@b.c\r\nBcc: d@e.f"]}, "recipients", "is not a mail address"),
        ({"recipients": [f"p{n}@b.c" for n in range(500)]}, "recipients", "are 500; 50 is the"),
        ({"name": " \n "}, "name", "is empty"),
        ({"name": "x" * 101}, "name", "is longer than 100 characters"),
        ({"name": "a\0"}, "name", "holds a character that cannot be shown"),
        ({"message": "x" * 2001}, "message", "is longer than 2,000 characters"),
        ({"message": "a\x1b[0m"}, "message", "holds a character that cannot be shown"),
        ({"query": "group_by=team"}, "query", "group_by: 'team' is not one of run"),
        ({"query": "start_date=2026-03-02&end_date=2026-03-01"}, "query", "dates: start_date"),
        ({"query": "x" * 9_000}, "query", "is longer than 8,000 characters"),
        ({"query": "color=red"}, "query", "color: is not something a link can say"),
        ({"is_paused": "maybe"}, "is_paused", "must be true or false"),
        ({"when": 1}, "when", "is not a part of it"),
    ],
)
def test_what_makes_no_sense_is_told_by_its_name(
    fields: dict[str, Any], field: str, words: str
) -> None:
    found = read_schedule({"name": "Costs", "recipients": ["dana@example.com"], **fields})
    assert not isinstance(found, Schedule)
    assert [each.field for each in found] == [field]
    assert words in found[0].problem


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = read_schedule({"hour": 99, "zone": "x"})
    assert not isinstance(found, Schedule)
    assert {each.field for each in found} == {"name", "recipients", "hour", "zone"}


def test_a_form_writes_what_it_likes() -> None:
    plan = schedule(
        name=" Monthly\n costs ",
        recipients="dana@example.com; Ed@example.com, dana@EXAMPLE.com",
        query="?preset=last_month&run=1.2.3",
        zone="europe/berlin",
        message="  Dear all,\r\n\r\nlook.  ",
    )
    assert plan.name == "Monthly costs"
    assert plan.recipients == ("dana@example.com", "Ed@example.com")
    assert (plan.query, plan.zone) == ("preset=last_month", "Europe/Berlin")
    assert plan.message == "Dear all,\n\nlook."
    assert plan.kind is FileFormat.PDF


def test_a_link_with_one_date_hangs_on_the_data() -> None:
    assert schedule(query="start_date=2020-01-01").query == "start_date=2020-01-01"


def test_only_what_changes_the_due_times_is_another_timing() -> None:
    plan = schedule(every="daily")
    assert plan.timing == schedule(every="daily", weekday="friday", month_day=9).timing
    assert plan.timing != schedule(every="daily", minute=1).timing


def test_a_saved_view_is_a_name_and_a_link() -> None:
    found = read_saved_view({"name": "Mine", "query": "?group_by=job"})
    assert found == SavedView(name="Mine", query="group_by=job")
    wrong = read_saved_view({"name": "", "query": "group_by=x"})
    assert not isinstance(wrong, SavedView)
    assert [each.field for each in wrong] == ["name", "query"]
