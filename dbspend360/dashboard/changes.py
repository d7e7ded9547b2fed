"""What changed: the jobs that explain the difference to the period before, to the cent."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from dash import html

from dbspend360.dashboard import ids
from dbspend360.dashboard.elements import aria, data, titled
from dbspend360.dashboard.explain import explain
from dbspend360.dashboard.links import job_link
from dbspend360.dashboard.tree import Tree
from dbspend360.models.changes import Changes, JobChange, early_days
from dbspend360.models.view_state import ViewState
from dbspend360.theme import percent, plural, signed_usd, usd

_LATE = (
    "These days are not complete: what looks like a saving on them may only be late. "
    "It is counted here, and for no job."
)


def layout() -> html.Section:
    """The card, waiting."""
    waiting = [html.Div(className="skeleton") for _ in range(4)]
    return html.Section(
        [
            html.Div(
                [
                    Tree(
                        titled(
                            html.H2("What changed", className="panel__title"),
                            explain("what-changed", "period-before"),
                        )
                    ),
                    Tree(html.Span("against the period before", className="panel__note")),
                ],
                className="panel__head",
            ),
            html.Div(Tree(waiting), id=ids.CHANGES, className="changes"),
        ],
        className="panel",
    )


def changes(
    found: Changes, view: ViewState, final_date: date, *, comparable: bool = True
) -> list[Any]:
    """What rose, what fell, and the rest: lines in whole cents that add up to the difference.

    `final_date`: the last day that counts as complete. `comparable`: the data holds the whole
    period before.
    """
    before = f"the {plural(view.days, 'day')} before" if view.days > 1 else "the day before"
    if not found.has_records:
        return [_nothing(f"Nothing ran in these days, nor in {before}.")]
    if not comparable:
        verb = "are not all" if view.days > 1 else "is not"
        words = f"{before} {verb} in the data, so nothing can be compared."
        return [_nothing(f"{words[0].upper()}{words[1:]}")]
    shown = found.in_cents()
    most = max((abs(each.change) for each in shown.jobs), default=Decimal(1))
    return [
        html.Div(
            [
                _side("Cost more", shown.rises, most, view),
                _side("Cost less", shown.falls, most, view),
            ],
            className="changes__sides",
        ),
        html.Dl(
            [*_others(shown), *_early(shown, view, final_date), *_whole(shown, before)],
            className="changes__sum",
        ),
    ]


def _nothing(words: str) -> html.Div:
    return html.Div(words, className="state")


def _side(title: str, jobs: Sequence[JobChange], most: Decimal, view: ViewState) -> html.Div:
    rows: list[Any] = [_row(each, most, view) for each in jobs]
    none = html.P(f"No job {title.lower()}.", className="panel__note")
    return html.Div([html.H3(title, className="changes__title"), *(rows or [none])])


def _row(job: JobChange, most: Decimal, view: ViewState) -> html.A:
    name = job.job_name or f"job {job.job_id}"
    way = "worse" if job.change > 0 else "better"
    exact = f"{name}\nIn this period {usd(job.shown_cost)}\nPeriod before {usd(job.previous_cost)}"
    if job.early_change:
        exact += f"\nLess so far on days that are not complete {signed_usd(job.early_change)}"
    bar = html.Span(
        className=f"changes__part changes__part--{way}",
        style={"width": f"{abs(job.change) / most:.2%}"},
    )
    return job_link(
        [
            html.Span(name, className="changes__name", dir="auto"),
            html.Span(bar, className="changes__bar", **aria(hidden="true")),
            html.Span(signed_usd(job.change), className=f"changes__cost change--{way}"),
            html.Span(_moved(job), className="changes__share"),
        ],
        view,
        (job.workspace_id, job.job_id),
        class_name="changes__row",
        title=exact,
        **data(value=str(job.change)),
    )


def _moved(job: JobChange) -> str:
    """`+12 %`, `new`, `no runs`, or '' where no per cent can be told."""
    if job.previous_cost is None:
        return "new"
    if job.shown_cost is None:
        return "no runs"
    if job.previous_cost <= 0:
        return ""
    return percent(job.change / job.previous_cost * 100, signed=True, whole=True)


def _others(shown: Changes) -> list[Any]:
    """What the lines leave over, so that all adds up; also the cents that rounding loses."""
    if not shown.other_jobs and not shown.other_change:
        return []
    number = shown.other_jobs
    words = f"All other jobs · {number:,}" if number else "Rounding to cents"
    return _line(words, shown.other_change, "other")


def _early(shown: Changes, view: ViewState, final_date: date) -> list[Any]:
    if not shown.early_change:
        return []
    number = early_days(view, final_date)
    which = "" if number == view.days else "the last "
    days = f"{which}{plural(number, 'day')} that {'is' if number == 1 else 'are'} not complete"
    return _line(f"Less so far on {days}", shown.early_change, "early", hint=_LATE)


def _whole(shown: Changes, before: str) -> list[Any]:
    moved = ""
    if shown.previous_cost > 0:
        moved = f", {percent(shown.difference / shown.previous_cost * 100, signed=True)}"
    hint = f"{usd(shown.shown_cost)} less {usd(shown.previous_cost)}"
    return _line(f"Difference to {before}{moved}", shown.difference, "whole", hint=hint)


def _line(words: str, amount: Decimal, kind: str, *, hint: str = "") -> list[Any]:
    return [
        html.Div(
            [html.Dt(words), html.Dd(signed_usd(amount), **data(value=str(amount)))],
            className=f"changes__line changes__line--{kind}",
            title=hint,
        )
    ]
