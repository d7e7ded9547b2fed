"""Pages of plain HTML: they work without scripts, and while the dashboard does not."""

from collections.abc import Callable

from flask import Response
from markupsafe import Markup

from dbspend360.signin.csrf import csrf_field

Links = Callable[[], Markup]  # the style sheets, and the script of the theme

_PAGE = Markup(
    """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · DBSpend360</title>
{links}
</head>
<body>
<header class="header"><a class="header__name" href="/">DBSpend360</a></header>
<main class="page {kind}">
<h1 class="plain__title">{title}</h1>
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
    page = _PAGE.format(title=title, links=links(), body=body, kind=kind)
    response = Response(page, status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response


def form(address: str, body: Markup) -> Markup:
    """A form that is posted, with the proof that it came from one of our pages."""
    return _FORM.format(address=address, body=Markup("\n").join([csrf_field(), body]))


def error_line(words: str) -> Markup:
    """What went wrong; nothing where nothing did."""
    return _ERROR.format(words) if words else Markup("")
