"""How the current month goes for the jobs of a view: what is spent and foreseen, and the budget."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dbspend360.errors import DBSpendError
from dbspend360.models.answer import Answer
from dbspend360.models.budget import filter_text
from dbspend360.models.summary import DaySpend
from dbspend360.models.view_state import ViewState
from dbspend360.services.budgets import Budgets, KeptBudget
from dbspend360.services.forecast import HISTORY_DAYS, STALE_DAYS, Forecast, NoForecast, forecast
from dbspend360.warehouse.spends import SpendRepository

_DAY = timedelta(days=1)
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Outlook:
    """Dollars of the month of `today`."""

    today: date
    spent: Decimal  # so far, with days that are not complete
    forecast: Forecast | NoForecast
    budget: KeptBudget | None
    is_whole: bool = True  # False: whether there is a budget is not known


class MonthOutlook:
    """Asks for it."""

    def __init__(
        self,
        spend: SpendRepository,
        budgets: Budgets,
        *,
        today: Callable[[], date],
        final_date: Callable[[], date],
    ) -> None:
        self._spend, self._budgets = spend, budgets
        self._today, self._final_date = today, final_date

    def days_beside(self, view: ViewState, last: date) -> tuple[date, date] | None:
        """The days that `of_view` asks for; None where those of the view are enough.

        `last`: the last day with data.
        """
        days = _days_needed(today=self._today(), through=min(self._final_date(), last))
        return None if _holds(view, days, last) else days

    def of_view(self, view: ViewState) -> Answer[Outlook]:
        """For the jobs of the view, whatever its days.

        Raises:
            WarehouseError: there is no answer.
        """
        today = self._today()
        final = self._final_date()
        found = foreseen(self._spend, view, today=today, final=final, beside_page=True)
        try:
            budget = self._budgets.of(filter_text(view))
        except DBSpendError:  # the figures are worth more; the dialog says what is wrong
            return found.map(lambda coming: Outlook(today, *coming, None, is_whole=False))
        return found.map(lambda coming: Outlook(today, *coming, budget))


def foreseen(
    spend: SpendRepository,
    view: ViewState,
    *,
    today: date,
    final: date,
    beside_page: bool = False,
) -> Answer[tuple[Decimal, Forecast | NoForecast]]:
    """What the jobs of a view have cost in the month of `today` so far, and what it will come to.

    `beside_page`: the days of the view are asked for as well, and are enough where they reach as
    far: so it is with the last thirty.

    Raises:
        WarehouseError: there is no answer.
    """
    bounds = spend.bounds().value
    first, last = bounds.first_date or today, bounds.last_date or date.min
    days = _days_needed(today=today, through=min(final, last))

    def seen(found: list[DaySpend]) -> tuple[Decimal, Forecast | NoForecast]:
        sums = {each.usage_date: _total(each) for each in found}
        spent = sum((cost for each, cost in sums.items() if each >= today.replace(day=1)), _ZERO)
        return spent, forecast(sums, today=today, final=final, first_date=first, last_date=last)

    if beside_page and _holds(view, days, last):
        return spend.daily(view).map(seen)
    return (spend.beside_month(days) if beside_page else spend).days_between(view, *days).map(seen)


def _days_needed(*, today: date, through: date) -> tuple[date, date]:
    """First and last day that a forecast looks at; `through` is the last complete one."""
    month = today.replace(day=1)
    if through < today - STALE_DAYS * _DAY:
        return month, today
    return min(through - (HISTORY_DAYS - 1) * _DAY, month), today


def _holds(view: ViewState, days: tuple[date, date], last: date) -> bool:
    """Whether a view, with as many days before it, has all of these days that have data."""
    return view.before[0] <= days[0] and last <= view.end_date


def _total(found: DaySpend) -> Decimal:
    return (found.ec2_cost or _ZERO) + found.databricks_cost
