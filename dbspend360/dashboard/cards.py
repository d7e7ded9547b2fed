"""The summary cards."""

from decimal import Decimal
from typing import Any

from dash import html

from dbspend360.dashboard import ids
from dbspend360.dashboard.elements import aria, data, swatch
from dbspend360.dashboard.links import view_link
from dbspend360.models.run import run_text
from dbspend360.models.summary import PeriodSum, Summary
from dbspend360.models.view_state import ViewState
from dbspend360.theme import UNKNOWN, count, day, percent, plural, usd, whole_usd

_TITLES = {
    ids.CARD_TOTAL_SPEND: "Total spend",
    ids.CARD_JOBS: "Jobs",
    ids.CARD_RUNS: "Runs",
    ids.CARD_AVERAGE_RUN: "Average per run",
    ids.CARD_HIGHEST_RUN: "Highest run",
    ids.CARD_SPLIT: "Where it goes",
}


def waiting_cards() -> list[html.Div]:
    """The cards before their first number, in the shape that comes."""
    bars = [html.Div(className="skeleton skeleton--number"), html.Div(className="skeleton")]
    return [_card(each, "", *bars) for each in _TITLES]


def cards(summary: Summary, view: ViewState, *, comparable: bool = True) -> list[html.Div]:
    """The cards of a view, in the order of the page.

    `comparable`: the data holds the whole period before.
    """
    shown = summary.shown
    return [
        _card(
            ids.CARD_TOTAL_SPEND,
            str(shown.total_spend),
            _number(usd(shown.total_spend)),
            _change(summary, view, comparable),
        ),
        _card(
            ids.CARD_JOBS,
            str(shown.total_jobs),
            _number(count(shown.total_jobs)),
            _note(_against(shown.total_jobs, summary.previous.total_jobs)),
        ),
        _card(
            ids.CARD_RUNS,
            str(shown.total_runs),
            _number(count(shown.total_runs)),
            _note(_per_day(shown.total_runs, view.days)),
        ),
        _card(
            ids.CARD_AVERAGE_RUN,
            _text(shown.avg_cost),
            _number(usd(shown.avg_cost)),
            _note(f"median {usd(shown.median_cost)}" if shown.total_runs else "nothing ran"),
        ),
        _highest(shown, view),
        _split(shown),
    ]


def _card(card: str, value: str, *body: Any) -> html.Div:  # noqa: ANN401
    title = html.H2(_TITLES[card], className="stat__title")
    return html.Div(
        [title, *body], id=card, className=f"stat stat--{card[5:]}", **data(value=value)
    )


def _number(text: str) -> html.P:
    return html.P(text, className="stat__number")


def _note(children: Any, **attributes: Any) -> html.P:  # noqa: ANN401
    return html.P(children, className="stat__note", **attributes)


def _text(amount: Decimal | None) -> str:
    return "" if amount is None else str(amount)


def _per_day(number: int, days: int) -> str:
    if not number:
        return "nothing ran"
    each = Decimal(number) / days
    return f"{each:.1f} a day" if each < 10 else f"{count(round(each))} a day"


def _against(now: int, before: int) -> str:
    return "same as before" if before == now else f"{count(before)} before"


def _change(summary: Summary, view: ViewState, comparable: bool) -> html.P:
    before = f"the {plural(view.days, 'day')} before" if view.days > 1 else "the day before"
    basis = f"on {before} ({usd(summary.previous.total_spend)})"
    change = summary.change_percent
    if not comparable:
        return _note(f"{before} are not all in the data" if view.days > 1 else _NO_DAY_BEFORE)
    if change is None:
        return _note(f"no spend in {before}")
    if change == 0:
        return _note(f"no change {basis}")
    way, arrow = ("worse", "▲") if change > 0 else ("better", "▼")
    moved = html.Span(f"{arrow} {percent(abs(change))}", className=f"change change--{way}")
    return _note([moved, f" {basis}"])


def _highest(shown: PeriodSum, view: ViewState) -> html.Div:
    key = shown.highest_run
    if key is None or shown.highest_run_date is None:
        return _card(ids.CARD_HIGHEST_RUN, "", _number(UNKNOWN), _note("nothing ran"))
    name = shown.highest_run_name or f"job {key.job_id}"
    link = view_link(
        [
            _number(usd(shown.max_cost)),
            _note(
                [
                    html.Span(name, className="stat__name", title=name),
                    html.Span(f"{day(shown.highest_run_date)} ›"),
                ]
            ),
        ],
        view,
        {},
        run=run_text(key),
        class_name="stat__link",
    )
    return _card(ids.CARD_HIGHEST_RUN, _text(shown.max_cost), link)


def _split(shown: PeriodSum) -> html.Div:
    return _card(
        ids.CARD_SPLIT,
        f"{shown.databricks_cost};{shown.ec2_cost}",
        split_bar(shown.databricks_cost, shown.ec2_cost),
        html.Div(
            [
                _part("databricks", "Databricks", shown.databricks_cost, shown.total_spend),
                _part("ec2", "EC2", shown.known_ec2_cost, shown.total_spend),
            ],
            className="legend",
        ),
        _note(_unknown(shown), title=_WHY_UNKNOWN),
    )


_NO_DAY_BEFORE = "the day before is not in the data"

_WHY_UNKNOWN = (
    "Serverless records have no EC2 cost of their own: it is inside the Databricks price. "
    "For the others AWS bills a day or two later."
)


def _unknown(shown: PeriodSum) -> str:
    if not shown.total_records:
        return "nothing ran"
    if not shown.unknown_ec2_records:
        return "every record has its EC2 cost"
    verb = "has" if shown.unknown_ec2_records == 1 else "have"
    text = f"{plural(shown.unknown_ec2_records, 'record')} {verb} no EC2 cost yet"
    coming = shown.unknown_ec2_records - shown.serverless_records
    parts = [
        f"{count(shown.serverless_records)} serverless" if shown.serverless_records else "",
        f"{count(coming)} still to come" if coming else "",
    ]
    return f"{text}: {', '.join(filter(None, parts))}"


def _part(kind: str, name: str, cost: Decimal | None, total: Decimal) -> html.Span:
    share = f" · {percent(cost / total * 100)}" if cost is not None and total > 0 else ""
    return html.Span(
        [swatch(kind), f"{name} {whole_usd(cost)}{share}"],
        className="legend__part",
        title=f"{name} {usd(cost)}",
    )


def split_bar(
    databricks: Decimal, ec2: Decimal, *, width_percent: Decimal | None = None
) -> html.Div:
    """A thin bar in the two colours; parts below zero have no width."""
    parts = {"databricks": max(databricks, Decimal(0)), "ec2": max(ec2, Decimal(0))}
    whole = sum(parts.values()) or Decimal(1)
    bars = [
        html.Span(className=f"bar__part bar__part--{kind}", style={"width": f"{cost / whole:.2%}"})
        for kind, cost in parts.items()
        if cost
    ]
    style = {} if width_percent is None else {"width": f"{width_percent:.2f}%"}
    return html.Div(bars, className="bar", style=style, **aria(hidden="true"))
