"""The one place where the rooms are joined."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dash import Dash
from dash.background_callback.managers import BaseBackgroundCallbackManager
from flask import Flask, request

from dbspend360 import pages, watched
from dbspend360.api import every_request, export, packed, report_files, safe_headers, streams
from dbspend360.api import joined as api
from dbspend360.api.envelope import Written
from dbspend360.celery_app import celery_begin, make_celery
from dbspend360.dashboard import (
    breakdown,
    budget_dialog,
    check,
    export_menu,
    grid,
    mail_dialog,
    page,
    save_view,
)
from dbspend360.dashboard import overview as overview_part
from dbspend360.dashboard.background import Processes, Workers
from dbspend360.dashboard.bundles import Bundles
from dbspend360.dashboard.highlights import Highlights
from dbspend360.dashboard.job import JobPage
from dbspend360.dashboard.kept import Kept
from dbspend360.dashboard.messages import remarks
from dbspend360.dashboard.reading import utc_today, view_reader
from dbspend360.dashboard.rows_answer import RowsAnswer
from dbspend360.import_page import routes as import_page
from dbspend360.log import write_log
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.alert_links import public_url
from dbspend360.services.alert_rows import AlertRows
from dbspend360.services.budgets import Budgets
from dbspend360.services.checkup import findings, hurried
from dbspend360.services.claims import new_owner
from dbspend360.services.export_desk import ExportDesk
from dbspend360.services.exporting import Exporter
from dbspend360.services.file_making import tidy_exports
from dbspend360.services.import_desk import ImportDesk
from dbspend360.services.kept_answers import KeptAnswers
from dbspend360.services.month_outlook import MonthOutlook
from dbspend360.services.own_exporter import utc_now
from dbspend360.services.own_settings import OwnSettings
from dbspend360.services.report_desk import ReportDesk
from dbspend360.services.reports import Reports
from dbspend360.services.senders import make_senders
from dbspend360.services.user_settings import settings_mark, settings_store
from dbspend360.services.visits import Visits
from dbspend360.services.wide_costs import WideCosts
from dbspend360.settings import Settings
from dbspend360.signin import callbacks
from dbspend360.signin import joined as signin
from dbspend360.signin.gate import OWN, Identify
from dbspend360.store.base import Store
from dbspend360.store.remembering import RememberingStore
from dbspend360.warehouse.base import Warehouse
from dbspend360.warehouse.patience import allow
from dbspend360.warehouse.source import Source, make_source
from dbspend360.warehouse.spends import SpendRepository

# Files that are streamed are compressed too, with what every client understands.
_COMPRESSION = {
    "COMPRESS_MIMETYPES": [
        "text/html",
        "text/css",
        "text/csv",
        "text/javascript",
        "text/plain",
        "application/javascript",
        "application/json",
        "application/x-ndjson",
        "image/svg+xml",
    ],
    "COMPRESS_ALGORITHM_STREAMING": ["zstd", "br", "gzip", "deflate"],
}

# On Databricks a look into the settings of users takes as long as any question there.
_SECONDS_BEHIND = 20.0


@dataclass(frozen=True)
class _Services:
    """What the doors ask, made once."""

    spend: SpendRepository
    final_date: Callable[[], date]
    store: Store
    costs: WideCosts
    desk: AlertDesk
    highlights: Highlights
    budgets: Budgets
    exports: ExportDesk
    reports: ReportDesk
    own_settings: OwnSettings
    forget: Callable[[], None]


class _Server(Flask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is: none of ours is a coroutine, and Flask looks at two dozen for each request."""
        return func


def create_app(
    settings: Settings | None = None,
    warehouse: Warehouse | None = None,
    *,
    today: Callable[[], date] = utc_today,
    now: Callable[[], datetime] = utc_now,
    ways: Sequence[Identify] | None = None,
) -> Flask:
    """The whole application, ready for a web server.

    `now` is when schedules are due; `ways` are how people are known, None: as the settings say.
    """
    settings = settings or Settings()
    write_log(settings.log_level, settings.log_format)
    server = _Server("dbspend360")
    server.config.update(_COMPRESSION)
    visits = Visits()
    every_request.register(server, visits)
    source = make_source(settings, warehouse)
    asked = _services(settings, source, today, now, can_work_apart=warehouse is None)
    behind = _SECONDS_BEHIND if asked.store is source.configs else 0
    guard = signin.Guard(settings, asked.store, behind)
    guard.register(server, ways)
    apps = _add_pages(server, settings, source, asked, today, now)
    guard.register_pages(server, lambda: pages.styles(apps[0]))
    import_page.register(
        server,
        ImportDesk(settings),
        lambda: pages.styles(apps[0], "import.css"),
        lambda: pages.script(apps[0], "import.js"),
    )
    callbacks.register(
        server, {each.config.routes_pathname_prefix: each.callback_map for each in apps}
    )
    watched.register(server, settings, source, asked.store, visits)
    streams.register(server, settings.web_threads)
    export.register(server, asked.spend, asked.desk, asked.exports)
    report_files.register(server, asked.reports)
    kept = KeptAnswers[Written](source.state, seconds=settings.cache_seconds)
    api.register(
        server, asked.spend, today, asked.final_date, asked.desk, asked.reports, asked.exports, kept
    )
    safe_headers.register(server, apps)
    packed.register(server, settings.data_dir / "cache" / "scripts")
    _share_patience(server, settings.patience_seconds)
    _foresee(server, asked.costs)
    _warm_up(server)
    visits.forget()
    server.extensions["dbspend360.visits"] = visits
    server.extensions["dbspend360"] = source
    return server


def _services(
    settings: Settings,
    source: Source,
    today: Callable[[], date],
    now: Callable[[], datetime],
    *,
    can_work_apart: bool,
) -> _Services:
    final_date = overview_part.final_after(settings.final_after_days, today)
    spend = SpendRepository(source.warehouse, final_date=final_date)
    store = settings_store(settings, source)
    read_often = RememberingStore(store, seconds=_SECONDS_BEHIND if store is source.configs else 0)
    costs = WideCosts(spend)
    desk = AlertDesk(costs, AlertRows(store), final_date=final_date)
    exporter = Exporter(
        spend, desk, final_date=final_date, today=today, base_url=public_url(settings)
    )

    def forget() -> None:
        source.forget()
        read_often.forget()

    return _Services(
        spend=spend,
        final_date=final_date,
        store=store,
        costs=costs,
        desk=desk,
        highlights=Highlights(AlertDesk(costs, AlertRows(read_often), final_date=final_date)),
        budgets=Budgets(read_often),
        exports=ExportDesk(settings, exporter, today, can_work_apart=can_work_apart),
        reports=_report_desk(settings, store, exporter, now),
        own_settings=OwnSettings(read_often, settings_mark(store)),
        forget=forget,
    )


def _add_pages(
    server: Flask,
    settings: Settings,
    source: Source,
    asked: _Services,
    today: Callable[[], date],
    now: Callable[[], datetime],
) -> list[Dash]:
    background = _background(settings)
    bundles = Bundles(server, pages.assets_folder())
    dash = pages.dashboard(server, bundles, background)
    _add_dashboard(dash, settings, source, asked, today)
    export_menu.register(dash, settings, today)
    mail_dialog.register(dash, asked.reports, now)
    save_view.register(dash, asked.reports)
    budget_dialog.register(dash, asked.budgets)
    check.register(server, lambda: findings(hurried(settings)), pages.styles(dash))
    can_mail = bool(settings.smtp_url.get_secret_value())
    kept_days = settings.reports_kept_days
    read = view_reader(asked.spend, today)
    job = JobPage(asked.spend, read, asked.highlights, asked.final_date)

    def add_breakdown(to: Dash) -> None:
        address = settings.workspace_url or source.workspace_url
        breakdown.register(to, asked.spend, read, asked.highlights, address)

    return [
        dash,
        pages.add_job(server, bundles, job, add_breakdown, background, asked.forget),
        pages.add_alerts(server, bundles, asked.desk, asked.spend, background, can_mail=can_mail),
        pages.add_reports(server, bundles, asked.reports, asked.desk, background, kept_days, now),
    ]


def _add_dashboard(
    dash: Dash,
    settings: Settings,
    source: Source,
    asked: _Services,
    today: Callable[[], date],
) -> None:
    read = view_reader(asked.spend, today)

    def said() -> list[Any]:
        return remarks(is_demo=source.is_demo(), remark=source.remark())

    overview = overview_part.Overview(
        asked.spend,
        read,
        asked.highlights,
        remarks=said,
        final_date=asked.final_date,
        month=MonthOutlook(asked.spend, asked.budgets, today=today, final_date=asked.final_date),
    )
    dash.layout = lambda: page.layout(said())  # of whoever asks
    page.register_scripts(dash)
    kept = Kept(
        source.state,
        seconds=settings.cache_seconds,
        settings=asked.own_settings,
        about=lambda: (asked.final_date(), source.is_demo(), source.remark()),
    )
    overview_part.register(dash, overview, asked.forget, kept)
    rows = RowsAnswer(asked.spend, read, asked.highlights, asked.final_date)
    grid.register(dash, rows, kept)
    workspace_url = settings.workspace_url or source.workspace_url
    breakdown.register(dash, asked.spend, read, asked.highlights, workspace_url)


def _report_desk(
    settings: Settings, store: Store, exporter: Exporter, now: Callable[[], datetime]
) -> ReportDesk:
    """What is sent by hand is sent by a worker of Celery, where there is one, else from here."""
    senders = make_senders(settings)
    reports = Reports(settings, store, exporter, senders, owner=new_owner(), now=now)
    has_workers = bool(settings.celery_url.get_secret_value())
    return reports.desk(celery_begin(settings) if has_workers else None)


def _share_patience(server: Flask, seconds: float) -> None:
    """A request waits for the warehouse once, however many questions it asks."""

    @server.before_request
    def start() -> None:
        allow(seconds)

    @server.teardown_request
    def end(_error: BaseException | None) -> None:
        allow(None)  # whatever this thread does next has its own time


def _foresee(server: Flask, costs: WideCosts) -> None:
    """A browser that takes the layout asks for alerts once it has its scripts: begin now."""

    @server.before_request
    def begin() -> None:
        if request.path.endswith("/_dash-layout"):
            costs.foresee()


def _background(settings: Settings) -> BaseBackgroundCallbackManager:
    """Where callbacks run that take long: beside the server, or with Celery when it is set up."""
    if settings.celery_url.get_secret_value():
        return Workers(make_celery(settings))
    return Processes(
        settings.data_dir / "cache" / "callbacks",
        lost=export_menu.LOST,
        tidy=lambda: tidy_exports(settings),
    )


def _warm_up(server: Flask) -> None:
    """Make the first request ourselves.

    Dash prepares its scripts on the first request, and two threads at once see it half done: one
    answers 500 and the page stays blank.
    """
    for address in ("/", "/alerts", "/reports", "/job/0"):
        server.test_client().get(address, environ_overrides={OWN: True})
    hooks = server.before_request_funcs[None]  # of each page, and done for good
    hooks[:] = [each for each in hooks if each.__name__ != Dash._setup_server.__name__]
