"""What the check and other people do about alerts, beside a page that is being tested."""

from datetime import date
from pathlib import Path

from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.alert_rows import AlertRows
from dbspend360.services.job_costs import JobCosts
from dbspend360.store.places import make_store
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.spends import SpendRepository


def rows_in(folder: Path) -> AlertRows:
    """What a data folder keeps of alerts."""
    return AlertRows(make_store("", folder))


def desk_in(folder: Path) -> AlertDesk:
    """A desk over a data folder, with every day final."""
    costs = JobCosts(SpendRepository(EmbeddedWarehouse(folder)))
    return AlertDesk(costs, rows_in(folder), final_date=lambda: date.max)
