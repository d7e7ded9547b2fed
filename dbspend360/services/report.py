"""What a printed report says of a view: the page's own answers, asked together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from dbspend360.errors import DBSpendError
from dbspend360.models.answer import Answer
from dbspend360.models.summary import Bounds, DaySpend, JobSpend, Summary
from dbspend360.models.summary_words import Change, total_change
from dbspend360.models.view_state import ViewState
from dbspend360.services.alert_desk import AlertDesk, ViewAlerts
from dbspend360.services.alerts_only import alert_rows
from dbspend360.services.asking import answered_together, asked
from dbspend360.warehouse.base import Value
from dbspend360.warehouse.spends import SpendRepository
from dbspend360.warehouse.table import RowKeys


@dataclass(frozen=True)
class Report:
    """One view's figures, but for the rows of its table. Money is USD; times are UTC."""

    title: str
    view: ViewState
    made_at: datetime
    as_of: datetime  # when the oldest of these figures was asked for
    final_date: date  # the last day that counts as complete
    bounds: Bounds
    summary: Summary
    days: tuple[DaySpend, ...]  # with those of the period before
    top_jobs: tuple[JobSpend, ...]  # ten, the dearest first
    totals: dict[str, Value]  # of the whole table; see `SpendRepository.table_totals`
    alerts: ViewAlerts
    alerts_problem: str  # why the alerts are not known; mostly ''
    only: RowKeys | None  # the rows of the table that count; None is all
    link: str = ""  # to the page that shows the same

    @property
    def rows(self) -> int:
        """How many rows the whole table has."""
        found = self.totals["table_rows"]
        return found if isinstance(found, int) else 0

    @property
    def is_comparable(self) -> bool:
        """Whether the data holds the whole period before."""
        return self.bounds.reach_back_to(self.view.before[0])

    @property
    def is_early(self) -> bool:
        """Whether days of the view are not complete yet."""
        return self.view.end_date > self.final_date

    @property
    def change(self) -> Change:
        """The total against the period before, in words."""
        return total_change(
            self.summary,
            self.view,
            comparable=self.is_comparable,
            final_date=self.final_date,
        )


def read_report(
    spend: SpendRepository,
    desk: AlertDesk,
    view: ViewState,
    *,
    user_id: str,
    title: str,
    final_date: date,
    now: Callable[[], datetime],
    link: str = "",
    marked: bool = True,
) -> Report:
    """The figures of a view as this person sees them.

    `marked`: with its alerts, which take longer to find than all the rest.

    Raises:
        DBSpendError: a part that is not known; but for the alerts, where it does without.
    """
    is_needed = marked or bool(view.alerts)
    marks = asked(lambda: desk.of_view(user_id, view)) if is_needed else None
    if isinstance(marks, DBSpendError) and view.alerts:
        raise marks  # which rows count is not known
    alerts = marks.value if isinstance(marks, Answer) else ViewAlerts()
    only = alert_rows(alerts, view) if view.alerts else None
    answers = answered_together(
        spend.bounds,
        lambda: spend.summary(view),
        lambda: spend.daily(view),
        lambda: spend.top_jobs(view),
        lambda: spend.table_totals(view, only),
    )
    bounds, summary, days, jobs, totals = (each.value for each in answers)
    return Report(
        title=title,
        view=view,
        made_at=now(),
        as_of=min(each.asked_at for each in answers),
        final_date=final_date,
        bounds=bounds,
        summary=summary,
        days=tuple(days),
        top_jobs=tuple(jobs),
        totals=totals,
        alerts=alerts,
        alerts_problem=str(marks) if isinstance(marks, DBSpendError) else "",
        only=only,
        link=link,
    )
