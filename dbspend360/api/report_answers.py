"""What the addresses of the reports read and answer."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from dbspend360.api.answers import Count
from dbspend360.api.parameters import Parameters, Text
from dbspend360.models.alert_config import MOST_RECIPIENTS
from dbspend360.models.delivery import Stage
from dbspend360.models.report import FileFormat
from dbspend360.models.schedule import LONGEST_MESSAGE, LONGEST_NAME, Every, Weekday
from dbspend360.models.view_query import MAX_QUERY

_QUERY = "The view, as the part of a page's link after the question mark."
_DAY = "When monthly; in a shorter month it is the last day, so 31 is the last day of every month."
_ZONE = "The time zone of hour and minute, such as `Europe/Berlin`."


class ScheduleData(BaseModel):
    """What is mailed to whom, and when."""

    schedule_id: str
    name: str
    query: str = Field(description=_QUERY)
    kind: FileFormat = Field(description="Of the file.")
    recipients: list[str]
    message: str = Field(description="What the person adds to each mail.")
    every: Every
    weekday: Weekday = Field(description="When weekly.")
    month_day: int = Field(description=_DAY)
    hour: int
    minute: int
    zone: str = Field(description=_ZONE)
    is_paused: bool
    words: str = Field(description="When it goes out, for people.")
    next_at: AwareDatetime | None = Field(description="UTC; null while it is paused.")
    updated_at: AwareDatetime = Field(description="Send it back to change the schedule.")


class UnreadableSchedule(BaseModel):
    """A schedule that somebody wrote by hand: nothing is sent by it."""

    schedule_id: str
    problem: str
    updated_at: AwareDatetime


class SchedulesData(BaseModel):
    """All schedules, by name."""

    schedules: list[ScheduleData]
    unreadable: list[UnreadableSchedule]


class OneScheduleData(BaseModel):
    """The schedule as it is now."""

    schedule: ScheduleData


class DeletedData(BaseModel):
    """What is gone."""

    schedule_id: str


class ScheduleBody(BaseModel):
    """A whole schedule; what is left out gets its default."""

    model_config = ConfigDict(extra="forbid")

    schedule_id: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="Which one to change; null makes a new one."
    )
    updated_at: AwareDatetime | None = Field(
        None, description="As it was read; needed to change one."
    )
    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    query: Annotated[str, Field(max_length=MAX_QUERY, description=_QUERY)] = ""
    kind: FileFormat = FileFormat.PDF
    recipients: Annotated[list[str], Field(min_length=1, max_length=MOST_RECIPIENTS)]
    message: Annotated[str, Field(max_length=LONGEST_MESSAGE)] = ""
    every: Every = Every.MONTHLY
    weekday: Weekday = Weekday.MONDAY
    month_day: Annotated[int, Field(ge=1, le=31, description=_DAY)] = 1
    hour: Annotated[int, Field(ge=0, le=23)] = 8
    minute: Annotated[int, Field(ge=0, le=59)] = 0
    zone: Annotated[str, Field(description=_ZONE)] = "UTC"
    is_paused: bool = False


class OneSchedule(Parameters):
    """Which schedule."""

    schedule_id: Text = Field(
        min_length=1, description="Its id in the list.", examples=["5e0f2a1c9b7d4e63"]
    )


class DeliveryData(BaseModel):
    """A report that was mailed, or is to be."""

    delivery_id: str
    schedule_id: str | None = Field(description="Null when a person mailed it once.")
    name: str
    due_at: AwareDatetime = Field(description="When it was due, or asked for by hand.")
    stage: Stage = Field(
        description="`handed_over`: the mail server took it and sent no receipt. `missed`: a newer "
        "one was sent in its place. `waiting` with a failure is tried again."
    )
    words: str = Field(description="The same for people, with the last failure.")
    recipients: list[str]
    kind: FileFormat
    file_name: str | None = Field(description="Null before the file was made.")
    file_bytes: Count | None
    is_kept: bool = Field(description="Whether `/reports/files/{delivery_id}` still has the file.")
    sent_at: AwareDatetime | None


class DeliveriesData(BaseModel):
    """The history: what was due last first."""

    deliveries: list[DeliveryData]


class OneDeliveryData(BaseModel):
    """How far it is."""

    delivery: DeliveryData


class SendNowBody(BaseModel):
    """Which schedule's report to send now."""

    model_config = ConfigDict(extra="forbid")

    schedule_id: Annotated[str, Field(min_length=1, max_length=40)]
