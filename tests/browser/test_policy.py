"""The content security policy, on every page and with everything open: nothing is refused."""

from urllib.parse import quote

from playwright.sync_api import expect

from browser.screen import Screen
from browser.test_breakdown import DEAREST

_REMEMBER = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""


def test_no_page_breaks_the_policy(screen: Screen) -> None:
    screen.page.add_init_script(_REMEMBER)
    for query in ("", f"?run={quote(DEAREST, safe='')}", "?group_by=job&alerts_only=true"):
        screen.open(query)
        assert screen.page.evaluate("window.refused") == []
    for address, sign in (
        ("/alerts", "#trial-words"),
        ("/check", "[role=status]"),
        ("/api/docs", "h1"),
    ):
        screen.page.goto(f"{screen.address}{address}")
        expect(screen.page.locator(sign).first).not_to_be_empty()
        screen.page.wait_for_load_state("networkidle")
        assert screen.page.evaluate("window.refused") == []


def test_a_script_that_got_into_the_page_does_not_run(screen: Screen) -> None:
    screen.page.add_init_script(_REMEMBER)
    screen.open()
    screen.page.evaluate(
        """() => {
            const sly = document.createElement("script");
            sly.textContent = "window.sly = 1";
            document.body.append(sly);
        }"""
    )
    assert screen.page.evaluate("window.sly") is None
    assert screen.page.evaluate("window.refused.length") == 1
    screen.watch.wrong.clear()  # the browser says so in its console
