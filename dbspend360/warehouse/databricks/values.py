"""Values as the connector binds them to the question marks."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from databricks.sql.parameters.native import DecimalParameter

from dbspend360.warehouse.base import Value

_LARGEST_BIGINT = 2**63 - 1
_MOST_DIGITS = 38


def bindable(values: Iterable[Value]) -> list[Any]:
    """The same values, numbers with the precision that Databricks must give them."""
    return [_bindable(value) for value in values]


def _bindable(value: Value) -> Any:  # noqa: ANN401
    # Left to itself the connector calls 1E-7 a DECIMAL(4, 0), which is zero.
    if isinstance(value, Decimal):
        return _decimal(value)
    if type(value) is int and abs(value) > _LARGEST_BIGINT:
        return _decimal(Decimal(value))
    return value


def _decimal(value: Decimal) -> DecimalParameter:
    whole, _, fraction = format(value, "f").partition(".")
    fraction = fraction or "0"  # without one the connector chooses the type by itself again
    digits = min(len(whole.lstrip("-")) + len(fraction), _MOST_DIGITS)
    after_point = min(len(fraction), _MOST_DIGITS)
    # Its `scale` is the number of all digits, and its `precision` of those after the point.
    return DecimalParameter(
        f"{whole}.{fraction}",  # type: ignore[arg-type]  # a Decimal would say 1E-7 again
        scale=digits,
        precision=after_point,
    )
