"""The questions the product asks about spend, each with the shape of its answer."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from dbspend360.errors import NotFound
from dbspend360.models.answer import Answer
from dbspend360.models.changes import Changes, final_days
from dbspend360.models.columns import Grouping
from dbspend360.models.job import JobName
from dbspend360.models.run import PastRun, Run
from dbspend360.models.summary import Bounds, DaySpend, JobSpend, RunKey, Summary
from dbspend360.models.view_state import DEFAULT_SORT, ColumnFilter, ViewState
from dbspend360.warehouse import deep_pages
from dbspend360.warehouse.base import Pair, Rows, Value, Warehouse
from dbspend360.warehouse.first_rows import FIRST_ROWS, page_part, totals_part
from dbspend360.warehouse.judged import JudgedCosts
from dbspend360.warehouse.month_days import month_days, overview_and_month
from dbspend360.warehouse.overview import MOST_CHANGES, MOST_JOBS, overview_part
from dbspend360.warehouse.questions import question
from dbspend360.warehouse.spend_rows import (
    changes_of,
    days_of,
    job_names_of,
    jobs_of,
    newest_run_of,
    summary_of,
)
from dbspend360.warehouse.table import RowKeys, page_question, stream_question, totals_question

HISTORY_DAYS = 30
_EARLIEST = date(1000, 1, 1)  # of four digits: not every client writes the year 1 as 0001
MOST_RUN_RECORDS = 20_000  # beyond it a run is not taken apart on a page
MOST_NAMES = 100
HISTORY_RUNS = 60  # more bars than this cannot be told apart in the modal


class SpendRepository:
    """Named questions in, rows out. Costs are USD as billed; days are UTC, both ends included."""

    def __init__(
        self,
        warehouse: Warehouse,
        *,
        final_date: Callable[[], date] = lambda: date.max,
        month: tuple[date, date] | None = None,
    ) -> None:
        """`final_date()`: the last day that counts as complete, where a page will ask for it.

        `month`: see `beside_month`.
        """
        self._warehouse = warehouse
        self._final_date = final_date
        self._month = month

    @property
    def judged(self) -> JudgedCosts:
        """What alerts are judged by."""
        return JudgedCosts(self._warehouse)

    def bounds(self) -> Answer[Bounds]:
        """What the data covers."""
        answer = self._warehouse.query(question("data_bounds"), {})
        return answer.map(lambda rows: Bounds(**cast(dict[str, Any], rows[0])))

    def summary(self, view: ViewState) -> Answer[Summary]:
        """What the view adds up to, and the same number of days before."""
        return self._of_overview("period_summary", view).map(summary_of)

    def beside_month(self, days: tuple[date, date] | None) -> "SpendRepository":
        """The same for a page that asks for these days of the same jobs as well.

        Where each statement is dear, they come with the rest of what stands above the table. None:
        there are no such days.
        """
        if days is None:
            return self
        return SpendRepository(self._warehouse, final_date=self._final_date, month=days)

    def daily(self, view: ViewState, *, alone: bool = False) -> Answer[list[DaySpend]]:
        """Spend per day, from the first day of the period before to the last day shown.

        One row per day with records, oldest first; a day without has no row. `alone`: nobody will
        ask for anything else of this view.
        """
        if alone:
            return self.days_between(view, view.before[0], view.end_date)
        return self._of_overview("daily_spend", view).map(days_of)

    def days_between(self, view: ViewState, first: date, last: date) -> Answer[list[DaySpend]]:
        """The same for the jobs of a view and other days, both included."""
        values = _chosen(view) | {"first_date": first, "last_date": last}
        asked = month_days()
        if self._month == (first, last):
            asked = replace(asked, pair=self._pair(view))
        return self._warehouse.query(asked, values).map(days_of)

    def top_jobs(self, view: ViewState, most: int = MOST_JOBS) -> Answer[list[JobSpend]]:
        """The jobs that cost most, dearest first."""
        return self._of_overview("top_jobs", view, most=most).map(jobs_of)

    def changes(
        self, view: ViewState, final_date: date, most: int = MOST_CHANGES
    ) -> Answer[Changes]:
        """The jobs that rose and that fell most against the period before, `most` of each.

        `final_date`: the last day that counts as complete.
        """
        last, before = final_days(view, final_date)
        values: dict[str, Value] = {"final_date": last, "final_before": before, "most": most}
        if (final_date, most) == (self._final_date(), MOST_CHANGES):
            return self._of_overview("job_changes", view, **values).map(changes_of)
        values |= _chosen(view, from_before=True) | {"start_date": view.start_date}
        return self._warehouse.query(question("job_changes"), values).map(changes_of)

    def _of_overview(self, name: str, view: ViewState, **more: Value) -> Answer[Rows]:
        asked = overview_part(name, self._pair(view))
        return self._warehouse.query(asked, self._overview_values(view) | more)

    def _overview_values(self, view: ViewState) -> dict[str, Value]:
        last, before = final_days(view, self._final_date())
        return _chosen(view, from_before=True) | {
            "start_date": view.start_date,
            "most_jobs": MOST_JOBS,
            "most_changes": MOST_CHANGES,
            "final_date": last,
            "final_before": before,
        }

    def _pair(self, view: ViewState) -> Pair | None:
        if self._month is None:
            return None
        first, last = self._month
        of_month = _chosen(view) | {"first_date": first, "last_date": last}
        return overview_and_month(self._overview_values(view), of_month)

    def nearest_dates(self, view: ViewState) -> Answer[tuple[date | None, date | None]]:
        """The nearest days with records of the same jobs: before the view, after it."""
        if not any((view.job_name, view.workspace_id, view.job_id, view.cluster_id)):
            bounds = self.bounds()
            first, last = bounds.value.first_date, bounds.value.last_date
            if first is None or last is None or view.end_date < first or last < view.start_date:
                is_later = last is not None and last < view.start_date
                return bounds.map(lambda _: (last, None) if is_later else (None, first))
        values = _chosen(view) | {
            "first_date": _EARLIEST,
            "last_date": date.max,
            "start_date": view.start_date,
            "end_date": view.end_date,
        }
        answer = self._warehouse.query(question("nearest_dates"), values)
        return answer.map(
            lambda rows: (
                cast(date | None, rows[0]["earlier_date"]),
                cast(date | None, rows[0]["later_date"]),
            )
        )

    def table_page(
        self, view: ViewState, *, skip: int, most: int, only: RowKeys | None = None
    ) -> Answer[Rows]:
        """Rows of the table in the view's order: the columns of its grouping, and their ids.

        `only`: the keys of the rows that count; None is all.
        """
        chosen = self._chosen_rows(view)
        near: dict[str, Value] | None = None
        if skip >= deep_pages.DEEP_ROWS and view.sort.column == "total_cost":
            near = deep_pages.deep_page(self._warehouse, view, chosen, (skip, most), only)
        asked, conditions = page_question(view, only, between_costs=near is not None)
        asked = replace(asked, within=page_part(view, only, skip=skip, most=most))
        conditions = conditions | {"first_rows": FIRST_ROWS}
        values = chosen | conditions | {"skip": skip, "most": most} | (near or {})
        return self._warehouse.query(asked, values)

    def table_totals(
        self, view: ViewState, only: RowKeys | None = None
    ) -> Answer[dict[str, Value]]:
        """`table_rows`, `records`, `unknown_ec2_records` and the three costs of the whole table.

        With no rows `table_rows` is 0 and the sums are None.
        """
        asked, conditions = totals_question(view, only)
        asked = replace(asked, within=totals_part(view, only))
        values = self._chosen_rows(view) | conditions | {"first_rows": FIRST_ROWS}
        return self._warehouse.query(asked, values).map(lambda rows: rows[0])

    def table_rows(self, view: ViewState, only: RowKeys | None = None) -> Iterator[Rows]:
        """The whole table in its order, some rows at a time; close it to end early."""
        asked, conditions = stream_question(view, only)
        return self._warehouse.stream(asked, self._chosen_rows(view) | conditions)

    def _chosen_rows(self, view: ViewState) -> dict[str, Value]:
        """What is bound for a table; rows of jobs are compared with as many days before."""
        if view.group_by is not Grouping.JOB:
            return _chosen(view)
        before, _ = view.before
        is_comparable = self.bounds().value.reach_back_to(before)
        return _chosen(view) | {"before_date": before, "is_comparable": is_comparable}

    def run(self, key: RunKey | str) -> Answer[Run]:
        """One whole run, uncut by any view; a bare run id finds the newest run that has it.

        Raises:
            NotFound: no record has this run, or too many have it.
        """
        if isinstance(key, RunKey):
            return self._run(key.run_id, job_id=key.job_id, workspace_id=key.workspace_id)
        return self._run(key)

    def run_of_job(self, job_id: str, run_id: str, workspace_id: str | None) -> Answer[Run]:
        """The same; without a workspace the newest run with these ids.

        Raises:
            NotFound: no record has this run, or too many have it.
        """
        return self._run(run_id, job_id=job_id, workspace_id=workspace_id)

    def _run(
        self, run_id: str, *, job_id: str | None = None, workspace_id: str | None = None
    ) -> Answer[Run]:
        answer = self._warehouse.query(
            question("run_records"),
            {
                "workspace_id": workspace_id or "",
                "job_id": job_id or "",
                "run_id": run_id,
                "any_job": job_id is None,
                "any_workspace": workspace_id is None,
                "most": MOST_RUN_RECORDS + 1,
            },
        )
        if not answer.value:
            raise NotFound(f"There is no run {run_id} in the data.")
        if len(answer.value) > MOST_RUN_RECORDS:
            raise NotFound(
                f"Run {run_id} has more than {MOST_RUN_RECORDS:,} records, too many to take "
                "apart here. Group the table by record and take the CSV."
            )
        return answer.map(newest_run_of)

    def cost_in_view(self, run: Run, view: ViewState) -> Answer[Decimal | None]:
        """What of a run's cost the view holds; None when the view does not show the run."""
        ids = vars(run.key).items()
        only = tuple(ColumnFilter(column=name, operator="equals", value=id_) for name, id_ in ids)
        by_run = view.with_changes(group_by=Grouping.RUN, sort=DEFAULT_SORT[Grouping.RUN])
        totals = self.table_totals(by_run.with_changes(filters=only))
        return totals.map(lambda found: cast(Decimal | None, found["total_cost"]))

    def job_names(self, job_id: str) -> Answer[list[JobName]]:
        """The names of a job id in every workspace that has it, the latest first; maybe none.

        The latest hundred.
        """
        values: dict[str, Value] = {"first_date": _EARLIEST, "last_date": date.max}
        values |= {"job_name": "", "workspace_id": "", "job_id": job_id, "cluster_id": ""}
        values |= {"most": MOST_NAMES}
        return self._warehouse.query(question("job_names"), values).map(job_names_of)

    def job_history(self, run: Run) -> Answer[list[PastRun]]:
        """Runs of the run's job that began in the 30 days up to its first day, oldest first.

        The latest sixty, with the run itself.
        """
        first, _ = run.days
        answer = self._warehouse.query(
            question("runs_of_job"),
            {
                "workspace_id": run.key.workspace_id,
                "job_id": run.key.job_id,
                "run_id": run.key.run_id,
                "first_date": first - timedelta(days=HISTORY_DAYS),
                "last_date": first,
                "most": HISTORY_RUNS,
            },
        )
        return answer.map(lambda rows: [PastRun(**cast(dict[str, Any], row)) for row in rows])


def _chosen(view: ViewState, *, from_before: bool = False) -> dict[str, Value]:
    return {
        "first_date": view.before[0] if from_before else view.start_date,
        "last_date": view.end_date,
        "job_name": view.job_name,
        "workspace_id": view.workspace_id,
        "job_id": view.job_id,
        "cluster_id": view.cluster_id,
    }
