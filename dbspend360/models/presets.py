"""Named periods. Days are UTC, weeks begin on Monday, both ends are included."""

from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)


class Preset(StrEnum):
    """A period that moves with the calendar or with the data."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    LAST_7_DAYS = "last_7_days"
    LAST_30_DAYS = "last_30_days"
    LAST_90_DAYS = "last_90_days"

    @property
    def words(self) -> str:
        """As the button says it."""
        return self.value.replace("_", " ").capitalize()


DEFAULT_PRESET = Preset.LAST_30_DAYS

_ROLLING = {Preset.LAST_7_DAYS: 7, Preset.LAST_30_DAYS: 30, Preset.LAST_90_DAYS: 90}


def period(preset: Preset, *, today: date, last_date: date | None) -> tuple[date, date]:
    """First and last day of a preset.

    "Last 30 days" ends on the last day that has data, so that it compares thirty full days with
    thirty full days and an export of last month is not an empty page. The others are the
    calendar's.
    """
    if preset in _ROLLING:
        end = min(last_date, today) if last_date else today - DAY
        return end - (_ROLLING[preset] - 1) * DAY, end
    monday = today - today.weekday() * DAY
    first = today.replace(day=1)
    last_month_end = first - DAY
    return {
        Preset.TODAY: (today, today),
        Preset.YESTERDAY: (today - DAY, today - DAY),
        Preset.THIS_WEEK: (monday, today),
        Preset.LAST_WEEK: (monday - 7 * DAY, monday - DAY),
        Preset.THIS_MONTH: (first, today),
        Preset.LAST_MONTH: (last_month_end.replace(day=1), last_month_end),
    }[preset]
