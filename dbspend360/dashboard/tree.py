"""Many elements as one component.

After every change Dash's renderer looks at each component that it knows, so a page of a thousand
takes its time for every click. What no callback reads or writes need not be known to it.
"""

from typing import Any

from dash.development.base_component import Component


class Tree(Component):
    """Elements of `dash.html`, drawn by `assets/tree.js`; no callback can reach into them."""

    # As Dash generates them for components of its own.
    _namespace = "dbspend360"
    _type = "Tree"
    _prop_names = available_properties = ["tree"]  # noqa: RUF012
    _base_nodes = ["tree"]  # noqa: RUF012 - where it may hold others
    _valid_wildcard_attributes = available_wildcard_properties = []  # noqa: RUF012

    def __init__(self, tree: Any) -> None:  # noqa: ANN401
        """`tree`: an element, a text, a number, None, or a list of such."""
        self.tree = tree
        super().__init__(tree=tree)  # type: ignore[no-untyped-call]
