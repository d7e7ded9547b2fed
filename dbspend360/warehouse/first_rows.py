"""The table's first rows and the sums of all as one question, where each statement is dear."""

from dbspend360.models.view_state import ViewState
from dbspend360.warehouse.base import Part, Question, Row, Rows
from dbspend360.warehouse.table import RowKeys, first_rows_question

FIRST_ROWS = 200  # of the whole: bind it as `first_rows`
_OF_ALL = "all_"


def page_part(view: ViewState, only: RowKeys | None, *, skip: int, most: int) -> Part | None:
    """Some rows as a part of the whole; None: they are not among its first rows."""
    if skip + most > FIRST_ROWS:
        return None

    def rows(whole: Rows) -> Rows:
        found = [each for each in whole if each["is_row"]]
        return [_own(each, of_all=False) for each in found[skip : skip + most]]

    return Part(_whole(view, only), rows)


def totals_part(view: ViewState, only: RowKeys | None) -> Part:
    """The one row of sums as a part of the whole: they stand beside each of its rows."""
    return Part(_whole(view, only), lambda whole: [_own(whole[0], of_all=True)])


def _whole(view: ViewState, only: RowKeys | None) -> Question:
    asked, _ = first_rows_question(view, only)
    return asked


def _own(row: Row, *, of_all: bool) -> Row:
    return {
        name.removeprefix(_OF_ALL): value
        for name, value in row.items()
        if name.startswith(_OF_ALL) == of_all and name != "is_row"
    }
