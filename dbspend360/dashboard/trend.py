"""Spend per day."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dash import dcc, html

from dbspend360.dashboard import ids
from dbspend360.dashboard.chart_table import chart_table, described
from dbspend360.dashboard.elements import data, swatch, titled
from dbspend360.dashboard.explain import explain
from dbspend360.dashboard.tree import Tree
from dbspend360.models.summary import ZERO, DaySpend
from dbspend360.models.summary_words import NOT_COMPLETE, before_words
from dbspend360.models.view_state import ViewState
from dbspend360.theme import (
    BAD,
    CARD,
    DATABRICKS,
    EC2,
    INK,
    INK_2,
    LINE,
    QUIET,
    day,
    plural,
    usd,
)

Figure = dict[str, Any]

DAY = timedelta(days=1)
MOST_LABELS = 7
BAR_WIDTH = 62_000_000  # milliseconds of a day: Plotly gives a bar that stands alone none at all
GRAPH_CONFIG: Any = {"displayModeBar": False, "responsive": True, "doubleClick": False}


def layout() -> html.Section:
    """The card, waiting."""
    return html.Section(
        [
            html.Div(
                [
                    Tree(
                        titled(
                            html.H2("Spend per day", className="panel__title"),
                            explain("spend-per-day", "period-before", "not-complete"),
                        )
                    ),
                    html.Div(id=ids.TREND_LEGEND, className="legend panel__note"),
                ],
                className="panel__head",
            ),
            html.Div(
                [
                    described(
                        dcc.Graph(
                            id=ids.CHART_TREND,
                            config=GRAPH_CONFIG,
                            responsive=True,
                            className="trend__graph",
                            style={"height": 270},
                        ),
                        "Chart of the spend per day. Its figures are in the table below it.",
                    ),
                    html.Div(
                        html.Div(className="skeleton skeleton--chart"),
                        id=ids.TREND_STATE,
                        className="trend__state",
                    ),
                ],
                className="trend",
            ),
            chart_table(ids.CHART_TREND, "Spend per day in US dollars"),
            dcc.Store(id=ids.TREND_SOURCE),
        ],
        className="panel trend-card",
    )


def legend(
    view: ViewState, final_date: date, *, has_alerts: bool = False
) -> list[html.Span | html.Button]:
    """What the marks of the chart mean."""
    parts: list[html.Span | html.Button] = [
        html.Span([swatch("databricks"), "Databricks"]),
        html.Span([swatch("ec2"), "EC2"]),
        html.Button(
            [swatch("line"), before_words(view)],
            className="legend__switch",
            title="Show or hide the period before",
            **data(action="before"),
        ),
    ]
    if view.end_date > final_date:
        parts.append(
            html.Span(
                [swatch("hatched"), "not complete yet"],
                title=NOT_COMPLETE,
            )
        )
    if has_alerts:
        parts.append(html.Span([swatch("alert"), "alert"]))
    return parts


def trend_figure(
    days: list[DaySpend],
    view: ViewState,
    final_date: date,
    alerts: Mapping[date, int] | None = None,
    *,
    first_date: date = date.min,
) -> Figure:
    """Stacked bars per day, the period before as a thin dashed line, a dot over days with alerts.

    Args:
        days: from the first day of the period before to the last day of the view.
        view: the days shown.
        final_date: days after it are hatched, for they are not complete.
        alerts: how many alerts a day has.
        first_date: of the data; what a day before it cost is not known, so it has no point.
    """
    by_day = {each.usage_date: each for each in days}
    shown = [view.start_date + n * DAY for n in range(view.days)]
    before = [view.before[0] + n * DAY for n in range(view.days)]
    return {
        "data": [
            _bars(
                "Databricks",
                DATABRICKS,
                shown,
                _costs(by_day, shown, "databricks_cost"),
                final_date,
            ),
            _bars("EC2", EC2, shown, _costs(by_day, shown, "ec2_cost"), final_date),
            _line(
                shown,
                before,
                [
                    cost if then >= first_date else None
                    for then, cost in zip(before, _totals(by_day, before), strict=True)
                ],
                _totals(by_day, shown),
            ),
            *_dots(shown, _totals(by_day, shown), alerts or {}),
        ],
        "layout": _layout(shown),
    }


def _costs(by_day: dict[date, DaySpend], days: list[date], name: str) -> list[Decimal | None]:
    return [getattr(by_day[each], name) if each in by_day else ZERO for each in days]


def _totals(by_day: dict[date, DaySpend], days: list[date]) -> list[Decimal]:
    databricks, ec2 = (_costs(by_day, days, name) for name in ("databricks_cost", "ec2_cost"))
    return [(a or ZERO) + (b or ZERO) for a, b in zip(databricks, ec2, strict=True)]


def _bars(
    name: str, colour: str, days: list[date], costs: list[Decimal | None], final_date: date
) -> Figure:
    return {
        "type": "bar",
        "name": name,
        "x": [str(each) for each in days],
        "y": [float(cost or 0) for cost in costs],
        "width": BAR_WIDTH,
        "customdata": [usd(cost) for cost in costs],
        "hovertemplate": f"{name} <b>%{{customdata}}</b><extra></extra>",
        "marker": {
            "color": colour,
            "line": {"color": CARD, "width": 1},
            "pattern": {
                "shape": ["/" if each > final_date else "" for each in days],
                "size": 5,
                "solidity": 0.45,
                "fgcolor": CARD,
                "fillmode": "overlay",
            },
        },
    }


_BEFORE_WORDS = "Total <b>%{customdata[0]}</b><br>%{customdata[1]}: %{customdata[2]}<extra></extra>"


def _line(
    days: list[date], before: list[date], costs: list[Decimal | None], totals: list[Decimal]
) -> Figure:
    words = [
        [usd(total), day(then), usd(cost)]
        for total, then, cost in zip(totals, before, costs, strict=True)
    ]
    return {
        "type": "scatter",
        "mode": "lines" if len(days) > 1 else "markers",
        "name": "before",
        "x": [str(each) for each in days],
        "y": [None if cost is None else float(cost) for cost in costs],
        "customdata": words,
        "hovertemplate": _BEFORE_WORDS,
        "meta": ["Total", "Day before", "Total then"],  # of the table
        "line": {"color": INK_2, "width": 1.3, "dash": "dash"},
        "marker": {"color": INK_2, "size": 6},
    }


def _dots(days: list[date], costs: list[Decimal], alerts: Mapping[date, int]) -> list[Figure]:
    """One dot above the bar of each day with alerts; nothing when there is none."""
    dotted = [(day, cost) for day, cost in zip(days, costs, strict=True) if alerts.get(day)]
    if not dotted:
        return []
    gap = float(max(max(costs), ZERO)) * 0.05
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "alerts",
            "meta": ["Alerts"],
            "x": [str(day) for day, _ in dotted],
            "y": [float(max(cost, ZERO)) + gap for _, cost in dotted],
            "customdata": [plural(alerts[day], "alert") for day, _ in dotted],
            "hovertemplate": "<b>%{customdata}</b><extra></extra>",
            "marker": {"color": BAD, "size": 9, "line": {"color": CARD, "width": 1}},
            "cliponaxis": False,
        }
    ]


def _layout(days: list[date]) -> Figure:
    step = -(-len(days) // MOST_LABELS)
    labelled = days[::step]
    years = len({each.year for each in days}) > 1
    return {
        "meta": {"first": "Day (UTC)", "opens": True},  # of the table
        "barmode": "relative",
        "bargap": 0.28,
        "showlegend": False,
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": CARD, "bordercolor": LINE, "font": {"color": INK, "size": 13}},
        "margin": {"l": 52, "r": 4, "t": 8, "b": 28},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "inherit", "size": 12, "color": INK_2},
        "xaxis": {
            "type": "date",
            "range": [f"{days[0] - DAY} 12:00", f"{days[-1]} 12:00"],
            "tickvals": [str(each) for each in labelled],
            "ticktext": [
                f"{each.day} {each:%b}" + (f"<br>{each.year}" if years else "") for each in labelled
            ],
            "hoverformat": "%a %-d %b %Y (UTC)",
            "ticklabelstandoff": 6,
            "ticklabeloverflow": "allow",
            "spikecolor": QUIET,
            "spikethickness": 1,
            "spikedash": "solid",
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        "yaxis": {
            "tickprefix": "$",
            "tickformat": "~s",
            "nticks": 5,
            "gridcolor": LINE,
            "zerolinecolor": LINE,
            "fixedrange": True,
        },
    }
