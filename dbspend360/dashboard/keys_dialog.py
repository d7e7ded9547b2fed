"""The help that lists the keys: opened with `?` or the button in the header.

See assets/keys.js. Keys of one sign can be switched off, as WCAG 2.1.4 asks.
"""

from dash import html

from dbspend360.dashboard.elements import aria, data, icon
from dbspend360.dashboard.tree import Tree

KEYS = (
    (("/",), "Find a job by name or id"),
    (("?",), "Show this help"),
    (("Tab",), "On to the next control; Shift with it goes back"),
    (("←", "→", "↑", "↓"), "From cell to cell in the table, from one choice to the next"),
    (("Enter",), "On a row of the table: open its breakdown, or what it holds; on a head: sort"),
    (("Page Up", "Page Down"), "A screen of rows up or down"),
    (("Esc",), "Shut what is open, and back to where you were"),
)


def keys_button() -> html.Button:
    """In the header of every page."""
    return html.Button(
        icon("question-circle"),
        className="icon-button keys-button",
        title="Keys",
        **data(action="keys") | aria(label="Keys", haspopup="dialog"),
    )


def keys_dialog() -> Tree:
    """The dialog, shut."""
    rows = [
        cell
        for keys, words in KEYS
        for cell in (html.Dt([html.Kbd(each) for each in keys]), html.Dd(words))
    ]
    dialog = html.Dialog(
        [
            html.H2("Keys", id="keys-title", className="keys__title"),
            html.Dl(rows, className="keys__list"),
            html.Div(
                [
                    html.Button(
                        "Keys / and ? are on",
                        className="button button--toggle",
                        **data(action="keys-on") | aria(pressed="true"),
                    ),
                    html.Button("Close", className="button", **data(action="close-keys")),
                ],
                className="keys__end",
            ),
        ],
        id="keys",
        className="keys",
        **aria(labelledby="keys-title"),
    )
    return Tree(dialog)


def skip_link() -> html.A:
    """The first stop of Tab: past the header, to what the page is about."""
    return html.A("Skip to the content", href="#content", className="skip")
