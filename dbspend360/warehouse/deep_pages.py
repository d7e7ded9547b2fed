"""Where a page far down the table begins and ends, so that not every row before it is sorted.

The costs at its two ends are found without sorting; then only the rows between them are put in
order. What the ends may be off by is on the safe side, and counted.
"""

from typing import Any, cast

from dbspend360.models.view_state import ViewState
from dbspend360.warehouse.base import Value, Warehouse
from dbspend360.warehouse.table import RowKeys, beyond_question, cost_question, totals_question

DEEP_ROWS = 20_000  # before it, sorting costs less than to look first
_SLACK = 2  # rows: a share is a binary fraction, and engines round it to a row in their own way
_NOTHING: dict[str, Value] = {"low": 1, "high": 0, "skip": 0}


def deep_page(
    warehouse: Warehouse,
    view: ViewState,
    chosen: dict[str, Value],
    page: tuple[int, int],
    only: RowKeys | None,
) -> dict[str, Value] | None:
    """`low`, `high` and `skip` for the page, of so many rows after so many; None: sort them all.

    `chosen`: the values of the view. Its order is by total cost.
    """

    def ask(asked: tuple[Any, dict[str, Value]], **more: Value) -> dict[str, Any]:
        question, conditions = asked
        answer = warehouse.query(question, chosen | conditions | more)
        return cast(dict[str, Any], answer.value[0])

    skip, most = page
    rows = int(ask(totals_question(view, only))["table_rows"])
    if skip >= rows:
        return dict(_NOTHING)
    begin = max(0.0, (skip - _SLACK) / rows)
    end = min(1.0, (skip + most + _SLACK) / rows)
    low_share, high_share = (1 - end, 1 - begin) if view.sort.descending else (begin, end)
    ends = ask(cost_question(view, only), low_share=low_share, high_share=high_share)
    edge = ends["high"] if view.sort.descending else ends["low"]
    before = int(ask(beyond_question(view, only), edge=edge)["table_rows"])
    if before > skip:
        return None
    return {"low": ends["low"], "high": ends["high"], "skip": skip - before}
