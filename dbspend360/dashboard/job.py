"""The page of one job: its names, costs, history, runs, clusters and alerts."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from dash import Dash, Input, Output, no_update

from dbspend360.dashboard import ids
from dbspend360.dashboard import job_parts as parts
from dbspend360.dashboard.cards import cards, waiting_cards
from dbspend360.dashboard.header import bell, freshness
from dbspend360.dashboard.highlights import Highlights, Marks
from dbspend360.dashboard.job_chart import history_view, job_figure, job_legend, normal_day
from dbspend360.dashboard.messages import (
    alerts_message,
    failure,
    outage_message,
    problems_message,
)
from dbspend360.dashboard.reading import ViewReader
from dbspend360.dashboard.tree import Tree
from dbspend360.errors import BadView, DBSpendError, NotYet
from dbspend360.models.answer import Answer
from dbspend360.models.columns import Grouping
from dbspend360.models.job import JobKey, JobName, read_job
from dbspend360.models.summary import PeriodSum, Summary
from dbspend360.models.view_state import DEFAULT_SORT, Sort, ViewState
from dbspend360.services.asking import Part, asked_together
from dbspend360.warehouse.spends import SpendRepository

T = TypeVar("T")

_OUTPUTS = {
    "head": Output(ids.JOB_HEAD, "children"),
    "messages": Output(ids.JOB_MESSAGES, "children"),
    "hidden": Output(ids.JOB_PARTS, "hidden"),
    "cards": Output(ids.JOB_CARDS, "children"),
    "chart": Output(ids.JOB_CHART_SOURCE, "data"),
    "chart_note": Output(ids.JOB_CHART_NOTE, "children"),
    "chart_state": Output(ids.JOB_CHART_STATE, "children"),
    "runs": Output(ids.JOB_RUNS, "children"),
    "clusters": Output(ids.JOB_CLUSTERS, "children"),
    "alerts": Output(ids.JOB_ALERTS, "children"),
    "names": Output(ids.JOB_NAMES, "children"),
    "freshness": Output(ids.FRESHNESS, "children"),
    "bell": Output(ids.BELL, "children"),
}


class JobPage:
    """Asks for one job's parts and draws them."""

    def __init__(
        self,
        spend: SpendRepository,
        read: ViewReader,
        highlights: Highlights,
        final_date: Callable[[], date],
    ) -> None:
        self._spend, self._read, self._highlights = spend, read, highlights
        self._final_date = final_date

    def parts(self, path: str, query: object) -> dict[str, Any]:
        """What each of the page's outputs shows.

        Raises:
            DBSpendError: it cannot be told whether there is such a job.
        """
        view, problems = self._read(query)
        key = read_job(path)
        names = self._names(key) if key else None
        if key is None or names is None or not names.value:
            return _nothing(parts.unknown_job(view)) | {"messages": problems_message(problems)}
        drawn = self._drawn(names, key.job_id, view)
        return drawn | {"messages": [*problems_message(problems), *drawn["messages"]]}

    def _names(self, key: JobKey) -> Answer[list[JobName]]:
        """Those of the job first: of the workspace asked for, else of the latest."""
        found = self._spend.job_names(key.job_id)
        workspace = key.workspace_id
        if workspace is None and found.value:
            workspace = found.value[0].workspace_id
        own = [each for each in found.value if each.workspace_id == workspace]
        others = [each for each in found.value if each.workspace_id != workspace]
        return found.map(lambda _: [*own, *others] if own else [])

    def _drawn(self, names: Answer[list[JobName]], job_id: str, view: ViewState) -> dict[str, Any]:
        workspace = names.value[0].workspace_id
        own = job_view(view, workspace, job_id)
        by_cluster = own.with_changes(
            group_by=Grouping.CLUSTER, sort=DEFAULT_SORT[Grouping.CLUSTER]
        )
        history = history_view(own)
        final = self._final_date()
        bounds, summary, days, runs, clusters, marks, incidents, number = asked_together(
            self._spend.bounds,
            lambda: self._spend.summary(own),
            lambda: self._spend.daily(history, alone=True),
            lambda: self._spend.table_page(own, skip=0, most=parts.MOST_RUNS),
            lambda: self._spend.table_page(by_cluster, skip=0, most=parts.MOST_CLUSTERS + 1),
            lambda: self._highlights.of_view(own),
            lambda: self._highlights.of_job(workspace, job_id),
            self._highlights.open_count,
        )
        found = marks.value if isinstance(marks, Answer) else Marks()
        known = incidents.value if isinstance(incidents, Answer) else None
        first = bounds.value.first_date if isinstance(bounds, Answer) else None
        comparable = first is not None and first <= own.before[0]
        normal = normal_day(days.value, history, final) if isinstance(days, Answer) else None
        return {
            "head": parts.job_head(names.value, job_id, view),
            "messages": [
                *outage_message([names, summary, days, runs, clusters]),
                *alerts_message(found.trouble),
            ],
            "hidden": False,
            "cards": Tree(_cards(summary, view, final, comparable)),
            "chart": _part(days, None, lambda them: job_figure(them, history, final, normal)),
            "chart_note": _part(days, None, lambda _: job_legend(history, final, normal)),
            "chart_state": failure(days, "The chart") if isinstance(days, DBSpendError) else None,
            "runs": Tree(
                _part(
                    runs,
                    "The runs",
                    lambda rows: parts.runs_table(rows, _shown(summary), view, found.alerts),
                )
            ),
            "clusters": Tree(
                _part(clusters, "The clusters", lambda rows: parts.clusters_list(rows, view))
            ),
            "alerts": Tree(parts.alerts_list(found, known, view)),
            "names": Tree(parts.names_list(names.value)),
            "freshness": _fresh(bounds),
            "bell": bell(number.value if isinstance(number, Answer) else None),
        }


def job_view(view: ViewState, workspace_id: str, job_id: str) -> ViewState:
    """The days of a view, of this job alone and whatever else the view left out."""
    return ViewState(
        start_date=view.start_date,
        end_date=view.end_date,
        preset=view.preset,
        workspace_id=workspace_id,
        job_id=job_id,
        sort=Sort(column="last_date", descending=True),
    )


def register(app: Dash, page: JobPage, forget: Callable[[], None]) -> None:
    """Draw the page when it is opened, and again when the person wants it."""

    @app.callback(
        output=_OUTPUTS, inputs=[Input(ids.JOB_QUESTION, "data")], prevent_initial_call=True
    )
    def draw(asked: object) -> dict[str, Any]:
        try:
            return _answer(page, asked, forget)
        except DBSpendError as error:
            return _nothing([failure(error, "The job")])


def _answer(page: JobPage, asked: object, forget: Callable[[], None]) -> dict[str, Any]:
    if not isinstance(asked, dict) or not isinstance(asked.get("path"), str):
        raise BadView("The page's question was not understood. Reload the page.")
    if asked.get("forget") is True:
        forget()
    return page.parts(asked["path"], asked.get("query"))


def _nothing(head: Sequence[Any]) -> dict[str, Any]:
    return dict.fromkeys(_OUTPUTS, no_update) | {"head": head, "hidden": True, "messages": []}


def _part(part: Part[T], name: str | None, draw: Callable[[T], Any]) -> Any:  # noqa: ANN401
    """What is drawn of an answer; else why there is none, where it has a name to say it by."""
    if isinstance(part, Answer):
        return draw(part.value)
    return failure(part, name) if name else None


def _shown(summary: Part[Summary]) -> PeriodSum | None:
    return summary.value.shown if isinstance(summary, Answer) else None


def _cards(summary: Part[Summary], view: ViewState, final: date, comparable: bool) -> Any:  # noqa: ANN401
    if isinstance(summary, NotYet):
        return waiting_cards()
    return _part(
        summary,
        "The summary",
        lambda found: cards(found, view, final, comparable=comparable, of_one_job=True),
    )


def _fresh(bounds: Part[Any]) -> Any:  # noqa: ANN401
    if isinstance(bounds, Answer):
        return freshness(bounds.value, bounds.asked_at)
    return "The warehouse did not answer"
