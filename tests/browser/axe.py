"""axe-core, the judge of accessibility, on a page as it is at the moment."""

from collections.abc import Sequence
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

_SCRIPT = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async ([part, rules]) => {
    const options = {resultTypes: ['violations'], runOnly: rules};
    const {violations} = await axe.run(part || document, options);
    return violations.map(({id, nodes}) => [id, nodes.map(({html, failureSummary}) =>
        `${html.slice(0, 200)} ${failureSummary}`)]);
}"""


def violations(page: Page, part: str = "", rules: Sequence[str] = RULES) -> dict[str, list[str]]:
    """What is wrong in a part of a page, or in all of it: elements by the names of rules.

    The page's own policy forbids scripts from elsewhere; the browser's door for tests does not
    go by it.
    """
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_SCRIPT)
    found: list[tuple[str, list[str]]] = page.evaluate(_RUN, [part, [*rules]])
    return {rule: _meant(rule, elements) for rule, elements in found if _meant(rule, elements)}


def _meant(rule: str, elements: list[str]) -> list[str]:
    return [each for each in elements if not _is_false(rule, each)]


_FALSE_ALARMS = [
    # The page of an error brings no colours: on the browser's own dark paper, which axe takes for
    # white, the browser's own link is bright enough.
    ("color-contrast", '<a href="/">Back to the dashboard</a>'),
]


def _is_false(rule: str, element: str) -> bool:
    return any(rule == known and part in element for known, part in _FALSE_ALARMS)
