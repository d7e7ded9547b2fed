"""The table: layout, columns, and the callback that hands it its rows."""

from typing import Any

import dash_ag_grid as dag
import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, dcc, html

from dbspend360.dashboard import export_menu, ids
from dbspend360.dashboard.elements import aria, data, icon, titled
from dbspend360.dashboard.explain import explain
from dbspend360.dashboard.filters import grouping_control
from dbspend360.dashboard.kept import Kept
from dbspend360.dashboard.ready_json import answer_from
from dbspend360.dashboard.rows_answer import MOST_ROWS, PAGE_SIZES, RowsAnswer, rows_question
from dbspend360.dashboard.tree import Tree
from dbspend360.errors import DBSpendError, NotYet, Unreachable, WarehouseError
from dbspend360.models.columns import COLUMNS, Column, Grouping
from dbspend360.models.view_state import DEFAULT_SORT

_FILTERS = {
    "text": "agTextColumnFilter",
    "id": "agTextColumnFilter",
    "day": "agDateColumnFilter",
    "count": "agNumberColumnFilter",
    "money": "agNumberColumnFilter",
}
_TEXT_TESTS = ["contains", "notContains", "equals", "notEqual", "startsWith", "endsWith"]
_NUMBER_TESTS = ["greaterThan", "greaterThanOrEqual", "lessThan", "lessThanOrEqual"]
_NUMBER_TESTS += ["equals", "notEqual", "inRange"]
_DAY_TESTS = ["equals", "notEqual", "lessThan", "greaterThan", "inRange"]
_BLANKS = ["blank", "notBlank"]

_WIDTHS = {"text": 180, "id": 190, "day": 140, "count": 100, "money": 125}
_OWN_WIDTHS = {
    "average_run_cost": 150,
    "cost_change": 160,
    "job_id": 150,
    "unknown_ec2_records": 125,
    "runs": 85,
    "jobs": 80,
}


def layout() -> html.Section:
    """The table's card; the rows come when the grid asks for them."""
    return html.Section(
        [
            html.Div(
                [
                    titled(
                        html.H2("Runs", id=ids.GRID_TITLE, className="panel__title"),
                        Tree(_explain()),
                    ),
                    html.Div(
                        [
                            _alerts_only(),
                            grouping_control(),
                            _columns_menu(),
                            export_menu.layout(),
                        ],
                        className="tools",
                    ),
                ],
                className="panel__head",
            ),
            html.Div(
                [_grid(), html.Div(id=ids.GRID_STATE)],
                className="table-frame",
                id="spend-grid-frame",
            ),
            dcc.Store(id=ids.GRID_COLUMNS, data=column_choices()),
            dcc.Store(id=ids.ROWS_QUESTION),
            dcc.Store(id=ids.ROWS_ANSWER),
        ],
        className="panel panel--table",
    )


def _explain() -> html.Button:
    return explain("record", "total", "ec2", "databricks", "unknown-ec2", "over-midnight")


def _grid() -> dag.AgGrid:
    return dag.AgGrid(
        id=ids.GRID,
        rowModelType="infinite",
        columnDefs=column_defs(Grouping.RUN),
        defaultColDef={
            "sortable": True,
            "resizable": True,
            "suppressHeaderMenuButton": True,
            "sortingOrder": ["desc", "asc"],
            "minWidth": 80,
        },
        getRowId="params.data.id",
        dashGridOptions={
            "theme": {"function": "spendTheme(themeQuartz)"},
            "cacheBlockSize": MOST_ROWS,
            "maxConcurrentDatasourceRequests": 1,  # with 2 the grid loses blocks
            "infiniteInitialRowCount": 1,
            "pagination": True,
            "paginationPageSize": PAGE_SIZES[0],
            "paginationPageSizeSelector": PAGE_SIZES,
            "suppressMultiSort": True,
            "animateRows": False,
            "rowClassRules": {
                "row--alert": {"function": "cells.isAlert(params)"},
                "row--early": {"function": "cells.isEarly(params)"},
            },
            "suppressCellFocus": False,
            "tabToNextCell": {"function": "cells.tabOut(params)"},
            "enableCellTextSelection": True,
            "tooltipShowDelay": 300,
            "localeText": {
                "noRowsToShow": "No rows: nothing matches these dates and filters.",
                "pageSizeSelectorLabel": "Rows per page:",
            },
        },
        className="grid",
        style={"height": None, "width": "100%"},
    )


def _alerts_only() -> html.Button:
    return html.Button(
        [icon("bell"), "Alerts only"],
        id="alerts-only",
        className="button button--toggle",
        title="Only rows with an alert",
        **data(action="alerts-only") | aria(pressed="false"),
    )


def _columns_menu() -> dbc.DropdownMenu:
    return dbc.DropdownMenu(
        dbc.Checklist(id=ids.COLUMN_CHOICE, class_name="column-choice"),
        label="Columns",
        align_end=True,
        color="light",
        toggle_class_name="button button--menu",
        class_name="columns-menu",
    )


def column_choices() -> dict[str, Any]:
    """Per grouping: its column definitions, and which columns there are to show or hide."""
    return {
        grouping.value: {
            "defs": column_defs(grouping),
            "options": [{"label": each.title, "value": each.name} for each in COLUMNS[grouping]],
            "shown": [each.name for each in COLUMNS[grouping] if _is_shown(grouping, each)],
            "kinds": {each.name: each.kind for each in COLUMNS[grouping]},
            "tests": {each.name: _tests(each) for each in COLUMNS[grouping]},
            "sort": str(DEFAULT_SORT[grouping]),
        }
        for grouping in Grouping
    }


def column_defs(grouping: Grouping) -> list[dict[str, Any]]:
    """The grid's own words for the columns of a grouping; the last one is a drawn bar."""
    defs = [_column_def(grouping, each) for each in COLUMNS[grouping]]
    bar = {
        "colId": "split",
        "headerName": "Split",
        "cellRenderer": "SplitBar",
        "sortable": False,
        "width": 115,
        "maxWidth": 115,
        "resizable": False,
    }
    return [*defs, bar]


def _column_def(grouping: Grouping, each: Column) -> dict[str, Any]:
    sort = DEFAULT_SORT[grouping]
    found: dict[str, Any] = {
        "field": each.name,
        "headerName": each.title,
        "headerTooltip": each.hint or each.title,
        "hide": not _is_shown(grouping, each),
        "width": _OWN_WIDTHS.get(each.name, _WIDTHS[each.kind]),
        "filter": _FILTERS[each.kind],
        "filterParams": _filter_params(each),
        "sort": ("desc" if sort.descending else "asc") if each.name == sort.column else None,
        "cellClass": f"cell cell--{each.kind} cell--{each.name}",
    }
    if each.kind in ("money", "count"):
        found["cellClass"] += " ag-right-aligned-cell"
        found["headerClass"] = "ag-right-aligned-header"
    if each.name == "job_name":
        return found | {"cellRenderer": "JobCell", "flex": 1, "minWidth": 220}
    if each is COLUMNS[grouping][0] and grouping in (Grouping.DAY, Grouping.CLUSTER):
        found |= {"flex": 1, "minWidth": found["width"]}
    if each.name == "cost_change":
        return found | {"cellRenderer": "ChangeCell"}
    if each.name == "usage_date" and grouping is Grouping.DAY:
        return found | {"cellRenderer": "DayCell"}
    formatter = {"cluster_id": "cluster", "last_date": "days"}.get(each.name, each.kind)
    found["valueFormatter"] = {"function": f"cells.{formatter}(params)"}
    if each.kind == "money":
        found["tooltipValueGetter"] = {"function": "cells.moneyHint(params)"}
    return found


def _is_shown(grouping: Grouping, each: Column) -> bool:
    """Until somebody chooses: the name of a job needs the room more than its id."""
    return each.shown and (grouping, each.name) != (Grouping.JOB, "job_id")


def _tests(each: Column) -> list[str]:
    by_kind = {"day": _DAY_TESTS, "count": _NUMBER_TESTS, "money": _NUMBER_TESTS}
    return [*by_kind.get(each.kind, _TEXT_TESTS), *_BLANKS]


def _filter_params(each: Column) -> dict[str, Any]:
    shared = {
        "filterOptions": _tests(each),
        "maxNumConditions": 1,
        "buttons": ["reset", "apply"],
        "closeOnApply": True,
    }
    return shared | ({} if each.kind in ("text", "id") else {"inRangeInclusive": True})


def register(app: Dash, answer: RowsAnswer, kept: Kept) -> None:
    """Answer the grid's requests for rows. It must get an answer, or it never asks again."""
    source = Input(ids.ROWS_QUESTION, "data")

    @app.callback(
        Output(ids.ROWS_ANSWER, "data"),
        source,
        prevent_initial_call=True,
        on_error=lambda _error: {"error": "Something went wrong on the server. Retry."},
    )
    def rows(asked: dict[str, Any]) -> dict[str, Any]:
        token = asked.get("token") if isinstance(asked, dict) else None
        try:
            return {"token": token, **answer.of(asked)}
        except DBSpendError as error:
            return {
                "token": token,
                "error": str(error),
                "late": isinstance(error, NotYet),
                "watch": isinstance(error, Unreachable),
                "check": isinstance(error, WarehouseError),
            }

    answer_from(kept, app, source, rows_question, echoed="token")
