"""What a browser shows in place of a page that there is not."""

from http import HTTPStatus

from flask import Response
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from dbspend360.api.envelope import WORDS
from dbspend360.log import request_id

# Plain, and with nothing to fetch: whatever else is broken, this is shown.
_PAGE = Markup(
    """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · DBSpend360</title>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{words}</p>
<p><a href="/">Back to the dashboard</a></p>
<p><small>Request {id}, {status}. Whoever looks after the app finds it in the log.</small></p>
</main>
</body>
</html>
"""
)
_NOT_THERE = "There is nothing at this address."


def error_page(error: HTTPException) -> Response | HTTPException:
    """The error as a page; as it is when it is no error, or has an answer of its own."""
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error
    words = (
        _NOT_THERE if status == 404 else WORDS.get(status, WORDS[500 if status > 499 else 400])[1]
    )
    page = sentence_page(status, HTTPStatus(status).phrase, words)
    page.headers.extend(
        (name, value) for name, value in error.get_headers() if name != "Content-Type"
    )
    return page


def sentence_page(status: int, title: str, words: str) -> Response:
    """A page that says one thing."""
    page = _PAGE.format(title=title, words=words, id=request_id(), status=status)
    return Response(page, status, mimetype="text/html")
