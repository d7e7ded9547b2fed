"""Everything above the table, drawn in one round trip. A part that fails leaves the others be."""

from collections.abc import Callable, Hashable
from datetime import date, timedelta
from typing import Any, TypeVar

from dash import Dash, Input, Output, no_update

from dbspend360.dashboard import ids
from dbspend360.dashboard.cards import cards, waiting_cards
from dbspend360.dashboard.changes import changes
from dbspend360.dashboard.chart_table import table_id
from dbspend360.dashboard.drawn import Drawn
from dbspend360.dashboard.filters import chips
from dbspend360.dashboard.header import bell, freshness
from dbspend360.dashboard.highlights import Highlights, Marks
from dbspend360.dashboard.kept import Kept, is_short, may_be_kept
from dbspend360.dashboard.messages import (
    alerts_message,
    failure,
    nothing_ran,
    outage_message,
    problems_message,
)
from dbspend360.dashboard.month import month_part
from dbspend360.dashboard.overview_parts import OverviewParts
from dbspend360.dashboard.reading import ViewReader
from dbspend360.dashboard.ready_json import answer_from
from dbspend360.dashboard.top_jobs import top_jobs, top_jobs_table
from dbspend360.dashboard.tree import Tree
from dbspend360.dashboard.trend import legend, trend_figure
from dbspend360.errors import BadView, DBSpendError, NotYet
from dbspend360.models.answer import Answer
from dbspend360.models.summary import Bounds, JobSpend, Summary
from dbspend360.models.view_query import Problem, write_query
from dbspend360.models.view_state import ViewState
from dbspend360.services.alert_desk import ViewAlerts
from dbspend360.services.asking import Part, asked, asked_together
from dbspend360.services.month_outlook import MonthOutlook
from dbspend360.warehouse.spends import SpendRepository

T = TypeVar("T")

_OUTPUTS = {
    "cards": Output(ids.CARDS, "children"),
    "trend": Output(ids.TREND_SOURCE, "data"),
    "trend_legend": Output(ids.TREND_LEGEND, "children"),
    "trend_state": Output(ids.TREND_STATE, "children"),
    "top_jobs": Output(ids.CHART_TOP_JOBS, "children"),
    "changes": Output(ids.CHANGES, "children"),
    "top_jobs_table": Output(table_id(ids.CHART_TOP_JOBS), "children"),
    "freshness": Output(ids.FRESHNESS, "children"),
    "bell": Output(ids.BELL, "children"),
    "chips": Output(ids.FILTER_CHIPS, "children"),
    "messages": Output(ids.VIEW_MESSAGES, "children"),
    "shown": Output(ids.SHOWN, "data"),
}


class Overview:
    """Asks for one view's parts and draws them."""

    def __init__(
        self,
        spend: SpendRepository,
        read: ViewReader,
        highlights: Highlights,
        *,
        remarks: Callable[[], list[Any]],
        final_date: Callable[[], date],
        month: MonthOutlook,
    ) -> None:
        self._spend, self._read, self._highlights = spend, read, highlights
        self._remarks, self._final_date, self._month = remarks, final_date, month
        self._drawn = Drawn()

    def parts(self, query: object) -> dict[str, Any]:
        """What each of the overview's outputs shows."""
        marks_as_of, final = self._highlights.as_of(), self._final_date()
        view, problems = self._read(query)
        bounds = asked(self._spend.bounds)
        spend = self._spend.beside_month(self._days_beside(view, bounds))
        found = OverviewParts(
            bounds,
            *asked_together(
                lambda: spend.summary(view),
                lambda: spend.daily(view),
                lambda: spend.top_jobs(view),
                lambda: spend.changes(view, final),
                lambda: self._highlights.of_view(view),
                self._highlights.open_count,
                lambda: self._month.of_view(view),
            ),
        )
        key = found.key()
        if key is not None:
            key = (view, problems, final, key)
        as_of = found.as_of(marks_as_of)
        if as_of and not view.job_id:  # whose name is another question
            may_be_kept(as_of)
        drawn: dict[str, Any] = self._drawn.once(
            key, lambda: self._parts(view, problems, final, found)
        )
        return drawn | {"messages": [*drawn["messages"], *self._remarks()]}

    def _days_beside(self, view: ViewState, bounds: Part[Bounds]) -> tuple[date, date] | None:
        if isinstance(bounds, DBSpendError):  # the month will not be known either
            return None
        return self._month.days_beside(view, bounds.value.last_date or date.min)

    def _parts(
        self, view: ViewState, problems: tuple[Problem, ...], final: date, asked: OverviewParts
    ) -> dict[str, Any]:
        summary, jobs = asked.summary, asked.jobs
        marks = asked.marks.value if isinstance(asked.marks, Answer) else Marks()
        comparable = asked.reaches_back_to(view.before[0])
        is_early = view.end_date > final
        return {
            "cards": Tree(
                _drawn_cards(
                    summary,
                    lambda found: cards(
                        found, view, final, comparable=comparable, month=month_part(asked.month)
                    ),
                )
            ),
            "bell": bell(asked.number.value if isinstance(asked.number, Answer) else None),
            "chips": chips(view, self._job_name(view, jobs)),
            "messages": [
                *problems_message(problems),
                *outage_message([summary, asked.days, jobs, asked.moved]),
                *alerts_message(marks.trouble),
            ],
            "shown": _shown(view),
            **self._trend(view, asked, final, marks.alerts),
            "top_jobs": Tree(
                _drawn(
                    jobs,
                    "The top jobs",
                    lambda them: top_jobs(
                        them,
                        view,
                        comparable=comparable,
                        is_early=is_early,
                        alerts=marks.alerts.by_job,
                    ),
                )
            ),
            "changes": Tree(
                _drawn(
                    asked.moved,
                    "What changed",
                    lambda found: changes(found, view, final, comparable=comparable),
                )
            ),
            "top_jobs_table": Tree(
                top_jobs_table(jobs.value, comparable=comparable, is_early=is_early)
                if isinstance(jobs, Answer)
                else None
            ),
            "freshness": _fresh(asked.bounds, summary),
        }

    def _trend(
        self, view: ViewState, asked: OverviewParts, final: date, alerts: ViewAlerts
    ) -> dict[str, Any]:
        summary, days, bounds = asked.summary, asked.days, asked.bounds
        words = legend(view, final, has_alerts=bool(alerts.by_day))
        drawn = {"trend": None, "trend_legend": Tree(words), "trend_state": None}
        if isinstance(days, DBSpendError):
            return drawn | {"trend_state": failure(days, "The chart")}
        if isinstance(summary, Answer) and not summary.value.shown.total_records:
            return drawn | {"trend_legend": None, "trend_state": self._nothing(view)}
        first = bounds.value.first_date if isinstance(bounds, Answer) else None
        figure = trend_figure(days.value, view, final, alerts.by_day, first_date=first or date.min)
        return drawn | {"trend": figure}

    def _nothing(self, view: ViewState) -> Any:  # noqa: ANN401
        nearest = asked(lambda: self._spend.nearest_dates(view))
        return _drawn(nearest, "The chart", lambda found: nothing_ran(view, found))

    def _job_name(self, view: ViewState, shown: Part[list[JobSpend]]) -> str:
        """The name behind an exact job id, for its chip."""
        if not view.job_id:
            return ""
        jobs = shown
        if not (isinstance(shown, Answer) and shown.value):  # another filter may hide it
            only = view.with_changes(job_name="", cluster_id="")
            jobs = asked(lambda: self._spend.top_jobs(only, 1))
        return jobs.value[0].job_name if isinstance(jobs, Answer) and jobs.value else ""


def register(app: Dash, overview: Overview, forget: Callable[[], None], kept: Kept) -> None:
    """Redraw whenever the view changes, and ask anew when the person wants it."""
    source = Input(ids.VIEW, "data")

    @app.callback(output=_OUTPUTS, inputs=[source], prevent_initial_call=True)
    def draw(asked: object) -> dict[str, Any]:
        try:
            return _answer(overview, asked, forget)
        except BadView as error:
            nothing_new = dict.fromkeys(_OUTPUTS, no_update)
            return nothing_new | {"messages": failure(error, "The page")}

    answer_from(kept, app, source, _question, echoed="again")


def _question(asked: object) -> Hashable | None:
    """What an answer hangs on; None where the person wants to know it anew, or nobody asks so."""
    if not isinstance(asked, dict) or asked.get("forget") is True:
        return None
    query = asked.get("query")
    return query if is_short(query) else None


def _answer(overview: Overview, asked: object, forget: Callable[[], None]) -> dict[str, Any]:
    if not isinstance(asked, dict):
        raise BadView("The page's question was not understood. Reload the page.")
    if asked.get("forget") is True:
        forget()
    parts = overview.parts(asked.get("query"))
    told = {"asked": asked.get("query"), "again": asked.get("again")}
    return parts | {"shown": parts["shown"] | told}


def final_after(days: int, today: Callable[[], date]) -> Callable[[], date]:
    """The last day that counts as complete, counted from today."""
    return lambda: today() - timedelta(days=days + 1)


def _drawn(part: Part[T], name: str, draw: Callable[[T], Any]) -> Any:  # noqa: ANN401
    return failure(part, name) if isinstance(part, DBSpendError) else draw(part.value)


def _drawn_cards(summary: Part[Summary], draw: Callable[[Summary], Any]) -> Any:  # noqa: ANN401
    if isinstance(summary, NotYet):
        return waiting_cards()
    return _drawn(summary, "The summary", draw)


def _fresh(bounds: Part[Bounds], summary: Part[Summary]) -> Any:  # noqa: ANN401
    """As old as the older of the two."""
    if isinstance(bounds, NotYet):
        return "Waiting for the warehouse"
    if isinstance(bounds, DBSpendError):
        return "The warehouse did not answer"
    known = [each.asked_at for each in (bounds, summary) if isinstance(each, Answer)]
    return freshness(bounds.value, min(known))


def _shown(view: ViewState) -> dict[str, Any]:
    """The view as the controls show it."""
    return {
        "query": write_query(view),
        "preset": view.preset,
        "start_date": str(view.start_date),
        "end_date": str(view.end_date),
        "job_name": view.job_name,
    }
