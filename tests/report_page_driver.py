"""What the scheduler and other people do about reports, beside a page that is being tested."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dbspend360.models.delivery import Delivery, Stage
from dbspend360.models.report_order import KeptFile
from dbspend360.models.schedule import Schedule
from dbspend360.services.outbox import Outbox
from dbspend360.services.report_history import PastReport, past_report
from dbspend360.services.report_planning import delivery, order_of
from dbspend360.services.report_rows import OUTBOX, KeptSchedule, ReportRows
from dbspend360.store.places import make_store

DUE = datetime(2026, 11, 23, 7, tzinfo=UTC)


def report_rows_in(folder: Path) -> ReportRows:
    """What a data folder keeps of reports."""
    return ReportRows(make_store("", folder))


def schedule(**fields: Any) -> Schedule:
    """A schedule; a test says only what matters to it."""
    return Schedule.model_validate(
        {"name": "Monthly spend", "recipients": "dana@example.com"} | fields
    )


def kept(of: Schedule, *, updated_at: datetime = DUE) -> KeptSchedule:
    """A schedule as the store gives it."""
    return KeptSchedule("", "s1", of, updated_at, updated_at - timedelta(days=60))


def a_delivery(stage: Stage = Stage.SENT, of: Schedule | None = None, **more: Any) -> Delivery:
    """A delivery of the schedule `s1` that got that far."""
    wanted = of or schedule()
    found = delivery("", "d1", order_of("s1", wanted, DUE), wanted.recipients, DUE)
    if stage is Stage.SENT:
        more = {"sent_at": DUE + timedelta(seconds=9)} | more
    return replace(found, stage=stage, **more)


def past(stage: Stage = Stage.SENT, *, is_kept: bool = True, **more: Any) -> PastReport:
    """The same as the history shows it."""
    found = past_report(a_delivery(stage, **more), is_kept=is_kept)
    assert found
    return found


def put_delivery(folder: Path, found: Delivery, content: bytes = b"%PDF-1.4") -> None:
    """Keep it, and its file if it has one."""
    Outbox(report_rows_in(folder), OUTBOX).add("", found)
    if found.file:
        path = folder / "reports" / found.file.path
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


def a_file(name: str = "job-spends_2026-11.pdf", size: int = 48_000) -> KeptFile:
    """A file in the folder of reports."""
    return KeptFile(name, "application/pdf", "d1.pdf", size)
