"""Which rows of the table are alerts, for a view that shows nothing else."""

from dbspend360.models.columns import Grouping
from dbspend360.models.view_state import ViewState
from dbspend360.services.alert_desk import AlertDesk, ViewAlerts
from dbspend360.warehouse.table import RowKeys

MOST_ROWS = 1_000  # the newest; a question cannot carry any number of them


def alert_rows(found: ViewAlerts, view: ViewState) -> RowKeys:
    """The keys of the rows with an alert, as the view groups them, the newest first."""
    keys: list[tuple[str, ...]]
    if view.group_by is Grouping.DAY:
        keys = [(each.observed.last_date.isoformat(),) for each in found.alerts]
    elif view.group_by is Grouping.JOB:
        keys = [(each.observed.workspace_id, each.observed.job_id) for each in found.alerts]
    else:
        keys = [
            (each.observed.workspace_id, each.observed.job_id, each.observed.run_id)
            for each in found.alerts
            if each.observed.run_id is not None
        ]
    return tuple(dict.fromkeys(keys))[:MOST_ROWS]


def rows_of_view(desk: AlertDesk, user_id: str, view: ViewState) -> RowKeys | None:
    """The only rows that a view shows; None: all of them.

    Raises:
        DBSpendError: what the alerts are is not known.
    """
    return alert_rows(desk.of_view(user_id, view).value, view) if view.alerts else None
