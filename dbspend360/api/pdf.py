"""`/api/export/pdf`: a view, as JSON, for its printed report."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Response

from dbspend360.api import examples
from dbspend360.api.body import REFUSALS, read_body
from dbspend360.api.export import client_waits, sent
from dbspend360.api.operation import ERRORS, Operation
from dbspend360.api.parameters import ExportedView, Nothing, short
from dbspend360.api.reading import Reader, refuse
from dbspend360.errors import ExportFailed, NoRoom, StoreError, TooLarge, TooManyExports
from dbspend360.models.report import FileFormat
from dbspend360.models.view_query import Problem
from dbspend360.services.current_user import current_user
from dbspend360.services.export_desk import ExportDesk


def operations(reader: Reader, exports: ExportDesk) -> list[Operation]:
    """The address of the report."""
    return [
        Operation(
            path="/api/export/pdf",
            name="exportPdf",
            summary="A view as a PDF",
            description="The view as JSON, in the words of the page's links; what is left out is "
            "as the page has it. The report is the one behind `/export/job-spends.pdf`.",
            parameters=Nothing,
            data=None,
            media=FileFormat.PDF.media,
            example=examples.PDF,
            errors=(*ERRORS, StoreError, NoRoom, TooLarge, TooManyExports, ExportFailed),
            stream=_answer(reader, exports),
            method="POST",
            body=ExportedView,
            body_example=examples.EXPORTED_VIEW,
            refusals=REFUSALS,
        )
    ]


def _answer(reader: Reader, exports: ExportDesk) -> Callable[[str, Any], Response]:
    def answer(_media: str, _asked: Nothing) -> Response:
        query = _query(read_body())
        reader.parameters(ExportedView, query.encode(), {})
        reader.view(query.encode())
        return sent(exports.file(query, FileFormat.PDF, current_user(), client_waits))

    return answer


def _query(fields: dict[str, Any]) -> str:
    """The fields as a link has them, so that both doors read them alike; null is left out."""
    given = {name: value for name, value in fields.items() if not _is_left_out(name, value)}
    refuse(_problems(given))
    return urlencode(given, doseq=True)


def _is_left_out(name: str, value: object) -> bool:
    """Null is nothing where nothing is a choice."""
    known = ExportedView.model_fields.get(name)
    return value is None and known is not None and known.default is None


def _problems(fields: dict[str, Any]) -> list[Problem]:
    wrong = []
    for name, value in fields.items():
        listed = value if name == "where" and isinstance(value, list) else [value]
        if not all(isinstance(each, str) for each in [name, *listed]):
            wrong.append(Problem(short(name), "is not a text"))
        elif not all(_is_text(each) for each in [name, *listed]):
            wrong.append(Problem("body", "is not text in UTF-8"))
    return wrong


def _is_text(given: str) -> bool:
    """JSON can hold half of a character."""
    try:
        given.encode()
    except UnicodeEncodeError:
        return False
    return True
