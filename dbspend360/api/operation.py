"""One address of the API: how it is asked, what it answers, and how that is described."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response
from pydantic import BaseModel

from dbspend360.api.envelope import Reply
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


@dataclass(frozen=True)
class Operation:
    """Both the route and its description are made from this, so they cannot differ."""

    path: str  # as OpenAPI writes it: `/api/job/{job_id}/breakdown`
    name: str
    summary: str
    description: str
    parameters: type[Parameters]
    data: type[BaseModel]
    answer: Callable[[Any], Reply]  # given an instance of `parameters`
    example: Mapping[str, Any]  # of `data`
    errors: tuple[type[DBSpendError], ...] = ERRORS
    other_media: Mapping[str, str] = field(default_factory=dict)  # media type -> an example
    stream: Callable[[str, Any], Response] = _no_stream  # given one of these types
    method: str = "GET"
    body: type[BaseModel] | None = None  # what it reads, where it changes something
    body_example: Mapping[str, Any] = field(default_factory=dict)
    refusals: tuple[int, ...] = ()  # statuses of its own, beside those of `errors`

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return self.path.replace("{", "<").replace("}", ">")
