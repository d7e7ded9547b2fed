"""When something that comes again is due: days of a calendar, and a time of day in a zone.

A time that the clocks skip is the first moment after the gap; of a time that they show twice it is
the first one. So each day has one moment, whatever the clocks do.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_REACH = 64  # days; a day of every month is never further away
_SECOND = timedelta(seconds=1)

Falls = Callable[[date], bool]


def due_after(moment: datetime, falls_on: Falls, at: time, zone: ZoneInfo) -> datetime:
    """The first due time (UTC) later than `moment`."""
    found = _due(moment, range(-2, _REACH), falls_on, at, zone)
    return next(each for each in found if each > moment)


def due_before(moment: datetime, falls_on: Falls, at: time, zone: ZoneInfo) -> datetime:
    """The last due time (UTC) that is not later than `moment`."""
    found = _due(moment, range(2, -_REACH, -1), falls_on, at, zone)
    return next(each for each in found if each <= moment)


def is_month_day(day: date, wanted: int) -> bool:
    """Whether it is this day of its month: the last one where the month is shorter."""
    return day.day == min(wanted, monthrange(day.year, day.month)[1])


def _due(
    moment: datetime, distances: Iterable[int], falls_on: Falls, at: time, zone: ZoneInfo
) -> Iterable[datetime]:
    today = moment.astimezone(zone).date()
    days = (today + timedelta(days=each) for each in distances)
    return (in_utc(datetime.combine(day, at), zone) for day in days if falls_on(day))


def in_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the zone's clocks show `local`, or first show something later."""
    found = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local:
        return found
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _change_between(before, found, zone)


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second with the later offset."""
    old = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
