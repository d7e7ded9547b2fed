"""`/api/job-spends/forecast`: what the current month will come to."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from flask import request
from pydantic import BaseModel, Field

from dbspend360.api import examples
from dbspend360.api.answers import Money, Total
from dbspend360.api.envelope import Reply
from dbspend360.api.operation import Operation
from dbspend360.api.parameters import Jobs
from dbspend360.api.reading import Reader
from dbspend360.api.spends import view_filters
from dbspend360.services.forecast import Forecast, month_of
from dbspend360.services.month_outlook import foreseen
from dbspend360.warehouse.spends import SpendRepository

Foreseen = Annotated[Money | None, Field(description="USD; null when there is no forecast.")]


class ForecastData(BaseModel):
    """The month of today (UTC)."""

    start_date: date = Field(description="The first day of the month.")
    end_date: date = Field(description="The last day of the month.")
    spent: Total = Field(description="So far, with days that are not complete.")
    expected: Foreseen
    low: Foreseen
    high: Foreseen
    through: date | None = Field(description="The last complete day; later ones are guessed.")
    reason: str = Field(description="Why there is no forecast; empty when there is one.")


def operations(
    spend: SpendRepository,
    reader: Reader,
    today: Callable[[], date],
    final_date: Callable[[], date],
) -> list[Operation]:
    """The address of the forecast."""

    def answer(_asked: Jobs) -> Reply:
        view, asked = reader.view(request.query_string)
        now = today()
        found = foreseen(spend, view, today=now, final=final_date())
        spent, coming = found.value
        first, last = month_of(now)
        data: dict[str, Any] = {"start_date": first, "end_date": last, "spent": spent}
        if isinstance(coming, Forecast):
            known = {"expected": coming.expected, "low": coming.low, "high": coming.high}
            data |= known | {"through": coming.through, "reason": ""}
        else:
            unknown = dict.fromkeys(("expected", "low", "high", "through"))
            data |= unknown | {"reason": coming.reason}
        filters = view_filters(view) | {"start_date": first, "end_date": last}
        filters.pop("preset", None)
        return Reply(ForecastData(**data), filters, [*asked, found])

    return [
        Operation(
            path="/api/job-spends/forecast",
            name="forecastOfJobSpends",
            summary="What the current month will come to",
            description="From the last two complete weeks by weekday, with a range as wide as "
            "days and weeks have differed lately; a jump that has not begun is not in it.",
            parameters=Jobs,
            data=ForecastData,
            answer=answer,
            example=examples.FORECAST,
        )
    ]
