"""Pages of plain HTML: they work without scripts, and while the dashboard does not."""

from collections.abc import Callable

from flask import Response
from markupsafe import Markup

from dbspend360.dashboard.plain_head import PLAIN_HEAD
from dbspend360.signin.csrf import csrf_field

Links = Callable[[], Markup]  # the style sheets, and the script of the theme

_BODY = Markup(
    """<h1 class="plain__title">{title}</h1>
{body}
</main>
</body>
</html>
"""
)
_FORM = Markup('<form method="post" action="{address}" class="plain__form">\n{body}\n</form>')
_ERROR = Markup('<p class="plain__error" role="alert">{}</p>')


def plain_page(
    links: Links, title: str, body: Markup, *, status: int = 200, kind: str = "plain"
) -> Response:
    """The whole page; no browser keeps it."""
    head = PLAIN_HEAD.format(title=title, links=links(), kind=kind)
    page = head + _BODY.format(title=title, body=body)
    response = Response(page, status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response


def form(address: str, body: Markup) -> Markup:
    """A form that is posted, with the proof that it came from one of our pages."""
    return _FORM.format(address=address, body=Markup("\n").join([csrf_field(), body]))


def error_line(words: str) -> Markup:
    """What went wrong; nothing where nothing did."""
    return _ERROR.format(words) if words else Markup("")
