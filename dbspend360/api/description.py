"""`/api/openapi.json` and `/api/docs`: what there is, for programs and for people."""

from collections.abc import Callable, Sequence
from pathlib import PurePath

from flask import Flask, Response, request

from dbspend360.api.docs_page import docs_page
from dbspend360.api.envelope import JSON
from dbspend360.api.openapi import document
from dbspend360.api.operation import Operation
from dbspend360.services.exact_json import json_text


def register(server: Flask, operations: Sequence[Operation]) -> None:
    """Add the routes. Both texts are made once: they change with the code only."""
    found = document(operations)
    texts = {
        "/api/openapi.json": (json_text(found), JSON),
        "/api/docs": (docs_page(found), "text/html"),
    }
    for path, (text, media) in texts.items():
        server.add_url_rule(
            path, f"api.{PurePath(path).stem}", _view(text, media), provide_automatic_options=False
        )


def _view(text: str, media: str) -> Callable[[], Response]:
    def answer() -> Response:
        response = Response(text, mimetype=media)
        response.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
        response.add_etag(weak=True)
        response.make_conditional(request)
        return response

    return answer
