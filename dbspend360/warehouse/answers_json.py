"""Remembered answers as JSON bytes.

Not pickle: reading a pickle runs whatever its writer wanted, and a cache is a place that others may
be able to write to. Reading this can only give rows, or nothing.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from dbspend360.models.answer import Answer
from dbspend360.warehouse.base import Row, Rows, Value

# JSON has no word for these: they are written as `[tag, text]`, which no plain value looks like.
_READERS: dict[str, Callable[[str], Value]] = {
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
}


def dumped(answer: Answer[Rows]) -> bytes:
    """The answer's rows and when they were asked for."""
    content = {"asked_at": answer.asked_at.isoformat(), "rows": answer.value}
    return json.dumps(content, default=_tagged, separators=(",", ":")).encode()


def loaded(data: object) -> Answer[Rows] | None:
    """What `dumped` wrote; None for anything else, such as a truncated or a foreign entry."""
    if not isinstance(data, bytes):
        return None
    try:
        content = json.loads(data)
        asked_at = datetime.fromisoformat(content["asked_at"])
        rows = [_row(each) for each in content["rows"]]
    # Arithmetic for a wrong decimal, recursion for a million brackets.
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError):
        return None
    return Answer(rows, asked_at, cached=True) if asked_at.tzinfo else None


def _tagged(value: object) -> list[str]:
    if isinstance(value, Decimal):
        return ["decimal", str(value)]
    if isinstance(value, datetime):  # before date: a datetime is one
        return ["datetime", value.isoformat()]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    raise TypeError(f"a row cannot hold a {type(value).__name__}")


def _row(pairs: object) -> Row:
    if not isinstance(pairs, dict):
        raise TypeError("a row is an object")
    return {name: _value(value) for name, value in pairs.items()}


def _value(value: object) -> Value:
    if isinstance(value, list):
        tag, text = value
        return _READERS[tag](text)
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError("a value is not an object")
