"""One process of the app that mails reports, at a time that the test sets."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mail_server import MailServer

from dbspend360.models.delivery import Delivery, Stage
from dbspend360.models.schedule import Schedule, read_schedule
from dbspend360.services.own_exporter import own_exporter
from dbspend360.services.report_history import PastReport
from dbspend360.services.report_rows import KeptSchedule
from dbspend360.services.reports import Reports
from dbspend360.services.senders import make_senders
from dbspend360.services.user_settings import settings_store
from dbspend360.settings import Settings
from dbspend360.store.base import Store
from dbspend360.warehouse.source import make_source
from dbspend360.warehouse.spends import SpendRepository

DANA = "dana@example.com"
BASE = "https://spend.example"


def schedule(**fields: Any) -> Schedule:
    """Last month's spend as CSV to Dana, on the first at eight, unless the test says otherwise."""
    plain = {
        "name": "Monthly costs",
        "query": "preset=last_month&group_by=job",
        "kind": "csv",
        "recipients": [DANA],
        "month_day": 1,
        "hour": 8,
    }
    found = read_schedule(plain | fields)
    assert isinstance(found, Schedule), found
    return found


class ReportApp:
    """Nothing runs by itself: what is sent by hand waits for `run`."""

    def __init__(
        self,
        folder: Path,
        server: MailServer | None,
        now: datetime,
        *,
        store: Store | None = None,
        owner: str = "one",
        **settings: Any,
    ) -> None:
        self.now = now
        chosen = {"data_dir": folder, "cache_seconds": 0, "public_url": f"{BASE}/", **settings}
        self.settings = Settings.model_validate(server.settings(**chosen) if server else chosen)
        self.source = make_source(self.settings)
        self.store = store or settings_store(self.settings, self.source)
        exporter = own_exporter(
            self.settings,
            SpendRepository(self.source.warehouse),
            self.store,
            now=lambda: self.now,
        )
        self.reports = Reports(
            self.settings,
            self.store,
            exporter,
            make_senders(self.settings),
            owner=owner,
            now=lambda: self.now,
        )
        self.begun: list[str] = []
        self.desk = self.reports.desk(lambda _user, id_: self.begun.append(id_))

    def save(self, user: str = "", id_: str = "", **fields: Any) -> KeptSchedule:
        return self.desk.save(user, schedule(**fields), id_)

    def at(self, text: str) -> list[Delivery]:
        """What becomes of what is due at that time (UTC)."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=UTC)
        return self.reports.run()

    def later(self, **wait: float) -> list[Delivery]:
        self.now += timedelta(**wait)
        return self.reports.run()

    @property
    def history(self) -> list[tuple[str, Stage]]:
        """Due times and stages, the oldest first."""
        found = reversed(self.desk.deliveries(""))
        return [(f"{each.due_at:%Y-%m-%d %H:%M}", each.stage) for each in found]

    @property
    def only(self) -> PastReport:
        [found] = self.desk.deliveries("")
        return found

    @property
    def files(self) -> list[str]:
        folder = self.settings.reports_dir or self.settings.data_dir / "reports"
        return sorted(each.name for each in folder.glob("*"))
