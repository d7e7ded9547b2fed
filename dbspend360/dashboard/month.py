"""How the current month goes: a line below the total, and the bar of its budget."""

from datetime import date
from decimal import Decimal
from typing import Any

from dash import html

from dbspend360.dashboard.elements import aria, data, titled
from dbspend360.dashboard.explain import explain
from dbspend360.models.answer import Answer
from dbspend360.services.asking import Part
from dbspend360.services.forecast import Forecast, NoForecast
from dbspend360.services.month_outlook import Outlook
from dbspend360.theme import percent, whole_usd

_FULL = Decimal(100)


def month_part(found: Part[Outlook]) -> list[Any]:
    """What stands at the end of the total's card; nothing while it is not known."""
    if not isinstance(found, Answer):
        return []
    outlook = found.value
    bar = [_bar(outlook, outlook.budget.budget.amount)] if outlook.budget else []
    button = titled(_button(outlook), explain("forecast", "budget"))
    return [html.Div([_line(outlook), *bar, button], className="month")]


def _line(outlook: Outlook) -> html.P:
    month = f"{outlook.today:%B}"
    coming = outlook.forecast
    if isinstance(coming, NoForecast):
        words = f"{month}: {whole_usd(outlook.spent)} so far. {coming.reason}"
        return html.P(words, className="month__line")
    expected = html.Strong(whole_usd(coming.expected))
    between = f" (between {whole_usd(coming.low)} and {whole_usd(coming.high)})"
    return html.P(
        [f"{month}: on track for ", expected, between],
        className="month__line",
        **data(forecast=str(coming.expected)),
    )


def _bar(outlook: Outlook, amount: Decimal) -> html.Div:
    share = max(outlook.spent / amount * 100, Decimal(0))
    fate, words = budget_fate(outlook, amount)
    return html.Div(
        [
            html.Div(
                html.Div(className="month__fill", style={"width": f"{min(share, _FULL):.1f}%"}),
                className=f"month__bar month__bar--{fate}",
                **aria(hidden="true"),
            ),
            html.P(
                f"{percent(share, whole=True)} of {whole_usd(amount)}{words}",
                className="month__line",
            ),
        ],
        **data(budget=str(amount)),
    )


def budget_fate(outlook: Outlook, amount: Decimal) -> tuple[str, str]:
    """`over`, `ahead` or `fine`, and the end of the sentence that says so."""
    coming = outlook.forecast
    passed = coming.passes(amount) if isinstance(coming, Forecast) else None
    if outlook.spent > amount:
        return "over", f": passed on {_short(passed)}" if passed else ": passed"
    if isinstance(coming, NoForecast):
        return "fine", ""
    if passed:
        return "ahead", f"; on this course it is passed on {_short(passed)}"
    return "fine", "; on this course it lasts for the month"


def _button(outlook: Outlook) -> html.Button:
    words = "Change the budget" if outlook.budget else "Set a budget"
    return html.Button(words, className="month__button", type="button", **data(action="budget"))


def _short(when: date) -> str:
    return f"{when.day} {when:%b}"
