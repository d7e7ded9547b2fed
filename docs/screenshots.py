"""Takes the pictures of the docs: `python docs/screenshots.py`, or some of them by name.

Demo data up to a fixed day and a fixed today make the same pictures every time.
"""

import io
import logging
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pypdfium2
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from dbspend360.app import create_app
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.report import FileFormat
from dbspend360.models.report_order import KeptFile
from dbspend360.models.saved_view import SavedView
from dbspend360.models.schedule import Every, Schedule
from dbspend360.models.view_query import read_view
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.alert_rows import AlertRows
from dbspend360.services.checking import Checker
from dbspend360.services.exporting import Exporter, file_name
from dbspend360.services.incident_steps import acknowledged
from dbspend360.services.job_costs import JobCosts
from dbspend360.services.outbox import Outbox
from dbspend360.services.pdf.document import write_pdf
from dbspend360.services.report_planning import scheduled
from dbspend360.services.report_rows import OUTBOX, ReportRows
from dbspend360.settings import Settings
from dbspend360.store.places import make_store
from dbspend360.warehouse.demo import make_demo
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.spends import SpendRepository

TARGET = Path(__file__).parent / "screenshots"
LAST_DAY = date(2026, 11, 21)
TODAY = LAST_DAY + timedelta(days=1)
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
CHECKED_AT = datetime(2026, 11, 22, 6, tzinfo=UTC)
REPORT_SCALE = 1.5  # points to pixels
MOST_BYTES = 250_000  # of a picture: everybody who clones the project fetches all of them

# A page has settled when nothing waits for an answer and the table has its count.
SETTLED = """() => !document.querySelector(
        '[data-dash-is-loading], .skeleton:not(.skeleton--cell), .table-frame--busy')
    && document.querySelector(
        '#spend-grid-title .panel__count, #trial-words strong, #schedule-next strong')"""


@dataclass(frozen=True)
class Picture:
    """One picture: the link it shows, how, and what to do before it is taken."""

    name: str
    query: str = ""
    path: str = ""
    theme: Literal["light", "dark"] = "light"
    width: int = 1440
    height: int = 1090
    full_page: bool = False
    only: str = ""  # the part of the page to show, as CSS
    settled: str = SETTLED
    then: Callable[[Page], object] = lambda page: None


def open_highest_run(page: Page) -> None:
    """Open the breakdown of the run that ran away, and wait for its bars."""
    page.locator("#card-highest-run a").click()
    page.wait_for_function(
        "() => document.querySelectorAll('#breakdown-modal .bars .point').length > 1"
    )


REPORT = Picture("report", "group_by=job")  # on paper: no browser takes it


def open_mail(page: Page) -> None:
    """Fill in the dialog that mails the view, and wait for its preview."""
    page.locator("#export-menu summary").click()
    page.get_by_role("button", name="Mail this report").click()
    page.locator("#mail-recipients").fill("dana@example.com, finance@example.com")
    page.locator("#mail-message").fill("For Monday's meeting: what ran last month.")
    page.frame_locator("#mail-preview").get_by_text("For Monday's").wait_for()


PICTURES = (
    Picture("page-light"),
    Picture("page-dark", theme="dark"),
    Picture("page-phone", width=390, height=844, full_page=True),
    Picture("breakdown", then=open_highest_run),
    Picture("by-job", "group_by=job", height=1500, only=".panel--table"),
    Picture("alerts", path="alerts", height=1180),
    Picture("reports", "new=preset%3Dlast_week%26group_by%3Dday", path="reports", height=1010),
    Picture("mail", "preset=last_month", height=900, then=open_mail),
    Picture("empty", "start_date=2027-02-01&end_date=2027-02-28"),
)


def main(names: Sequence[str]) -> None:
    """Take the pictures of those names; all of them when there is none."""
    TARGET.mkdir(exist_ok=True)
    pictures = [each for each in PICTURES if not names or each.name in names]
    with demo_folder() as folder:
        if not names or REPORT.name in names:
            take_report(folder)
        if pictures:
            with serving(folder) as address, chromium() as browser:
                for picture in pictures:
                    take(browser, address, picture)
                    told(TARGET / f"{picture.name}.png")


def take_report(folder: Path) -> None:
    """Write the first page of a printed report."""
    spend = SpendRepository(EmbeddedWarehouse(folder))
    desk = AlertDesk(JobCosts(spend), AlertRows(make_store("", folder)), final_date=final_date)
    exporter = Exporter(
        spend, desk, final_date=final_date, today=lambda: TODAY, now=lambda: CHECKED_AT
    )
    view, file = exporter.view(REPORT.query), io.BytesIO()
    report = replace(exporter.report(view, user_id=""), as_of=CHECKED_AT)
    write_pdf(report, spend.table_rows(view), file, lambda _done, _of: None)
    path = TARGET / f"{REPORT.name}.png"
    page = pypdfium2.PdfDocument(file)[0]
    page.render(scale=REPORT_SCALE).to_pil().save(path, optimize=True)
    told(path)


def final_date() -> date:
    """The last day that counts as complete."""
    return TODAY - timedelta(days=3)


def take(browser: Browser, address: str, picture: Picture, target: Path = TARGET) -> None:
    """Write one picture; a page that says something went wrong is not worth one."""
    path = target / f"{picture.name}.png"
    with browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme=picture.theme,
        reduced_motion="reduce",
        timezone_id="Europe/Berlin",
    ) as context:
        page = context.new_page()
        page.clock.set_fixed_time(NOW)
        page.goto(f"{address}/{picture.path}?{picture.query}")
        page.locator("#shell").wait_for(state="detached")
        page.mouse.move(1, 1)  # the table comes once somebody is there
        page.wait_for_function(picture.settled)
        picture.then(page)
        page.mouse.move(0, 0)
        page.wait_for_timeout(800)  # transitions of the dialog and of the charts
        if page.locator(".state--failure").count():
            raise SystemExit(f"{picture.name}: a part of the page could not be loaded")
        if picture.only:
            page.locator(picture.only).screenshot(path=path)
        else:
            page.screenshot(path=path, full_page=picture.full_page)


def told(path: Path) -> None:
    """Say how large a picture is; not too large, that is."""
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path.name} has {path.stat().st_size:,} bytes; {MOST_BYTES:,} is enough")
    sys.stdout.write(f"{path.name}  {path.stat().st_size // 1000} kB\n")


@contextmanager
def demo_folder() -> Iterator[Path]:
    """Fresh demo data, with alerts."""
    with tempfile.TemporaryDirectory(prefix="dbspend360-") as folder:
        make_demo(Path(folder), last_day=LAST_DAY)
        raise_incidents(Path(folder))
        mail_reports(Path(folder))
        yield Path(folder)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The app over a data folder, on a port of its own."""
    # Nothing is remembered, or a late picture would say "as of 1 min ago".
    settings = Settings.model_validate(
        {
            "data_dir": folder,
            "cache_seconds": 0,
            "log_level": "WARNING",
            "smtp_url": "smtp://mail.example.com:587",  # nothing is sent for a picture
            "mail_from": "DBSpend360 <spend@example.com>",
        }
    )
    app = create_app(settings, today=lambda: TODAY, now=lambda: NOW)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def raise_incidents(folder: Path) -> None:
    """What a person with these rules found on the first look, and did about one of it."""
    rows = AlertRows(make_store("", folder))
    rules = AlertConfig(threshold_amount=Decimal(800), threshold_percentage=Decimal(400))
    rows.save("", rules, seen=None)
    costs = JobCosts(SpendRepository(EmbeddedWarehouse(folder)))
    Checker(costs, rows, final_after_days=2, now=lambda: CHECKED_AT).check(rows.config(""))
    one = max(rows.incidents("").values(), key=lambda each: each.incident.alert_count).incident.id
    rows.change("", one, lambda it: acknowledged(it, "Somebody", CHECKED_AT + timedelta(hours=2)))


def mail_reports(folder: Path) -> None:
    """Two schedules, what became of their last reports, and a saved view."""
    rows = ReportRows(make_store("", folder))
    view = SavedView(name="Last month by job", query="preset=last_month&group_by=job")
    rows.put_view("", view, id_="view", seen=None)
    monthly = Schedule(
        name="Monthly spend by job",
        query=view.query,
        recipients=("dana@example.com", "finance@example.com"),
        zone="Europe/Berlin",
    )
    daily = Schedule(
        name="Yesterday, for the night shift",
        query="preset=yesterday",
        kind=FileFormat.XLSX,
        recipients=("night@example.com",),
        every=Every.DAILY,
        hour=6,
        minute=30,
        zone="America/New_York",
    )
    outbox = Outbox(rows, OUTBOX)
    for id_, each in {"monthly": monthly, "daily": daily}.items():
        kept = rows.put_schedule("", each, id_=id_, counts_from=CHECKED_AT, seen=None)
        due = each.due_before(NOW)
        sent = scheduled(kept, each, due, due).sent(due + timedelta(seconds=4))
        shown, _ = read_view(each.query, today=each.local_day(due), last_date=LAST_DAY)
        file = KeptFile(file_name(shown, each.kind), each.kind.media, f"{id_}.{each.kind}", 84_000)
        outbox.add("", replace(sent, file=file))
        (folder / "reports").mkdir(exist_ok=True)
        (folder / "reports" / file.path).write_bytes(b"")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine, or else Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    quiet += ["--disable-partial-raster"]  # else a pixel of a round corner differs now and then
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=quiet)
        yield browser
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
