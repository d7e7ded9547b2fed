"""Where a page far down the table begins and ends, so that not every row before it is sorted.

The rows are counted by about what they cost; then only those that cost about as much as the page
are put in order.
"""

from typing import Any, cast

from dbspend360.models.view_state import ViewState
from dbspend360.warehouse.base import Value, Warehouse
from dbspend360.warehouse.table import RowKeys, ends_question

DEEP_ROWS = 20_000  # before it, sorting costs less than to look first
_NOTHING: dict[str, Value] = {"low": 1, "high": 0, "skip": 0}


def deep_page(
    warehouse: Warehouse,
    view: ViewState,
    chosen: dict[str, Value],
    page: tuple[int, int],
    only: RowKeys | None,
) -> dict[str, Value]:
    """`low`, `high` and `skip` for the page, of so many rows after so many.

    `chosen`: the values of the view. Its order is by total cost.
    """
    skip, most = page
    asked, conditions = ends_question(view, only)
    answer = warehouse.query(asked, chosen | conditions | {"skip": skip, "most": most})
    ends = cast(dict[str, Any], answer.value[0])
    if ends["low"] is None:
        return dict(_NOTHING)
    return {"low": ends["low"], "high": ends["high"], "skip": skip - int(ends["rows_before"])}
