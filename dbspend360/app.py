"""The one place where the rooms are joined."""

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path

from dash import Dash
from flask import Flask

from dbspend360.api import export, health
from dbspend360.dashboard import breakdown, grid, page
from dbspend360.dashboard import overview as overview_part
from dbspend360.dashboard.reading import utc_today, view_reader
from dbspend360.errors import WarehouseError
from dbspend360.settings import Settings
from dbspend360.warehouse.base import Warehouse
from dbspend360.warehouse.cache import CachedWarehouse
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.memory_places import make_memory
from dbspend360.warehouse.spends import SpendRepository


def create_app(
    settings: Settings | None = None,
    warehouse: Warehouse | None = None,
    *,
    today: Callable[[], date] = utc_today,
) -> Flask:
    """The whole application, ready for a web server."""
    settings = settings or Settings()
    _log(settings.log_level)
    server = Flask("dbspend360")
    embedded = EmbeddedWarehouse(settings.data_dir)
    cached = CachedWarehouse(
        warehouse or embedded,
        make_memory(settings),
        seconds=settings.cache_seconds,
        version=lambda: "" if warehouse else str(embedded.source().path.resolve()),
    )
    spend = SpendRepository(cached)
    dash = _dash(server)
    read = view_reader(spend, today)
    overview = overview_part.Overview(
        spend,
        read,
        is_demo=lambda: warehouse is None and _is_demo(embedded),
        final_date=overview_part.final_after(settings.final_after_days, today),
    )
    dash.layout = page.layout()
    page.register_scripts(dash)
    overview_part.register(dash, overview, cached.forget)
    grid.register(dash, spend, read)
    breakdown.register(dash, spend, read, settings.workspace_url)
    health.register(server, spend)
    export.register(server, spend, today)
    _warm_up(server)
    return server


def assets_folder() -> Path:
    """Beside the package in a checkout, inside it when installed from a wheel."""
    package = Path(__file__).parent
    beside = package.parent / "assets"
    return beside if (beside / "view.js").exists() else package / "assets"


def _is_demo(embedded: EmbeddedWarehouse) -> bool:
    try:
        return embedded.source().origin == "demo"
    except WarehouseError:
        return False


def _dash(server: Flask) -> Dash:
    dash = Dash(
        "dbspend360",
        server=server,  # type: ignore[arg-type]  # Dash takes a Flask, its types do not say so
        assets_folder=str(assets_folder()),
        assets_ignore=r"head\.js|plotly-basic|bootstrap\.min",
        title="DBSpend360",
        update_title="",
        meta_tags=page.METAS,
        compress=True,
    )
    dash.index_string = (
        page.INDEX.replace("HEAD_JS", dash.get_asset_url("head.js"))
        .replace("PLOTLY_JS", dash.get_asset_url("vendor/plotly-basic.min.js"))
        .replace("VENDOR_CSS", dash.get_asset_url("vendor/bootstrap.min.css"))
    )
    return dash


def _log(level: str) -> None:
    """Our own lines go to standard error, unless whoever embeds us has other plans."""
    ours = logging.getLogger("dbspend360")
    ours.setLevel(level)
    if not ours.handlers and not logging.getLogger().handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        ours.addHandler(handler)


def _warm_up(server: Flask) -> None:
    """Make the first request ourselves.

    Dash prepares its scripts on the first request, and two threads at once see it half done: one
    answers 500 and the page stays blank.
    """
    server.test_client().get("/")
