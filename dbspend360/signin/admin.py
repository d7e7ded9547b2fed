"""`/admin`: the audit log, and who may sign in."""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from urllib.parse import urlencode

from flask import Flask, Response, request
from markupsafe import Markup

from dbspend360.errors import DBSpendError
from dbspend360.services.audit_reading import MOST_LINES, Line, Looked, Reading, Wanted
from dbspend360.services.people import Account
from dbspend360.signin.plain import Links, error_line, plain_page

ADMIN, LOG = "/admin", "/admin/audit.jsonl"
PAGE = 100

_FILTER = Markup(
    """<form class="plain__filter" method="get" action="/admin">
<label>Who <input class="form-control form__input" name="who" value="{who}"></label>
<label>What <input class="form-control form__input" name="what" value="{what}"
 placeholder="such as alerts."></label>
<label>Outcome <select class="form-select form__input" name="outcome">{outcomes}</select></label>
<label>Day (UTC)
<input class="form-control form__input" name="day" type="date" value="{day}"></label>
<button class="button">Show</button> <a class="button" href="/admin">All</a>
<a class="button" href="{download}">JSON lines</a>
</form>"""
)
_TABLE = Markup(
    """<div class="plain__scroll" role="region" tabindex="0" aria-label="Audit log">
<table class="plain__table plain__table--log"><thead><tr>
<th>When (UTC)</th><th>Who</th><th>What</th><th>Outcome</th><th>About</th><th>From</th></tr></thead>
<tbody>{rows}</tbody></table></div>"""
)
_ROW = Markup(
    '<tr><td>{at}</td><td dir="auto">{who}</td><td>{what}</td>'
    '<td><span class="plain__outcome plain__outcome--{kind}">{outcome}</span></td>'
    '<td dir="auto">{about}</td><td>{address}</td></tr>'
)
_PEOPLE = Markup("<ul class='plain__people'>{}</ul>")
_PERSON = Markup("<li><span dir='auto'>{}</span> · {}</li>")
_OPTION = Markup("<option{selected} value='{value}'>{words}</option>")
_LINKS = Markup(
    '<p><a class="button" href="/check">Check</a> <a class="button" href="/metrics">Metrics</a></p>'
)
_CARD = Markup('<section class="plain__card"><h2>{}</h2>\n{}</section>')
_KINDS = {"done": "good", "refused": "bad", "failed": "bad"}
_OUTCOMES = {"": "any", "done": "done", "refused": "refused", "failed": "failed"}

People = Callable[[], Sequence[Account]]


def register(server: Flask, read: Reading, people: People | None, links: Links) -> None:
    """Add the page and the log as a file; `people` are those of the file, where there is one."""

    @server.get(ADMIN)
    def admin() -> Response:
        wanted, skip, looked = _wanted(), _skip(), Looked(MOST_LINES)
        try:
            found = list(islice(read(wanted, looked), skip, skip + PAGE + 1))
            trouble = ""
        except OSError as error:
            found, trouble = [], f"The audit log cannot be read: {error.strerror}."
        parts = [
            _LINKS,
            *([_CARD.format("Who may sign in", _people(people))] if people else []),
            _CARD.format("What was done", _log(wanted, found, skip, trouble) + _end(looked)),
        ]
        return plain_page(links, "Admin", Markup("\n").join(parts), kind="plain plain--wide")

    @server.get(LOG)
    def log() -> Response:
        wanted = _wanted()
        response = Response(_lines(read(wanted, Looked())), mimetype="application/x-ndjson")
        response.headers["Content-Disposition"] = 'attachment; filename="audit.jsonl"'
        response.headers["Cache-Control"] = "no-store"
        return response


def _lines(found: Iterator[Line]) -> Iterator[bytes]:
    for each in found:
        yield json.dumps(each).encode("ascii") + b"\n"


def _wanted() -> Wanted:
    asked = {name: request.args.get(name, "")[:320] for name in ("who", "what", "outcome", "day")}
    return Wanted(**asked)


def _skip() -> int:
    text = request.args.get("skip", "0")
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _log(wanted: Wanted, found: Sequence[Line], skip: int, trouble: str) -> Markup:
    options = Markup("").join(
        _OPTION.format(
            value=value, words=words, selected=" selected" if value == wanted.outcome else ""
        )
        for value, words in _OUTCOMES.items()
    )
    asked = {name: value for name, value in vars(wanted).items() if value}
    chosen = _FILTER.format(
        who=wanted.who,
        what=wanted.what,
        day=wanted.day,
        outcomes=options,
        download=f"{LOG}?{urlencode(asked)}",
    )
    table = _table(found[:PAGE]) if found else _nothing(asked)
    return chosen + error_line(trouble) + table + _pages(asked, skip, has_more=len(found) > PAGE)


def _nothing(asked: dict[str, str]) -> Markup:
    words = "Nothing fits that." if asked else "Nothing has been done yet."
    return Markup("<p>{}</p>").format(words)


def _end(looked: Looked) -> Markup:
    words = (
        f"Only the newest {MOST_LINES:,} entries were looked through: choose a day for older ones, "
        "or take all as JSON lines."
    )
    return Markup("<p>{}</p>").format(words) if looked.is_enough else Markup("")


def _table(found: Sequence[Line]) -> Markup:
    return _TABLE.format(rows=Markup("\n").join(_row(each) for each in found))


def _row(line: Line) -> Markup:
    about = line.get("about")
    pairs = about.items() if isinstance(about, dict) else ()
    return _ROW.format(
        at=str(line.get("at", ""))[:19].replace("T", " "),
        who=line.get("who") or "somebody",
        what=line.get("what", ""),
        outcome=line.get("outcome", ""),
        kind=_KINDS.get(str(line.get("outcome")), "good"),
        about=" · ".join(f"{name}: {value}" for name, value in pairs if value),
        address=line.get("address") or "this machine",
    )


def _pages(asked: dict[str, str], skip: int, *, has_more: bool) -> Markup:
    link = Markup('<a class="button" href="{}">{}</a> ')
    parts = []
    if skip:
        newer = urlencode({**asked, "skip": max(0, skip - PAGE)})
        parts.append(link.format(f"{ADMIN}?{newer}", "Newer"))
    if has_more:
        older = urlencode({**asked, "skip": skip + PAGE})
        parts.append(link.format(f"{ADMIN}?{older}", "Older"))
    return Markup("<p>{}</p>").format(Markup("").join(parts)) if parts else Markup("")


def _people(people: People) -> Markup:
    try:
        found = people()
    except DBSpendError as error:
        return error_line(str(error))
    rows = [_PERSON.format(each.id, each.role) for each in found]
    hint = Markup("<p>Changed with <code>dbspend360 user</code>.</p>")
    return _PEOPLE.format(Markup("\n").join(rows)) + hint if rows else hint
