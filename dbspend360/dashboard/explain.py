"""The "?" beside a figure, and the list of definitions it reads from: see assets/explain.js."""

from dash import html

from dbspend360.dashboard.elements import aria, data
from dbspend360.dashboard.tree import Tree
from dbspend360.models.definitions import DEFINITIONS


def explain(*names: str) -> html.Button:
    """A small button that says what the figures of these names are.

    Raises:
        KeyError: there is no such definition.
    """
    title = DEFINITIONS[names[0]].title
    return html.Button(
        className="explain",
        **data(explain=" ".join(names))
        | aria(label=f"What is this: {title}", expanded="false", haspopup="dialog"),
    )


def definitions() -> Tree:
    """What every "?" of a page can say, once; not shown itself."""
    pairs = [
        part
        for each in DEFINITIONS.values()
        for part in (html.Dt(each.title, **data(definition=each.name)), html.Dd(each.words))
    ]
    return Tree(html.Dl(pairs, id="definitions", hidden=True))
