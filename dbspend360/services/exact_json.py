"""Values as JSON text. Money stays a decimal: a number with six decimals, never a float."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Context, Decimal
from typing import Any

_MICRO = Decimal("0.000001")
_WIDE = Context(prec=60)  # the sums of a warehouse have up to 38 digits

_quoted = json.JSONEncoder(ensure_ascii=False).encode


def json_text(value: Any) -> str:  # noqa: ANN401 - what JSON holds, decimals and dates
    """One value; unknown is null, a day is `"2026-11-20"`, an amount is `120.500000`."""
    if isinstance(value, str):
        return _quoted(value)
    if value is None:
        return "null"
    if isinstance(value, Decimal):
        return money_text(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_quoted(k)}:{json_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    if isinstance(value, Sequence):
        return "[" + ",".join(map(json_text, value)) + "]"
    return json.dumps(value, allow_nan=False)


def money_text(amount: Decimal) -> str:
    """`120.500000`; without an exponent, and a zero without a sign."""
    rounded = amount.quantize(_MICRO, context=_WIDE)
    return format(rounded if rounded else _MICRO - _MICRO, "f")
