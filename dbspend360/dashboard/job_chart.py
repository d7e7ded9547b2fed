"""What a job cost on each day, with its normal range behind."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dash import html

from dbspend360.dashboard.breakdown_charts import normal_band
from dbspend360.dashboard.elements import swatch
from dbspend360.dashboard.trend import Figure, trend_figure
from dbspend360.models.job_cost import ENOUGH_RUNS
from dbspend360.models.summary import ZERO, DaySpend
from dbspend360.models.summary_words import NOT_COMPLETE
from dbspend360.models.view_state import ViewState
from dbspend360.services.normal import Normal, normal_cost
from dbspend360.theme import plural, usd

LEAST_DAYS = 30  # fewer are no history
_FIRST_YEAR = date(1971, 1, 1)  # of a view


def history_view(view: ViewState) -> ViewState:
    """The days of the view, and as many before its first one as a history needs."""
    first = view.end_date - timedelta(days=max(view.days, LEAST_DAYS) - 1)
    return view.with_changes(start_date=max(first, _FIRST_YEAR), preset=None)


def normal_day(days: list[DaySpend], view: ViewState, final_date: date) -> Normal | None:
    """What a day with runs normally costs, by as many days before the history; None: too few.

    `days`: from the first of those to the last day of the history.
    """
    before = [each for each in days if each.usage_date < view.start_date]
    return normal_cost([_total(each) for each in before if each.usage_date <= final_date])


def _total(each: DaySpend) -> Decimal:
    return (each.ec2_cost or ZERO) + each.databricks_cost


def job_figure(
    days: list[DaySpend], view: ViewState, final_date: date, normal: Normal | None
) -> Figure:
    """Stacked bars per day; the band is where four of five earlier days lie."""
    drawn = trend_figure(days, view, final_date)
    databricks, ec2, _ = drawn["data"]
    return {
        "data": [databricks, ec2],
        "layout": drawn["layout"]
        | {"shapes": [normal_band(normal)] if normal else [], "meta": {"first": "Day (UTC)"}},
    }


def job_legend(view: ViewState, final_date: date, normal: Normal | None) -> list[Any]:
    """What the marks of the chart mean, and what a normal day is."""
    parts: list[Any] = [
        html.Span([swatch("databricks"), "Databricks"]),
        html.Span([swatch("ec2"), "EC2"]),
    ]
    before = f"the {plural(view.days, 'day')} before"
    if normal:
        range_ = f"{usd(normal.low)} to {usd(normal.high)}"
        hint = f"Four of five days with runs in {before}; the median is {usd(normal.median)}"
        parts.append(html.Span([swatch("band"), f"a normal day: {range_}"], title=hint))
    else:
        hint = f"{ENOUGH_RUNS} days with runs in {before} are needed to say what is normal"
        parts.append(html.Span("learning what is normal", title=hint))
    if view.end_date > final_date:
        parts.append(html.Span([swatch("hatched"), "not complete yet"], title=NOT_COMPLETE))
    return parts
