"""Values as JSON text. Money stays a decimal: a number with six decimals, never a float."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Context, Decimal
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from types import NoneType
from typing import Any

_MICRO = Decimal("0.000001")
_NOTHING = "0.000000"
_WIDE = Context(prec=60)  # the sums of a warehouse have up to 38 digits


def money_text(amount: Decimal) -> str:
    """`120.500000`; without an exponent, and a zero without a sign."""
    text = str(amount)
    if text[-7:-6] == "." and "E" not in text and amount:
        return text  # as most come from a warehouse
    rounded = amount.quantize(_MICRO, context=_WIDE)
    return format(rounded, "f") if rounded else _NOTHING


_PLAIN: dict[type, Callable[[Any], str]] = {
    str: quoted,
    NoneType: lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: str,
    Decimal: money_text,
    date: lambda value: f'"{value.isoformat()}"',
    datetime: lambda value: f'"{value.isoformat()}"',
}


def json_text(value: Any) -> str:  # noqa: ANN401 - what JSON holds, decimals and dates
    """One value; unknown is null, a day is `"2026-11-20"`, an amount is `120.500000`."""
    if write := _PLAIN.get(type(value)):
        return write(value)
    if isinstance(value, Mapping):
        return _form(tuple(value)) % _texts(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ",".join(map(json_text, value)) + "]"
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


@lru_cache(maxsize=200)
def _form(names: tuple[str, ...]) -> str:
    """With a gap for each value: of a thousand rows, each has the same names."""
    pairs = (quoted(name).replace("%", "%%") + ":%s" for name in names)
    return "{" + ",".join(pairs) + "}"


def _texts(value: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple([_PLAIN.get(type(each), json_text)(each) for each in value.values()])


def indented_json(value: Any, margin: str = "\n") -> str:  # noqa: ANN401
    """The same for people to read, two spaces a level."""
    inner = margin + "  "
    if isinstance(value, Mapping) and value:
        parts = [f"{quoted(k)}: {indented_json(v, inner)}" for k, v in value.items()]
        return "{" + inner + f",{inner}".join(parts) + margin + "}"
    if isinstance(value, list) and value:
        return "[" + inner + f",{inner}".join(indented_json(v, inner) for v in value) + margin + "]"
    return json_text(value)
