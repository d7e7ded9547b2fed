"""The rows that the table asks for, its total row, and what is to be said of them."""

from collections.abc import Callable, Hashable
from datetime import date
from typing import Any

from dbspend360.dashboard.drawn import Drawn
from dbspend360.dashboard.grid_rows import grid_rows, total_row
from dbspend360.dashboard.highlights import Highlights
from dbspend360.dashboard.kept import is_short, may_be_kept
from dbspend360.dashboard.messages import alerts_only_message, problems_message
from dbspend360.dashboard.reading import ViewReader
from dbspend360.errors import BadView
from dbspend360.models.view_state import ViewState
from dbspend360.services.alerts_only import alert_rows
from dbspend360.services.asking import answered_together
from dbspend360.warehouse.spends import SpendRepository
from dbspend360.warehouse.table import RowKeys

PAGE_SIZES = [50, 100, 200]
MOST_ROWS = max(PAGE_SIZES)  # in one request: a page of any size is one request

_MOST_DRAWN = 8  # pages of rows; a quarter of a megabyte each
_OWN_FIELDS = {"group_by", "sort", "where", "alerts"}  # the overview speaks of the others


class RowsAnswer:
    """Asks for a block of rows and draws it."""

    def __init__(
        self,
        spend: SpendRepository,
        read: ViewReader,
        highlights: Highlights,
        final_date: Callable[[], date],
    ) -> None:
        """`final_date()` is the last day that counts as complete."""
        self._spend, self._read, self._highlights = spend, read, highlights
        self._final_date = final_date
        self._drawn = Drawn(_MOST_DRAWN)

    def of(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What the grid gets for its question.

        Raises:
            DBSpendError: there are no rows; the sentence says why.
        """
        skip, most = _block(asked)
        marks_as_of, final = self._highlights.as_of(), self._final_date()
        view, problems = self._read(asked.get("query"))
        only = self._only(view)
        totals, page, marks = answered_together(
            lambda: self._spend.table_totals(view, only),
            lambda: self._spend.table_page(view, skip=skip, most=most, only=only),
            lambda: self._highlights.of_view(view),
        )
        key = None
        if not page.outage:
            key = (view, skip, most, page.asked_at, marks.value.alerts.alerts, final)
        rows = self._drawn.once(
            key, lambda: grid_rows(page.value, view, skip, marks.value.alerts, final_date=final)
        )
        is_old = totals.outage or page.outage
        if marks_as_of and not (view.alerts or marks.value.trouble or is_old):
            may_be_kept(min(marks_as_of, totals.asked_at, page.asked_at))
        return {
            "rows": rows,
            "total": total_row(totals.value, view),
            "count": totals.value["table_rows"],
            "old": page.asked_at.isoformat(timespec="seconds") if page.outage else None,
            "messages": [
                *problems_message(each for each in problems if each.field in _OWN_FIELDS),
                *alerts_only_message(view),
            ],
        }

    def _only(self, view: ViewState) -> RowKeys | None:
        """The rows that count. Without knowing the alerts there is no telling."""
        if not view.alerts:
            return None
        [marks] = answered_together(lambda: self._highlights.of_view(view))
        if marks.value.trouble:
            raise marks.value.trouble
        return alert_rows(marks.value.alerts, view)


def rows_question(asked: object) -> Hashable | None:
    """What an answer hangs on; None where nobody asks so, or at such length."""
    if not isinstance(asked, dict):
        return None
    query, first, last = asked.get("query"), asked.get("start"), asked.get("end")
    if type(first) is not int or type(last) is not int or not is_short(query):
        return None
    return query, first, last


def _block(asked: object) -> tuple[int, int]:
    if not isinstance(asked, dict):
        raise BadView("The table's question was not understood. Reload the page.")
    first, last = asked.get("start"), asked.get("end")
    if type(first) is not int or type(last) is not int or not 0 <= first < last <= 10**9:
        raise BadView("The table asked for rows that cannot be. Reload the page.")
    return first, min(last - first, MOST_ROWS)
