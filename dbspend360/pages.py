"""The pages: each a Dash app of its own on one server, with the assets it needs."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from dash import Dash
from dash.background_callback.managers import BaseBackgroundCallbackManager
from dash.exceptions import DependencyException
from flask import Flask, Response
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, NotFound

from dbspend360.api.error_page import error_page
from dbspend360.dashboard import (
    alert_form,
    alert_trial,
    alerts_page,
    inbox,
    job,
    job_page,
    page,
    reports_board,
    reports_page,
    schedule_form,
    schedule_trial,
)
from dbspend360.dashboard.bundles import Bundles
from dbspend360.dashboard.job import JobPage
from dbspend360.dashboard.quiet_dash import QuietDash
from dbspend360.dashboard.side_page import SidePage
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.report_desk import ReportDesk
from dbspend360.warehouse.spends import SpendRepository

_PAGES = ("alerts", "reports", "job")
_OF_THE_TABLE = r"^check\.css|^changes\.css|^table\.js|^dashAgGrid|^mail\.|^export\.|^budget\."
_OF_THE_DASHBOARD = rf"{_OF_THE_TABLE}|^breakdown|^view\.js|^date_picker"


def dashboard(
    server: Flask, bundles: Bundles, background: BaseBackgroundCallbackManager
) -> QuietDash:
    """The first page, without its layout and its callbacks."""
    dash = QuietDash(
        "dbspend360",
        bundles,
        server=server,
        assets_folder=str(assets_folder()),
        assets_ignore=_ignored("dashboard", r"^check\.css"),
        title="DBSpend360",
        update_title="",
        meta_tags=page.METAS,
        compress=True,
        background_callback_manager=background,
    )
    dash.index_string = _index(dash)
    _answer_for_what_is_missing(server)
    return dash


def _answer_for_what_is_missing(server: Flask) -> None:
    """A script that Dash does not have would be a 500."""

    @server.errorhandler(DependencyException)
    def missing(_error: DependencyException) -> Response | HTTPException:
        return error_page(NotFound())


def _index(dash: Dash) -> str:
    head, plotly = (dash.get_asset_url(each) for each in ("head.js", "vendor/plotly-basic.min.js"))
    return page.INDEX.replace("HEAD_JS", head).replace("PLOTLY_JS", plotly)


def add_alerts(
    server: Flask,
    bundles: Bundles,
    desk: AlertDesk,
    spend: SpendRepository,
    background: BaseBackgroundCallbackManager,
    *,
    can_mail: bool,
) -> Dash:
    """The second page, with its own layout: the dashboard grows by nothing."""
    dash = _side_page(server, "alerts", bundles, background)
    dash.layout = alerts_page.layout  # of whoever asks
    alerts_page.register_scripts(dash)
    inbox.register(dash, desk)
    alert_form.register(dash, desk, can_mail=can_mail)
    alert_trial.register(dash, desk, spend)
    return dash


def add_reports(
    server: Flask,
    bundles: Bundles,
    desk: ReportDesk,
    alerts: AlertDesk,
    background: BaseBackgroundCallbackManager,
    kept_days: int,
    now: Callable[[], datetime],
) -> Dash:
    """The third page: schedules, saved views, and what became of each report."""
    dash = _side_page(
        server, "reports", bundles, background, r"|^paint\.js|^chart_table"
    )  # it has no charts
    dash.layout = reports_page.layout  # of whoever asks
    reports_page.register_scripts(dash)
    board = reports_board.Board(desk, alerts, now, kept_days)
    reports_board.register(dash, board)
    schedule_form.register(dash, desk)
    schedule_trial.register(dash, desk, now)
    return dash


def add_job(
    server: Flask,
    bundles: Bundles,
    page: JobPage,
    parts: Callable[[Dash], None],
    background: BaseBackgroundCallbackManager,
    forget: Callable[[], None],
) -> Dash:
    """The page of one job; `parts` adds what it shares with the dashboard.

    What it asks for is below `/jobs/`, so that a job may have any id.
    """
    dash = SidePage(
        "jobs",
        server,
        bundles,
        background,
        assets_folder=str(assets_folder()),
        assets_ignore=_ignored("job", _OF_THE_TABLE),
        rule="/job/<path:job>",
    )
    dash.index_string = _index(dash)
    dash.layout = job_page.layout  # of whoever asks
    job_page.register_scripts(dash)
    job.register(dash, page, forget)
    parts(dash)
    return dash


def _side_page(
    server: Flask,
    name: str,
    bundles: Bundles,
    background: BaseBackgroundCallbackManager,
    ignored: str = "",
) -> SidePage:
    dash = SidePage(
        name,
        server,
        bundles,
        background,
        assets_folder=str(assets_folder()),
        assets_ignore=_ignored(name, _OF_THE_DASHBOARD + ignored),
    )
    dash.index_string = _index(dash)
    return dash


def _ignored(page: str, more: str) -> str:
    """The assets that a page does without: those of the others, and `more`."""
    others = [rf"^{each}\." for each in _PAGES if each != page]
    return "|".join(
        [r"^head\.js|^docs\.|^plain\.|^import\.|plotly-basic|bootstrap\.min", *others, more]
    )


def styles(dash: Dash, *more: str) -> Markup:
    """What a page of plain HTML needs to look like ours; `more` are sheets of its own."""
    sheet = Markup('<link rel="stylesheet" href="{}">')
    names = ("vendor/bootstrap.min.css", "vendor/icons.css", "tokens.css", "page.css", "parts.css")
    plain = ("form.css", "check.css", "plain.css", *more)
    sheets = [sheet.format(dash.get_asset_url(name)) for name in (*names, *plain)]
    return Markup("\n").join([*sheets, script(dash, "head.js")])


def script(dash: Dash, name: str) -> Markup:
    """A script of ours on such a page."""
    return Markup('<script src="{}"></script>').format(dash.get_asset_url(name))


def assets_folder() -> Path:
    """Beside the package in a checkout, inside it when installed from a wheel."""
    package = Path(__file__).parent
    beside = package.parent / "assets"
    return beside if (beside / "view.js").exists() else package / "assets"
