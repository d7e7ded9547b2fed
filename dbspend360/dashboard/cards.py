"""The summary cards."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from dash import html

from dbspend360.dashboard import ids
from dbspend360.dashboard.elements import aria, data, swatch, titled
from dbspend360.dashboard.explain import explain
from dbspend360.dashboard.links import view_link
from dbspend360.models import summary_words as words
from dbspend360.models.run import run_text
from dbspend360.models.summary import PeriodSum, Summary
from dbspend360.models.view_state import ViewState
from dbspend360.theme import UNKNOWN, count, day, short_usd, usd

_TITLES = {
    ids.CARD_TOTAL_SPEND: "Total spend",
    ids.CARD_JOBS: "Jobs",
    ids.CARD_RUNS: "Runs",
    ids.CARD_AVERAGE_RUN: "Average per run",
    ids.CARD_HIGHEST_RUN: "Highest run",
    ids.CARD_SPLIT: "Where it goes",
}


_EXPLAINED = {
    ids.CARD_TOTAL_SPEND: ("total-spend", "change"),
    ids.CARD_JOBS: ("jobs",),
    ids.CARD_RUNS: ("runs", "runs-a-day"),
    ids.CARD_AVERAGE_RUN: ("average-run", "median-run"),
    ids.CARD_HIGHEST_RUN: ("highest-run",),
    ids.CARD_SPLIT: ("split", "databricks", "ec2", "unknown-ec2"),
}


def waiting_cards() -> list[html.Div]:
    """The cards before their first number, in the shape that comes."""
    bars = [html.Div(className="skeleton skeleton--number"), html.Div(className="skeleton")]
    return [_card(each, "", *bars) for each in _TITLES]


def cards(
    summary: Summary,
    view: ViewState,
    final_date: date,
    *,
    comparable: bool = True,
    of_one_job: bool = False,
    month: Sequence[Any] = (),
) -> list[html.Div]:
    """The cards of a view, in the order of the page.

    `final_date`: the last day that counts as complete. `comparable`: the data holds the whole
    period before. `of_one_job`: how many jobs there are goes without saying. `month`: how the
    current one goes.
    """
    shown = summary.shown
    jobs = _card(
        ids.CARD_JOBS,
        str(shown.total_jobs),
        _number(count(shown.total_jobs)),
        _note(words.jobs_before(summary)),
    )
    return [
        _card(
            ids.CARD_TOTAL_SPEND,
            str(shown.total_spend),
            _number(usd(shown.total_spend)),
            _change(
                words.total_change(summary, view, comparable=comparable, final_date=final_date)
            ),
            *month,
        ),
        *([] if of_one_job else [jobs]),
        _card(
            ids.CARD_RUNS,
            str(shown.total_runs),
            _number(count(shown.total_runs)),
            _note(words.runs_per_day(shown, view.days)),
        ),
        _card(
            ids.CARD_AVERAGE_RUN,
            _text(shown.avg_cost),
            _number(usd(shown.avg_cost)),
            _note(words.median_run(shown)),
        ),
        _highest(shown, view),
        _split(shown),
    ]


def _card(card: str, value: str, *body: Any) -> html.Div:  # noqa: ANN401
    title = titled(html.H2(_TITLES[card], className="stat__title"), explain(*_EXPLAINED[card]))
    return html.Div(
        [title, *body], id=card, className=f"stat stat--{card[5:]}", **data(value=value)
    )


def _number(text: str) -> html.P:
    return html.P(text, className="stat__number")


def _note(children: Any, **attributes: Any) -> html.P:  # noqa: ANN401
    return html.P(children, className="stat__note", **attributes)


def _text(amount: Decimal | None) -> str:
    return "" if amount is None else str(amount)


def _change(change: words.Change) -> html.P:
    if not change.moved:
        return _note(change.basis)
    moved = html.Span(change.moved, className=f"change change--{change.way}")
    return _note([moved, f" {change.basis}"])


def _highest(shown: PeriodSum, view: ViewState) -> html.Div:
    key, found = shown.highest_run, words.highest_run(shown)
    if key is None or found is None:
        return _card(ids.CARD_HIGHEST_RUN, "", _number(UNKNOWN), _note(words.NOTHING_RAN))
    name, when = found
    link = view_link(
        [
            _number(usd(shown.max_cost)),
            _note(
                [
                    html.Span(name, className="stat__name", title=name),
                    html.Span(f"{day(when)} ›"),
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
        _note(words.unknown_ec2(shown), title=words.WHY_UNKNOWN),
    )


def _part(kind: str, name: str, cost: Decimal | None, total: Decimal) -> html.Span:
    share = words.part_of(cost, total)
    return html.Span(
        [swatch(kind), f"{name} {short_usd(cost)}" + (f" · {share}" if share else "")],
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
