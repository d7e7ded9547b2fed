"""The two charts of the breakdown."""

from decimal import Decimal
from typing import Any

from dash import Dash

from dbspend360.dashboard import ids
from dbspend360.dashboard.chart_table import register_chart, register_painting
from dbspend360.models.run import PastRun, Run
from dbspend360.models.summary import ZERO
from dbspend360.services.normal import Normal
from dbspend360.theme import BAD, BAND, CARD, DATABRICKS, EC2, INK, INK_2, LINE, QUIET, day, usd

Figure = dict[str, Any]

DEAR = Decimal("1.5")  # times the normal; from there a bar is drawn as "look here"


def pie_figure(run: Run) -> Figure:
    """The run's EC2 against its Databricks cost, the total in the middle."""
    parts = {"Databricks": run.databricks_cost, "EC2": run.ec2_cost or ZERO}
    drawn = parts if min(parts.values()) >= 0 and any(parts.values()) else {}
    return {
        "data": [
            {
                "type": "pie",
                "hole": 0.68,
                "labels": list(drawn),
                "values": [float(cost) for cost in drawn.values()],
                "customdata": [usd(cost) for cost in drawn.values()],
                "marker": {
                    "colors": [DATABRICKS, EC2],
                    "line": {"color": CARD, "width": 3 if all(drawn.values()) else 0},
                },
                "sort": False,
                "direction": "clockwise",
                "textinfo": "none",
                "hovertemplate": "%{label} <b>%{customdata}</b><br>%{percent}<extra></extra>",
            }
        ],
        "layout": _bare()
        | {
            "annotations": [
                _words(f"<b>{usd(run.total_cost)}</b>", 0.54, 20, INK),
                _words("total" if drawn else "no chart: a part is not above zero", 0.42, 13, INK_2),
            ]
        },
    }


_RUN_WORDS = "%{customdata[0]}<br>%{customdata[1]}<br><b>%{customdata[2]}</b><extra></extra>"


def history_figure(history: list[PastRun], run: Run, normal: Normal | None) -> Figure:
    """The job's runs in time, one bar each, this one marked, the normal range behind them."""
    own = [each.run_id == run.key.run_id for each in history]
    colours = [_colour(is_own, run, normal) for is_own in own]
    return {
        "data": [
            {
                "type": "bar",
                "x": list(range(len(history))),
                "y": [float(each.total_cost) for each in history],
                "customdata": [
                    [
                        "This run" if is_own else f"Run {_plain(each.run_id)}",
                        day(each.first_date),
                        usd(each.total_cost),
                    ]
                    for each, is_own in zip(history, own, strict=True)
                ],
                "hovertemplate": _RUN_WORDS,
                "meta": ["Run", "First day (UTC)", "Cost"],  # of the table
                "marker": {"color": colours},
            }
        ],
        "layout": _bare()
        | {
            "bargap": 0.25,
            "margin": {"l": 48, "r": 20, "t": 8, "b": 28},
            "shapes": [normal_band(normal)] if normal else [],
            "xaxis": _run_axis(history),
            "yaxis": {
                "tickprefix": "$",
                "tickformat": "~s",
                "nticks": 4,
                "gridcolor": LINE,
                "zerolinecolor": LINE,
                "fixedrange": True,
            },
        },
    }


def _colour(is_own: bool, run: Run, normal: Normal | None) -> str:
    if not is_own:
        return QUIET
    dear = normal is not None and run.total_cost > max(normal.high, normal.median * DEAR)
    return BAD if dear else DATABRICKS


def _run_axis(history: list[PastRun]) -> Figure:
    ends = sorted({0, len(history) - 1}) if history else []
    return {
        "tickvals": ends,
        "ticktext": [f"{history[n].first_date.day} {history[n].first_date:%b}" for n in ends],
        "ticklabelstandoff": 6,
        "ticklabeloverflow": "allow",
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
    }


def normal_band(normal: Normal) -> Figure:
    """Where four of five lie, behind the bars."""
    return {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": float(normal.low),
        "y1": float(normal.high),
        "fillcolor": BAND,
        "line": {"width": 0},
        "layer": "below",
    }


def _bare() -> Figure:
    return {
        "showlegend": False,
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "inherit", "size": 12, "color": INK_2},
        "hoverlabel": {"bgcolor": CARD, "bordercolor": LINE, "font": {"color": INK, "size": 13}},
    }


def _words(text: str, height: float, size: int, colour: str) -> Figure:
    font = {"size": size, "color": colour}
    place = {"x": 0.5, "y": height, "xref": "paper", "yref": "paper", "showarrow": False}
    return {"text": text, "font": font, **place}


def _plain(text: str) -> str:
    # Plotly reads its texts as a little HTML.
    return text.replace("&", "&amp;").replace("<", "&lt;")


def register_scripts(app: Dash) -> None:
    """Draw both charts in the browser, on whatever page the breakdown is."""
    register_painting(app, ids.BREAKDOWN_PIE, ids.PIE_SOURCE)
    register_chart(app, ids.BREAKDOWN_HISTORY, ids.HISTORY_SOURCE)
