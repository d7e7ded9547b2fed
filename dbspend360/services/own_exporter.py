"""An exporter outside of the page: on the command line, in a process of its own, for a mail."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.alert_links import public_url
from dbspend360.services.alert_rows import AlertRows
from dbspend360.services.exporting import Exporter
from dbspend360.services.wide_costs import WideCosts
from dbspend360.settings import Settings
from dbspend360.store.base import Store
from dbspend360.warehouse.spends import SpendRepository


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def own_exporter(
    settings: Settings,
    spend: SpendRepository,
    store: Store,
    *,
    today: Callable[[], date] | None = None,
    now: Callable[[], datetime] = utc_now,
) -> Exporter:
    """Opens nothing yet. `today` is where presets stand; the UTC day unless it is said."""

    def utc_today() -> date:
        return now().date()

    day = today or utc_today

    def final_date() -> date:
        return day() - timedelta(days=settings.final_after_days + 1)

    desk = AlertDesk(WideCosts(spend), AlertRows(store), final_date=final_date, now=now)
    base_url = public_url(settings)
    return Exporter(spend, desk, final_date=final_date, today=day, now=now, base_url=base_url)
