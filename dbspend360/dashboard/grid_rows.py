"""Rows of the table as the grid takes them.

Costs travel as decimal texts: a JSON number would lose the cent that lies on the edge.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from dbspend360.models.columns import COLUMNS, Grouping
from dbspend360.models.run import run_query
from dbspend360.models.summary import RunKey
from dbspend360.models.summary_words import NOT_COMPARABLE, cost_change
from dbspend360.models.view_state import ViewState
from dbspend360.services.alert_desk import ViewAlerts
from dbspend360.services.alert_marks import RowMark, row_mark
from dbspend360.theme import plural
from dbspend360.warehouse.base import Row, Rows, Value


def grid_rows(
    rows: Rows,
    view: ViewState,
    skip: int,
    alerts: ViewAlerts | None = None,
    *,
    final_date: date = date.max,
) -> list[dict[str, Any]]:
    """The rows with an `id` each: what a click on the row changes, and its place.

    A row that is an alert has an `alert`: its `words`, a `hint`, and whether it is `early`. A job
    has `moved`: how it changed, in per cent or a word, the `way` and a `hint`. `final_date`: the
    last day that counts as complete.
    """
    mark = row_mark(view, alerts or ViewAlerts())
    return [
        _texts(row)
        | {"id": f"{_click(row, view)}#{skip + n}"}
        | _alert(row, mark)
        | _moved(row, view.end_date > final_date)
        for n, row in enumerate(rows)
    ]


def _alert(row: Row, mark: RowMark) -> dict[str, Any]:
    found = mark(row)
    if found is None:
        return {}
    return {"alert": {"words": found.words, "hint": found.hint, "early": found.is_early}}


def _moved(row: Row, is_early: bool) -> dict[str, Any]:
    if "cost_change" not in row:
        return {}
    cost, before = row["total_cost"], row["previous_cost"]
    if row["cost_change"] is None or not isinstance(cost, Decimal):
        return {"moved": {"words": "", "way": "same", "hint": NOT_COMPARABLE}}
    change = cost_change(cost, before if isinstance(before, Decimal) else None, is_early=is_early)
    return {"moved": {"words": change.moved, "way": change.way, "hint": change.basis}}


def total_row(totals: dict[str, Value], view: ViewState) -> dict[str, Any]:
    """The pinned row: the sums of the whole view, and words for it in the first column."""
    number = int(str(totals["table_rows"]))
    first = next(each.name for each in COLUMNS[view.group_by])
    words = f"All {plural(number, view.group_by)}"
    return _texts(totals) | {"id": "total", first: words}


def _texts(row: Row) -> dict[str, Any]:
    return {name: _text(value) for name, value in row.items()}


def _text(value: Value) -> str | int | float | bool | None:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def _click(row: Row, view: ViewState) -> str:
    """The change of the link that a click on the row makes; '' when there is nowhere to go."""
    if view.group_by in (Grouping.RUN, Grouping.RECORD):
        key = RunKey(*(str(row[name]) for name in ("workspace_id", "job_id", "run_id")))
        return run_query(key)
    if view.group_by is Grouping.DAY:
        when = str(row["usage_date"])
        return _drill({"preset": "", "start_date": when, "end_date": when})
    if view.group_by is Grouping.JOB:
        return _drill({"workspace_id": str(row["workspace_id"]), "job_id": str(row["job_id"])})
    cluster = row["cluster_id"]
    return _drill({"cluster_id": str(cluster)}) if cluster is not None else ""


def _drill(change: dict[str, str]) -> str:
    return urlencode({"group_by": "", "sort": "", "where": "", **change})
