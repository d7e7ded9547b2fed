"""A view that is mailed to people again and again."""

from collections.abc import Mapping
from datetime import date, datetime, time
from enum import StrEnum
from functools import cache
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from dbspend360.models import due_times
from dbspend360.models.alert_config import Recipients
from dbspend360.models.report import FileFormat
from dbspend360.models.view_query import MAX_QUERY, RUN, Problem, read_view

LONGEST_NAME = 100
LONGEST_MESSAGE = 2_000
_ANY_DAY = date(2026, 1, 1)  # where presets stand while a link is only looked at


class Every(StrEnum):
    """How often."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Weekday(StrEnum):
    """A day of the week; the first is Monday."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


def _a_name(text: str) -> str:
    plain = " ".join(text.split())
    if not plain:
        raise ValueError("is empty: say what the report is about")
    if not plain.isprintable():
        raise ValueError("holds a character that cannot be shown")
    return plain


def _a_message(text: str) -> str:
    plain = "\n".join(line.rstrip() for line in text.splitlines()).strip()
    if not plain.replace("\n", "").replace("\t", "").isprintable():
        raise ValueError("holds a character that cannot be shown")
    return plain


def _a_query(text: str) -> str:
    """A page's link without what only the page shows; each part that makes no sense is named."""
    _, problems = read_view(text, today=_ANY_DAY, last_date=None)
    pairs = [(name, value) for name, value in parse_qsl(text.removeprefix("?")) if name != RUN]
    hangs_on_data = not {"start_date", "end_date"} <= {name for name, _ in pairs}
    odd = [each for each in problems if not (each.field == "dates" and hangs_on_data)]
    if odd:
        raise ValueError("; ".join(f"{each.field}: {each.problem}" for each in odd))
    return urlencode(pairs)


def _a_zone(text: str) -> str:
    found = _zones().get(text.strip().lower())
    if found is None:
        shown = "".join(each if each.isprintable() else "?" for each in text[:40])
        raise ValueError(f"'{shown}' is not a time zone such as Europe/Berlin or UTC")
    return found


@cache
def _zones() -> dict[str, str]:
    return {each.lower(): each for each in available_timezones() if each != "Factory"}


Name = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(_a_name)]
Query = Annotated[str, Field(max_length=MAX_QUERY), AfterValidator(_a_query)]
PersonsMessage = Annotated[str, Field(max_length=LONGEST_MESSAGE), AfterValidator(_a_message)]
ReportRecipients = Annotated[Recipients, Field(min_length=1)]


class Schedule(BaseModel):
    """What is mailed to whom, and when. The time is what the clocks of its zone show."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    query: Query = ""  # of the page, such as "preset=last_month&group_by=job"
    kind: FileFormat = FileFormat.PDF
    recipients: ReportRecipients
    message: PersonsMessage = ""  # what the person adds; lines are kept
    every: Every = Every.MONTHLY
    weekday: Weekday = Weekday.MONDAY  # counts when weekly
    month_day: Annotated[int, Field(ge=1, le=31)] = 1  # when monthly; see `month_day_words`
    hour: Annotated[int, Field(ge=0, le=23)] = 8
    minute: Annotated[int, Field(ge=0, le=59)] = 0
    zone: Annotated[str, AfterValidator(_a_zone)] = "UTC"
    is_paused: bool = False

    @property
    def words(self) -> str:
        """When it goes out: `every Monday at 08:00 Europe/Berlin`."""
        day = {
            Every.DAILY: "every day",
            Every.WEEKLY: f"every {self.weekday.capitalize()}",
            Every.MONTHLY: month_day_words(self.month_day),
        }[self.every]
        return f"{day} at {self.hour:02}:{self.minute:02} {self.zone}"

    @property
    def timing(self) -> tuple[object, ...]:
        """What says when it is due: with another one it is another row of due times."""
        day = {
            Every.DAILY: None,
            Every.WEEKLY: self.weekday,
            Every.MONTHLY: self.month_day,
        }[self.every]
        return self.every, day, self.hour, self.minute, self.zone

    def due_after(self, moment: datetime) -> datetime:
        """The first due time (UTC) later than `moment`, paused or not."""
        return due_times.due_after(moment, self._falls_on, self._at, self._zone)

    def due_before(self, moment: datetime) -> datetime:
        """The last due time (UTC) that is not later than `moment`, paused or not."""
        return due_times.due_before(moment, self._falls_on, self._at, self._zone)

    def local_day(self, moment: datetime) -> date:
        """The day in the schedule's zone: where its presets stand."""
        return moment.astimezone(self._zone).date()

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def _at(self) -> time:
        return time(self.hour, self.minute)

    def _falls_on(self, day: date) -> bool:
        if self.every is Every.WEEKLY:
            return day.weekday() == list(Weekday).index(self.weekday)
        return self.every is Every.DAILY or due_times.is_month_day(day, self.month_day)


def month_day_words(day: int) -> str:
    """`on the 1st of every month`; what a shorter month does stands there, too."""
    if day == 31:
        return "on the last day of every month"
    ending = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    shorter = ", or its last day," if day > 28 else ""
    return f"on the {day}{ending} of every month{shorter}"


def read_schedule(fields: Mapping[str, Any]) -> Schedule | tuple[Problem, ...]:
    """A schedule out of what a form or a script sent, or all that is wrong with it.

    A problem's `field` is the name of the field.
    """
    try:
        return Schedule.model_validate(fields)
    except ValidationError as error:
        return problems_of(error)


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    """What pydantic found wrong with a schedule or a view, in our words; one of each field."""
    found: dict[str, Problem] = {}
    for each in error.errors():
        field = str(each["loc"][0])
        found.setdefault(field, Problem(field[:40], _problem(field, dict(each))))
    return tuple(found.values())


_WANTED = {
    "month_day": "must be a day from 1 to 31; 31 is the last day of every month",
    "hour": "must be an hour from 0 to 23",
    "minute": "must be a minute from 0 to 59",
    "every": "must be daily, weekly or monthly",
    "weekday": f"must be one of {', '.join(Weekday)}",
    "kind": f"must be one of {', '.join(FileFormat)}",
    "is_paused": "must be true or false",
}


def _problem(field: str, error: dict[str, Any]) -> str:
    limits = error.get("ctx", {})
    if error["type"] == "missing" or (field == "recipients" and error["type"] == "too_short"):
        return "is needed: name at least one" if field == "recipients" else "is needed"
    if error["type"] == "value_error":
        return str(limits["error"])
    plain = {
        "extra_forbidden": "is not a part of it",
        "string_too_long": "is longer than {max_length:,} characters",
        "string_type": "is not a text",
        "tuple_type": "is not a list",
    }
    if error["type"] in plain:
        return plain[error["type"]].format(**limits)
    return _WANTED.get(field, str(error["msg"]).lower())
