"""The one question every door asks."""

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dbspend360.models.columns import Column, Grouping, column
from dbspend360.models.presets import Preset

MAX_DAYS = 731  # this year and the last; a wider scan costs real warehouse money

Operator = Literal[
    "contains",
    "notContains",
    "equals",
    "notEqual",
    "startsWith",
    "endsWith",
    "lessThan",
    "lessThanOrEqual",
    "greaterThan",
    "greaterThanOrEqual",
    "inRange",
    "blank",
    "notBlank",
]
_EVERY = {"equals", "notEqual", "blank", "notBlank"}
_TEXT = _EVERY | {"contains", "notContains", "startsWith", "endsWith"}
_ORDERED = _EVERY | {
    "lessThan",
    "lessThanOrEqual",
    "greaterThan",
    "greaterThanOrEqual",
    "inRange",
}

Text = Annotated[str, Field(max_length=300)]


class ColumnFilter(BaseModel):
    """One condition on a column of the table, as the grid's filter menu makes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: Text
    operator: Operator
    value: Text = ""
    value_to: Text = ""  # the other end of `inRange`, included


class Sort(BaseModel):
    """Order of the table: `-total_cost` is the dearest first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: Text
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.column}" if self.descending else self.column


DEFAULT_SORT = {
    Grouping.DAY: Sort(column="usage_date", descending=True),
} | {
    each: Sort(column="total_cost", descending=True)
    for each in Grouping
    if each is not Grouping.DAY
}


class ViewState(BaseModel):
    """What is asked: days, jobs, and how the table shows them.

    Frozen, so it can be a cache key; small, so it fits in a URL.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_date: date
    end_date: date  # included
    preset: Preset | None = None  # the name under which the days were chosen
    job_name: Text = ""  # part of a name in any case, or a whole job id; "" is every job
    workspace_id: Text = ""  # exactly; "" is every workspace
    job_id: Text = ""
    cluster_id: Text = ""
    group_by: Grouping = Grouping.RUN
    sort: Sort = DEFAULT_SORT[Grouping.RUN]
    filters: tuple[ColumnFilter, ...] = ()
    alerts: Text = ""  # "only": the table shows the rows with an alert; "" is all

    @field_validator("job_name", "workspace_id", "job_id", "cluster_id")
    @classmethod
    def no_null_character(cls, text: str) -> str:
        """Refuse what no name can hold and some engines cut a text at."""
        if "\0" in text:
            raise ValueError("holds a null character")
        return text

    @model_validator(mode="after")
    def days_must_make_sense(self) -> Self:
        """Refuse a backwards or an over-long range."""
        days = (self.end_date - self.start_date).days + 1
        if days < 1:
            raise ValueError(f"start_date {self.start_date} is after end_date {self.end_date}")
        if days > MAX_DAYS:
            raise ValueError(f"choose at most {MAX_DAYS} days, not {days:,}")
        if self.start_date.year < 1971:
            raise ValueError(f"start_date {self.start_date} is before there was any cloud")
        return self

    @model_validator(mode="after")
    def alerts_must_make_sense(self) -> Self:
        """Refuse what is not "only", and rows that have no normal of their own."""
        if self.alerts not in ("", "only"):
            raise ValueError(f"alerts: '{self.alerts[:40]}' is not 'only'")
        if self.alerts and self.group_by is Grouping.CLUSTER:
            raise ValueError("alerts: a cluster has none of its own; choose another kind of row")
        return self

    @model_validator(mode="after")
    def columns_must_exist(self) -> Self:
        """Refuse an order or a condition on a column this grouping does not have."""
        if column(self.group_by, self.sort.column) is None:
            raise ValueError(f"sort: there is no column '{self.sort.column}' by {self.group_by}")
        for each in self.filters:
            found = column(self.group_by, each.column)
            if found is None:
                raise ValueError(f"where: there is no column '{each.column}' by {self.group_by}")
            check_filter(each, found)
        return self

    @property
    def days(self) -> int:
        """How many days are asked for."""
        return (self.end_date - self.start_date).days + 1

    @property
    def before(self) -> tuple[date, date]:
        """First and last of the same number of days before."""
        one = timedelta(days=1)
        return self.start_date - self.days * one, self.start_date - one

    def with_changes(self, **changes: Any) -> Self:  # noqa: ANN401 - any field of this model
        """The same view but for `changes`, checked again."""
        return type(self).model_validate({**dict(self), **changes})


def check_filter(condition: ColumnFilter, on: Column) -> None:
    """Refuse an operator or a value that the column's kind has no use for (ValueError)."""
    allowed = _TEXT if on.kind in ("text", "id") else _ORDERED
    if condition.operator not in allowed:
        raise ValueError(f"where: '{condition.operator}' does not go with {on.title}")
    if condition.operator in ("blank", "notBlank"):
        return
    filter_value(on, condition.value)
    if condition.operator == "inRange":
        filter_value(on, condition.value_to)


def filter_value(on: Column, text: str) -> str | date | Decimal:
    """The value a condition compares with, in the column's own type (ValueError if it is none)."""
    if on.kind == "day":
        return _day(on, text)
    if on.kind in ("count", "money"):
        return _number(on, text)
    if "\0" in text:
        raise ValueError(f"where: {on.title} cannot hold a null character")
    return text


def _day(on: Column, text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError(
            f"where: {on.title} needs a day such as 2026-11-20, not '{text}'"
        ) from None


def _number(on: Column, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"where: {on.title} needs a number, not '{text}'") from None
    if not number.is_finite() or not -(10**15) <= number <= 10**15:  # abs() overflows
        raise ValueError(f"where: {on.title} needs a number below 10^15, not '{text}'")
    return number.quantize(Decimal("0.000001"))
