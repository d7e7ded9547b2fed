"""Small elements that many parts use."""

from typing import Any

from dash import html
from dash.development.base_component import Component

CONTENT: dict[str, Any] = {"id": "content", "tabIndex": -1}  # where the skip link leads


def icon(name: str) -> html.Span:
    """A drawing for the eye only; the words stand beside it or in a label."""
    return html.Span(className=f"icon icon--{name}", **aria(hidden="true"))


def page_title(words: str) -> html.H1:
    """What the page is, for whoever hears it: others see it in the header."""
    return html.H1(words, className="unseen")


def titled(title: Any, button: Component) -> html.Div:  # noqa: ANN401
    """A title and the button that explains it."""
    return html.Div([title, button], className="titled")


def swatch(kind: str) -> html.I:
    """The mark of a legend: `databricks`, `ec2`, `line` or `hatched`."""
    return html.I(className=f"swatch swatch--{kind}")


def data(**values: str) -> dict[str, Any]:
    """`data-…` attributes, read by the scripts and by whoever automates the page."""
    return {f"data-{name.replace('_', '-')}": value for name, value in values.items()}


def aria(**values: str) -> dict[str, Any]:
    """`aria-…` attributes."""
    return {f"aria-{name}": value for name, value in values.items()}
