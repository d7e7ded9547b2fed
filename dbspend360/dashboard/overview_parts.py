"""What an overview is drawn from."""

from collections.abc import Hashable
from dataclasses import dataclass, fields
from datetime import date, datetime

from dbspend360.dashboard.highlights import Marks
from dbspend360.errors import DBSpendError
from dbspend360.models.answer import Answer
from dbspend360.models.changes import Changes
from dbspend360.models.summary import Bounds, DaySpend, JobSpend, Summary
from dbspend360.services.asking import Part
from dbspend360.services.month_outlook import Outlook


@dataclass(frozen=True)
class OverviewParts:
    """The parts of an overview as they were answered."""

    bounds: Part[Bounds]
    summary: Part[Summary]
    days: Part[list[DaySpend]]
    jobs: Part[list[JobSpend]]
    moved: Part[Changes]
    marks: Part[Marks]
    number: Part[int | None]
    month: Part[Outlook]

    def reaches_back_to(self, day: date) -> bool:
        """Whether the data holds that day."""
        return isinstance(self.bounds, Answer) and self.bounds.value.reach_back_to(day)

    def key(self) -> Hashable | None:
        """All that is drawn from them; None where a part is missing, or needs another question."""
        found = [getattr(self, each.name) for each in fields(self)]
        if any(isinstance(each, DBSpendError) or each.outage for each in found):
            return None
        bounds, summary, days, jobs, moved, marks, number, month = (each.value for each in found)
        if marks.trouble or not summary.shown.total_records:
            return None
        times = tuple(each.asked_at for each in found[:2])
        lists = (tuple(days), tuple(jobs))
        return (times, bounds, summary, lists, moved, marks.alerts.alerts, number, month)

    def as_of(self, marks_as_of: datetime | None) -> datetime | None:
        """When the oldest was asked for; None where one is missing that may be there next time.

        `marks_as_of`: what `Highlights.as_of` said before the marks were asked for.
        """
        known = isinstance(self.number, Answer) and self.number.value is not None
        whole = isinstance(self.month, Answer) and self.month.value.is_whole
        if self.key() is None or not known or not whole or marks_as_of is None:
            return None
        asked = (self.bounds, self.summary, self.days, self.jobs, self.moved, self.month)
        return min(marks_as_of, *(each.asked_at for each in asked if isinstance(each, Answer)))
