"""Which report a delivery brings, and the file that was made of it."""

from dataclasses import dataclass
from datetime import date, datetime

from dbspend360.models.report import FileFormat


@dataclass(frozen=True)
class ReportOrder:
    """What is to be made: the same report at every try."""

    schedule_id: str  # '' for one that a person mailed once
    title: str
    query: str  # of the page
    kind: FileFormat
    message: str  # what the person adds
    due_at: datetime  # UTC; when it was asked for, if by hand
    today: date  # where its presets stand: the day in the schedule's zone
    is_by_hand: bool = False  # mailed once, or "send now"
    who: str = ""  # by whose hand


@dataclass(frozen=True)
class KeptFile:
    """A file in the folder of reports."""

    name: str  # as people see it
    media: str
    path: str  # inside the folder
    size: int  # bytes
    is_cut: bool = False  # the view has more rows than it
