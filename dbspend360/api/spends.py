"""`/api/job-spends`: the rows of the table, a page as JSON or all of them as a file."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from dbspend360.api import examples
from dbspend360.api.answers import JobSpendsData, Pagination, Totals
from dbspend360.api.envelope import Reply
from dbspend360.api.operation import ERRORS, Operation
from dbspend360.api.parameters import Table
from dbspend360.api.reading import Reader, refuse
from dbspend360.api.streams import CSV, NDJSON, file_response
from dbspend360.errors import NotFound, TooLarge, TooManyExports
from dbspend360.models.columns import COLUMNS
from dbspend360.models.person import Deed
from dbspend360.models.summary import ZERO
from dbspend360.models.view_query import Problem, where_text
from dbspend360.models.view_state import ViewState
from dbspend360.services.asking import answered_together
from dbspend360.services.permissions import doing
from dbspend360.warehouse.base import Rows, Value
from dbspend360.warehouse.spends import SpendRepository


class JobSpends:
    """Answers what the table of the page shows."""

    def __init__(self, spend: SpendRepository, reader: Reader) -> None:
        self._spend, self._reader = spend, reader

    def page(self, asked: Table) -> Reply:
        """One page of rows, and the sums of all.

        Raises:
            NotFound: there are fewer pages.
        """
        view, bounds = self._reader.view(request.query_string)
        skip = (asked.page - 1) * asked.per_page
        totals, rows = answered_together(
            lambda: self._spend.table_totals(view),
            lambda: self._spend.table_page(view, skip=skip, most=asked.per_page),
        )
        data = {
            "job_spends": _columns(rows.value, view),
            "pagination": _pagination(asked, totals.value).model_dump(),
            "totals": _totals(totals.value).model_dump(),
        }
        return Reply(data, table_filters(view), [*bounds, totals, rows])

    def file(self, media: str, asked: Table) -> Response:
        """All rows."""
        problem = "goes with JSON only; this format holds every row"
        given = asked.model_fields_set & {"page", "per_page"}
        refuse(Problem(name, problem) for name in sorted(given))
        view, _ = self._reader.view(request.query_string)
        ending = "csv" if media == CSV else "ndjson"
        with doing(Deed.READ, f"export.{ending}", query=request.query_string.decode()):
            return file_response(media, view, self._spend)


def operations(spend: SpendRepository, reader: Reader) -> list[Operation]:
    """The addresses of the table."""
    answering = JobSpends(spend, reader)
    return [
        Operation(
            path="/api/job-spends",
            name="listJobSpends",
            summary="What each run, job, cluster, day or record cost",
            description="The table of the page. JSON comes in pages; with `Accept: text/csv` or "
            "`application/x-ndjson` all rows come as a stream.",
            parameters=Table,
            data=JobSpendsData,
            answer=answering.page,
            example=examples.JOB_SPENDS,
            errors=(*ERRORS, NotFound, TooLarge, TooManyExports),
            other_media={CSV: examples.CSV, NDJSON: examples.NDJSON},
            stream=answering.file,
        )
    ]


def table_filters(view: ViewState) -> dict[str, Any]:
    """The view in the words of the parameters, with what the table has of its own."""
    own = {"group_by": view.group_by.value, "sort": str(view.sort)}
    where = [where_text(each) for each in view.filters]
    return view_filters(view) | own | ({"where": where} if where else {})


def view_filters(view: ViewState) -> dict[str, Any]:
    """Days and jobs of the view, in the words of the parameters; what is not asked is left out."""
    names = ("preset", "job_name", "job_id", "workspace_id", "cluster_id")
    said = {name: getattr(view, name) for name in names if getattr(view, name)}
    return {"start_date": view.start_date, "end_date": view.end_date} | said


def _columns(rows: Rows, view: ViewState) -> list[dict[str, Value]]:
    names = [each.name for each in COLUMNS[view.group_by]]
    return [{name: row[name] for name in names} for row in rows]


def _pagination(asked: Table, totals: Mapping[str, Any]) -> Pagination:
    total = int(totals["table_rows"])
    pages = -(-total // asked.per_page)
    if asked.page > max(pages, 1):
        there = f"there is {pages}" if pages == 1 else f"there are {pages}"
        raise NotFound(f"There is no page {asked.page}: {there} of {asked.per_page} rows each.")
    return Pagination(page=asked.page, per_page=asked.per_page, total=total, pages=pages)


def _totals(totals: Mapping[str, Any]) -> Totals:
    is_empty = not totals["table_rows"]
    return Totals(
        records=int(totals["records"] or 0),
        unknown_ec2_records=int(totals["unknown_ec2_records"] or 0),
        ec2_cost=ZERO if is_empty else totals["ec2_cost"],
        databricks_cost=totals["databricks_cost"] or ZERO,
        total_cost=totals["total_cost"] or ZERO,
    )
