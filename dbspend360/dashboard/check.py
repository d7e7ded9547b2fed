"""The page `/check`: what `dbspend360 check` says, for whoever looks after the app.

It is plain HTML, sent line by line as each step is done: it works while the dashboard does not.
"""

import threading
from collections.abc import Callable, Iterator

from flask import Flask, Response
from markupsafe import Markup

from dbspend360.dashboard.plain_head import PLAIN_HEAD
from dbspend360.errors import DBSpendError
from dbspend360.models.finding import Finding
from dbspend360.theme import plural

Findings = Callable[[], Iterator[Finding]]

_HEAD = Markup(
    """<div class="check__head">
<h1 class="check__title">Check</h1>
<p>What is configured, whether it can be read, and what mends what is wrong.</p>
</div>
<ol class="check__list">
"""
)
_ROW = Markup(
    """<li class="check__row check__row--{kind}">
<span class="icon icon--{icon}" aria-hidden="true"></span>
<span class="check__what">{what}</span>
<div class="check__words">{words}{mend}</div>
</li>
"""
)
_MEND = Markup('<p class="check__label">What mends it</p><p class="check__mend">{}</p>')
_SQL = Markup('<p class="check__label">What mends it</p><pre class="check__sql">{}</pre>')
_END = Markup(
    """</ol>
<p class="check__end check__end--{kind}" role="status">{words}</p>
<p class="check__links"><a class="button" href="/check">Check again</a>
<a class="button" href="/import">Import</a>
<a class="button" href="/">Back to the dashboard</a></p>
</main>
</body>
</html>
"""
)
_BUSY = "Somebody else is checking right now: look again in a moment."


def register(server: Flask, findings: Findings, links: Markup) -> None:
    """Add the route; `links` are the style sheets and the script of the theme.

    One check at a time in each process: each opens connections of its own.
    """
    turn = threading.Lock()

    @server.get("/check")
    def check() -> Response:
        answer = Response(_page(findings, links, turn), mimetype="text/html")
        answer.headers["Cache-Control"] = "no-store"
        # Compressed, the lines would wait for each other; and so they would in nginx.
        answer.headers["Content-Encoding"] = "identity"
        answer.headers["X-Accel-Buffering"] = "no"
        return answer


def _page(findings: Findings, links: Markup, turn: threading.Lock) -> Iterator[str]:
    yield PLAIN_HEAD.format(title="Check", links=links, kind="check") + _HEAD
    if not turn.acquire(blocking=False):
        yield _END.format(kind="note", words=_BUSY)
        return
    try:
        yield from _rows(findings)
    finally:
        turn.release()


def _rows(findings: Findings) -> Iterator[str]:
    faults = 0
    for each in _told(findings):
        faults += each.is_fault
        yield row(each)
    words = f"{plural(faults, 'thing')} to mend." if faults else "Everything is in order."
    yield _END.format(kind="bad" if faults else "good", words=words)


def _told(findings: Findings) -> Iterator[Finding]:
    try:
        yield from findings()
    except DBSpendError as error:
        yield Finding("Data", str(error), "Do as the sentence says, and check again.")


def row(found: Finding) -> Markup:
    """One line of the list."""
    return _ROW.format(
        kind="bad" if found.is_fault else "good",
        icon="exclamation-triangle" if found.is_fault else "check",
        what=found.what,
        words=found.words,
        mend=_mend(found.mend) if found.is_fault else "",
    )


def _mend(words: str) -> Markup:
    return (_SQL if words.startswith("GRANT ") else _MEND).format(words)
