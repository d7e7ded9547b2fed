"""`/api/openapi.json`: the description of the API, made from what the code itself goes by."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from dbspend360.api import examples
from dbspend360.api.answers import ROWS, SCHEMAS, Failure, Meta
from dbspend360.api.envelope import JSON, WORDS
from dbspend360.api.operation import Operation
from dbspend360.errors import DBSpendError

Json = dict[str, Any]

_ABOUT = """The same answers as the page, for scripts: same view, same numbers.

Every answer is `{"success": true, "data": ..., "meta": ...}`, every error
`{"success": false, "error": ..., "meta": ...}`. Amounts are USD with six decimals, exact when they
are read as decimals; what is unknown is null. Days are UTC days.

Under `/api` parameters and fields are only ever added: none is removed, renamed or given another
meaning. Ignore fields you do not know."""


class _Schema(GenerateJsonSchema):
    """Without a title for each field: the name says it."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401
        """Never."""
        return False


def document(operations: Sequence[Operation]) -> Json:
    """The whole document, OpenAPI 3.1."""
    paths: Json = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method.lower()] = _described(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "DBSpend360",
            "version": version("dbspend360"),
            "description": _ABOUT,
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": _schemas(operations)},
    }


def _schemas(operations: Sequence[Operation]) -> Json:
    models: set[type[BaseModel]] = {each.data for each in operations if each.data}
    models |= {*ROWS.values(), Meta, Failure}
    ordered = sorted(models, key=lambda each: each.__name__)
    _, found = models_json_schema(
        [(each, "serialization") for each in ordered],
        ref_template=SCHEMAS + "{model}",
        schema_generator=_Schema,
    )
    read = {each.body for each in operations if each.body}
    ordered = sorted(read, key=lambda each: each.__name__)
    _, taken = models_json_schema(
        [(each, "validation") for each in ordered],
        ref_template=SCHEMAS + "{model}",
        schema_generator=_Schema,
    )
    schemas: Json = found["$defs"] | taken.get("$defs", {})
    return schemas


def _described(operation: Operation) -> Json:
    described: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.description,
        "parameters": _parameters(operation.parameters),
        "responses": _responses(operation),
    }
    if operation.body:
        schema = {"$ref": SCHEMAS + operation.body.__name__}
        content = {JSON: {"schema": schema, "example": operation.body_example}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _parameters(model: type[BaseModel]) -> list[Json]:
    schemas = model.model_json_schema(schema_generator=_Schema, ref_template=SCHEMAS + "{model}")
    return [
        _parameter(name, field, schemas["properties"][name], schemas.get("$defs", {}))
        for name, field in model.model_fields.items()
    ]


def _parameter(name: str, field: FieldInfo, schema: Json, others: Json) -> Json:
    example = (field.examples or [None])[0]
    place = schema.get("in", "query")
    return {
        "name": name,
        "in": place,
        "required": field.is_required(),
        "description": field.description,
        "schema": _plain(schema, others),
        "examples": {"usual": {"value": example}},
    }


def _plain(schema: Json, others: Json) -> Json:
    """The schema of one value: a parameter that is left out is not null, and has no reference."""
    chosen = next((e for e in schema.get("anyOf", ()) if e.get("type") != "null"), schema)
    if "$ref" in chosen:
        chosen = others[chosen["$ref"].removeprefix(SCHEMAS)]
    left_out = {"examples", "description", "in", "title"} | (
        {"default"} if schema.get("default") is None else set()
    )
    kept = {name: value for name, value in chosen.items() if name not in left_out}
    if schema.get("default") is not None:
        kept["default"] = schema["default"]
    return kept


def _responses(operation: Operation) -> Json:
    content = {operation.media: _answered(operation)} | {
        media: {"schema": {"type": "string"}, "example": text}
        for media, text in operation.other_media.items()
    }
    found: Json = {
        "200": {"description": "The answer.", "headers": _HEADERS, "content": content},
        "304": {"description": "Nothing has changed since the answer with this ETag."},
    }
    if operation.method != "GET":
        del found["304"]
    if operation.data is None:
        del found["200"]["headers"]
    return found | _failures(operation.errors, operation.refusals)


_HEADERS: Json = {
    "ETag": {
        "description": "Send it back in If-None-Match to be told 304. JSON only.",
        "schema": {"type": "string"},
    },
}
_RETRY: Json = {
    "Retry-After": {
        "description": "Seconds after which to ask again, where that may do.",
        "schema": {"type": "integer"},
    },
}


def _answered(operation: Operation) -> Json:
    if operation.data is None:
        return {"schema": {"type": "string", "format": "binary"}, "example": operation.example}
    schema = {
        "type": "object",
        "required": ["success", "data", "meta"],
        "properties": {
            "success": {"const": True},
            "data": {"$ref": SCHEMAS + operation.data.__name__},
            "meta": {"$ref": SCHEMAS + Meta.__name__},
        },
    }
    example = {"success": True, "data": operation.example, "meta": examples.META}
    return {"schema": schema, "example": example}


def _failures(errors: Iterable[type[DBSpendError]], refusals: Iterable[int]) -> Json:
    """Of each status the codes that it may have, with one example."""
    codes = {status: [WORDS[status][0]] for status in (406, 429, 500, *refusals)}
    for each in errors:
        codes.setdefault(each.status, []).append(each.code)
    return {str(status): _failure(status, codes[status]) for status in sorted(codes)}


def _failure(status: int, codes: list[str]) -> Json:
    said = " or ".join(f"`{code}`" for code in codes)
    content = {
        "schema": {"$ref": SCHEMAS + Failure.__name__},
        "example": examples.failure(codes[0]),
    }
    described: Json = {
        "description": f"{HTTPStatus(status).phrase}: {said}.",
        "content": {JSON: content},
    }
    if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        described["headers"] = _RETRY
    return described
