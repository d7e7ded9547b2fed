"""Everything under `/api`: the routes, and what is said when there is no answer.

Whatever goes wrong under `/api` is answered as JSON by this file, Werkzeug's own errors and our
mistakes too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from flask import Flask, Response, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import HTTPException, NotAcceptable
from werkzeug.routing import Map, Rule

from dbspend360.api.envelope import JSON, Written, refusal, success, told, written
from dbspend360.api.error_page import error_page
from dbspend360.api.operation import Operation
from dbspend360.api.reading import Reader
from dbspend360.errors import DBSpendError
from dbspend360.services.kept_answers import KeptAnswers
from dbspend360.warehouse.counted import count_again, names_asked

ROOT = "/api"


def register(
    server: Flask, reader: Reader, operations: Sequence[Operation], kept: KeptAnswers[Written]
) -> None:
    """Add the routes, and answer everything else under `/api`."""
    for each in operations:
        server.add_url_rule(
            each.rule,
            f"api.{each.name}",
            _view(reader, each, kept),
            methods=[each.method],
            provide_automatic_options=False,
        )
    _guard(server)


def _view(
    reader: Reader, operation: Operation, kept: KeptAnswers[Written]
) -> Callable[..., Response]:
    def answer(**path: str) -> Response:
        media = choose_media([operation.media, *operation.other_media])
        try:
            if media == JSON and operation.is_kept:
                return _again_or_new(reader, operation, kept, path)
            asked = reader.parameters(operation.parameters, request.query_string, path)
            if media == JSON:
                return success(written(operation.answer(asked)))
            found = operation.stream(media, asked)
        except DBSpendError as error:
            return told(error)
        found.headers["Vary"] = "Accept"  # nobody else has said anything yet
        return found

    return answer


def _again_or_new(
    reader: Reader, operation: Operation, kept: KeptAnswers[Written], path: Mapping[str, str]
) -> Response:
    query = request.query_string
    key = kept.key(operation.path, query, tuple(path.items()), reader.today())
    if known := kept.find(key):
        count_again(known.questions)
        return success(known, is_again=True)
    asked = reader.parameters(operation.parameters, query, path)
    with names_asked() as names:
        new = written(operation.answer(asked))
    kept.keep(key, replace(new, questions=tuple(names)))
    return success(new)


def choose_media(offered: Sequence[str]) -> str:
    """The format that the client likes best; the first one when it does not say.

    Raises:
        NotAcceptable: it takes none of them.
    """
    if not request.environ.get("HTTP_ACCEPT"):
        return offered[0]
    accepted = request.accept_mimetypes
    if not accepted:
        return offered[0]
    # Without their parameters: `application/json; charset=utf-8` is JSON.
    plain = MIMEAccept([(value.partition(";")[0].strip(), q) for value, q in accepted])
    chosen = plain.best_match(offered)
    if chosen is None:
        raise NotAcceptable
    return chosen


def _guard(server: Flask) -> None:
    own = Map(
        [
            Rule(rule.rule, endpoint=rule.endpoint, methods=rule.methods)
            for rule in server.url_map.iter_rules()
            if _is_ours(rule.rule)
        ],
        merge_slashes=False,
    )

    @server.before_request
    def only_what_there_is() -> None:
        rule = request.url_rule
        # The page answers every other address, with HTML.
        if (rule is None or not _is_ours(rule.rule)) and _is_ours(request.path):
            own.bind("").match(request.path, method=request.method)

    @server.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Response | HTTPException:
        if not _is_ours(request.path):
            return error_page(error)
        response = refusal(error.code or 500)
        for name, value in error.get_headers():
            if name not in ("Content-Type", "Content-Length"):
                response.headers[name] = value
        return response


def _is_ours(path: str) -> bool:
    return path == ROOT or path.startswith(f"{ROOT}/")
