"""Moments as people say them, where a schedule has its own time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dbspend360.theme import day, plural

_STEPS = {
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
}


def local_day(when: datetime, zone: str) -> str:
    """`Mon 30 Nov 2026`."""
    there = when.astimezone(ZoneInfo(zone))
    return f"{there:%a} {day(there.date())}"


def short_day(when: datetime, zone: str, beside: datetime) -> str:
    """`Mon 7 Dec`, where the year is that of the moment `beside` it."""
    there, other = (each.astimezone(ZoneInfo(zone)) for each in (when, beside))
    known = f" {other.year}" if there.year == other.year else ""
    return local_day(when, zone).removesuffix(known).replace(" ", "\N{NO-BREAK SPACE}")


def local_moment(when: datetime, zone: str) -> str:
    """`Mon 30 Nov 2026 08:00 Europe/Berlin`."""
    there = when.astimezone(ZoneInfo(zone))
    return f"{local_day(when, zone)} {there:%H:%M} {zone}"


def utc_moment(when: datetime) -> str:
    """`30 Nov 2026 07:00 UTC`."""
    there = when.astimezone(UTC)
    return f"{day(there.date())} {there:%H:%M} UTC"


def until(when: datetime, now: datetime) -> str:
    """`in 3 days`, `in 5 hours`; the page keeps it true (assets/reports.js)."""
    left = when - now
    for name, step in _STEPS.items():
        if left >= 2 * step or (left >= step and name == "minute"):
            return f"in {plural(left // step, name)}"
    return "in less than a minute" if left > timedelta() else "now"
