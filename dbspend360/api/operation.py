"""One address of the API: how it is asked, what it answers, and how that is described."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response
from pydantic import BaseModel

from dbspend360.api.envelope import JSON, Reply
from dbspend360.api.parameters import Parameters
from dbspend360.errors import (
    BadView,
    DBSpendError,
    NoData,
    NotYet,
    TookTooLong,
    Unreachable,
    WarehouseError,
)

ERRORS: tuple[type[DBSpendError], ...] = (
    BadView,
    WarehouseError,
    NoData,
    Unreachable,
    NotYet,
    TookTooLong,
)


def _no_stream(media: str, asked: Parameters) -> Response:
    raise NotImplementedError(media)


def _no_answer(asked: Parameters) -> Reply:
    raise NotImplementedError(type(asked).__name__)


@dataclass(frozen=True)
class Operation:
    """Both the route and its description are made from this, so they cannot differ."""

    path: str  # as OpenAPI writes it: `/api/job/{job_id}/breakdown`
    name: str
    summary: str
    description: str
    parameters: type[Parameters]
    data: type[BaseModel] | None  # None where it answers with a file
    example: Mapping[str, Any] | str  # of `data`, or of the file
    answer: Callable[[Any], Reply] = _no_answer  # given an instance of `parameters`
    media: str = JSON  # what it answers when the client does not choose
    errors: tuple[type[DBSpendError], ...] = ERRORS
    other_media: Mapping[str, str] = field(default_factory=dict)  # media type -> an example
    stream: Callable[[str, Any], Response] = _no_stream  # given one of these types
    method: str = "GET"
    body: type[BaseModel] | None = None  # what it reads, where it changes something
    body_example: Mapping[str, Any] = field(default_factory=dict)
    is_kept: bool = False  # the same for everybody, and hangs on the data and the day alone
    refusals: tuple[int, ...] = ()  # statuses of its own, beside those of `errors`

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return self.path.replace("{", "<").replace("}", ">")
