"""A page as it looks before its scripts have come: the same header, titles and waiting parts.

It is the page's own layout as HTML, without ids and without anything that could be used. It goes as
soon as the page is there: see `assets/shell.js`.
"""

from collections.abc import Iterable
from typing import Any

from dash.development.base_component import Component
from markupsafe import Markup, escape

from dbspend360.dashboard.tree import Tree

_HOLLOW = {"br", "hr", "img", "wbr"}
_KEPT = ("dir", "role", "title", "hidden", "aria-current")


def shell(layout: Any) -> Markup:  # noqa: ANN401
    """The HTML of a layout: a component, a text, a number, None, or a list of such."""
    if layout is None:
        return Markup("")
    if isinstance(layout, Component):
        return _part(layout)
    if isinstance(layout, Iterable) and not isinstance(layout, str):
        return Markup("").join(shell(each) for each in layout)
    return escape(layout)


def _part(part: Component) -> Markup:
    if isinstance(part, Tree):
        return shell(part.tree)
    if part._namespace == "dash_html_components":
        return _html(part)
    draw = _DRAWN.get(part._type)
    return draw(part) if draw else Markup("")  # a store, or a dialog that nobody has opened


def _html(part: Component) -> Markup:
    name = part._type.lower()
    start = Markup("<{}{}>").format(name, _attributes(part))
    if name in _HOLLOW:
        return start
    return Markup("{}{}</{}>").format(start, shell(getattr(part, "children", None)), name)


def _attributes(part: Component) -> Markup:
    own = {"class": getattr(part, "className", None)}
    own |= {name: getattr(part, name, None) for name in _KEPT}
    own["style"] = _style(getattr(part, "style", None) or {})
    found = [
        Markup(" {}").format(name) if value is True else Markup(' {}="{}"').format(name, value)
        for name, value in own.items()
        if value
    ]
    return Markup("").join(found)


def _style(style: dict[str, Any]) -> str:
    pixels = {
        name: f"{value}px" if isinstance(value, int) else value for name, value in style.items()
    }
    return ";".join(f"{name}:{value}" for name, value in pixels.items() if value is not None)


def _said(part: Component, name: str) -> Any:  # noqa: ANN401
    return getattr(part, name, "")


def _box(names: str, content: Markup | str = "") -> Markup:
    return Markup('<div class="{}">{}</div>').format(names, content)


def _choice(part: Component) -> Markup:
    label = Markup('<div class="form-check"><span class="form-check-label {}">{}</span></div>')
    names = _said(part, "label_class_name")
    labels = [label.format(names, each["label"]) for each in getattr(part, "options", [])]
    return _box(_said(part, "class_name"), Markup("").join(labels))


def _framed(part: Component) -> Markup:
    """A chart or a table: as large as it will be."""
    return Markup("<div{}></div>").format(_attributes(part))


_DRAWN = {
    "RadioItems": _choice,
    "Input": lambda part: _box(
        f"form-control {_said(part, 'class_name')}", _said(part, "placeholder")
    ),
    "DatePickerRange": lambda part: _box("shell__dates dates"),
    "DropdownMenu": lambda part: _box(
        f"btn {_said(part, 'toggle_class_name')}", _said(part, "label")
    ),
    "Graph": _framed,
    "AgGrid": _framed,
}
