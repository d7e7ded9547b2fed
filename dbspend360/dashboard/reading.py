"""Reads the view out of what a browser sends, which may be anything."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from dbspend360.errors import BadView, WarehouseError
from dbspend360.models.view_query import Problem, read_view
from dbspend360.models.view_state import ViewState
from dbspend360.warehouse.spends import SpendRepository

ViewReader = Callable[[object], tuple[ViewState, tuple[Problem, ...]]]


def utc_today() -> date:
    """Today, as the bill counts days."""
    return datetime.now(UTC).date()


def view_reader(spend: SpendRepository, today: Callable[[], date]) -> ViewReader:
    """A reader of URL queries; the rolling presets end where the data ends."""

    def read(query: object) -> tuple[ViewState, tuple[Problem, ...]]:
        if not isinstance(query, str | None):
            raise BadView("The page's question was not understood. Reload the page.")
        return read_view(query or "", today=today(), last_date=_last_date(spend))

    return read


def _last_date(spend: SpendRepository) -> date | None:
    try:
        return spend.bounds().value.last_date
    except WarehouseError:
        return None  # each part says for itself that the warehouse does not answer
