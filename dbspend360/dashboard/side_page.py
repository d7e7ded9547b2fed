"""One more page on the same server, beside the dashboard: `/alerts`, `/reports`, `/job/…`."""

from typing import Any

from dash.background_callback.managers import BaseBackgroundCallbackManager
from flask import Flask

from dbspend360.dashboard.bundles import Bundles
from dbspend360.dashboard.page import METAS
from dbspend360.dashboard.quiet_dash import QuietDash


class SidePage(QuietDash):
    """A Dash app of its own, with the scripts that the browser already has.

    Neither its layout nor its callbacks are on the dashboard, and the dashboard's are not on it.
    """

    def __init__(
        self,
        name: str,
        server: Flask,
        bundles: Bundles,
        background: BaseBackgroundCallbackManager,
        *,
        assets_folder: str,
        assets_ignore: str,
        rule: str = "",
    ) -> None:
        """At the address `/name`, or at `rule`; what it asks for is below `/name/`.

        The scripts find `name` at the body of its HTML.
        """
        super().__init__(
            f"dbspend360.{name}",
            bundles,
            server=server,
            routes_pathname_prefix=f"/{name}/",
            requests_pathname_prefix=f"/{name}/",
            assets_folder=assets_folder,
            # Dash signs with the secret of the app that a thread served last: all share one.
            background_callback_manager=background,
            assets_external_path="/",  # the dashboard serves them
            assets_ignore=assets_ignore,
            title=f"{name.capitalize()} · DBSpend360",
            update_title="",
            meta_tags=METAS,
        )
        server.add_url_rule(rule or f"/{name}", name, self.index)

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]  # noqa: ANN401
        """The page's HTML. The dashboard serves the same scripts under its own addresses."""
        here = f"{self.config.requests_pathname_prefix}_dash-component-suites/"
        parts["scripts"] = parts["scripts"].replace(here, "/_dash-component-suites/")
        found = super().interpolate_index(**parts)
        return found.replace("<body", f'<body data-page="{self._page}"', 1)
