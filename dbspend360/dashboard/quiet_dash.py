"""Dash as we show it to the world."""

from typing import Any

from dash import Dash
from markupsafe import Markup

from dbspend360.dashboard.bundles import Bundles
from dbspend360.dashboard.shell import shell
from dbspend360.services.current_user import current_caller

_FOR_DEVELOPERS = {
    "dash_version",
    "dash_version_url",
    "ddk_version",
    "plotly_version",
    "python_version",
    "plotly_cloud_installed",
    "validation_layout",  # the layout once more, which the page gets anyhow
}

_SHELL = Markup('<div id="shell" inert aria-hidden="true">{}</div>')


class QuietDash(Dash):
    """Dash, with few files, and without telling every visitor which versions it is made of."""

    def __init__(self, name: str, bundles: Bundles, **options: Any) -> None:  # noqa: ANN401
        super().__init__(name, **options)
        self._bundles, self._page = bundles, name.rpartition(".")[2]

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]  # noqa: ANN401
        """The page's HTML."""
        parts["scripts"] = self._bundles.scripts(parts["scripts"], self._page)
        parts["css"] = self._bundles.styles(parts["css"], self._page)
        layout = self._layout_value()  # type: ignore[no-untyped-call]
        parts["app_entry"] = str(_SHELL.format(shell(layout))) + parts["app_entry"]
        found: str = super().interpolate_index(**parts)  # type: ignore[no-untyped-call]
        # What somebody may not do is not shown to them: assets/rights.css.
        rights = " ".join(sorted(current_caller().person.rights))
        return found.replace("<body", f'<body data-rights="{rights}"', 1)

    def _config(self) -> dict[str, Any]:
        known: dict[str, Any] = super()._config()  # type: ignore[no-untyped-call]
        return {name: value for name, value in known.items() if name not in _FOR_DEVELOPERS}
