"""Dash as we show it to the world."""

from typing import Any

from dash import Dash

_FOR_DEVELOPERS = {
    "dash_version",
    "dash_version_url",
    "ddk_version",
    "plotly_version",
    "python_version",
    "plotly_cloud_installed",
}


class QuietDash(Dash):
    """Dash, without telling every visitor which versions it is made of."""

    def _config(self) -> dict[str, Any]:
        known: dict[str, Any] = super()._config()  # type: ignore[no-untyped-call]
        return {name: value for name, value in known.items() if name not in _FOR_DEVELOPERS}
