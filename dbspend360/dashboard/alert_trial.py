"""What the rules in the form would have raised, before anybody saves them."""

from collections import Counter
from datetime import date
from typing import Any

from dash import Dash, Input, Output, dcc, html, no_update

from dbspend360.dashboard import ids
from dbspend360.dashboard.alert_fields import WITH_ERROR, read_form, sentence
from dbspend360.dashboard.chart_table import chart_table, described
from dbspend360.dashboard.elements import aria
from dbspend360.dashboard.form_parts import error_id
from dbspend360.dashboard.messages import failure
from dbspend360.dashboard.trend import GRAPH_CONFIG, Figure, trend_figure
from dbspend360.errors import BadView, DBSpendError
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.summary import DaySpend
from dbspend360.models.view_query import Problem
from dbspend360.models.view_state import ViewState
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.backtest import Backtest, PastIncident
from dbspend360.theme import day_range, plural, usd
from dbspend360.warehouse.spends import SpendRepository

MOST_INCIDENTS = 25
MOST_LEARNING = 12

_OUTPUTS = {
    "answer": Output(ids.TRIAL_ANSWER, "data"),
    "words": Output(ids.TRIAL_WORDS, "children"),
    "figure": Output(ids.TRIAL_SOURCE, "data"),
    "list": Output(ids.TRIAL_LIST, "children"),
    "rules": Output(ids.RULES_ERROR, "children"),
} | {name: Output(error_id(field), "children") for field, name in WITH_ERROR.items()}


def layout() -> html.Div:
    """The sentence and the chart, for the form: they move with its numbers."""
    return html.Div(
        [
            html.Div(
                html.Div(className="skeleton"),
                id=ids.TRIAL_WORDS,
                className="trial__words",
                role="status",
            ),
            described(
                dcc.Graph(
                    id=ids.TRIAL_CHART,
                    config=GRAPH_CONFIG,
                    responsive=True,
                    className="trial__graph",
                    style={"height": 170},
                ),
                "Chart of the spend per day, with the days that would have had alerts.",
            ),
            chart_table(ids.TRIAL_CHART, "Spend and alerts per day"),
        ],
        className="trial",
    )


def list_layout() -> html.Section:
    """The panel with what would have been raised."""
    return html.Section(
        [
            html.Div(
                [
                    html.H2("What it would have raised", className="panel__title"),
                    html.Span("tried on your own days, nothing is sent", className="panel__note"),
                ],
                className="panel__head",
            ),
            html.Div(
                html.Div(className="skeleton"),
                id=ids.TRIAL_LIST,
                className="trial__list",
                role="region",
                tabIndex=0,  # it scrolls
                **aria(label="What it would have raised"),
            ),
        ],
        className="panel",
    )


def trial_words(found: Backtest) -> list[Any]:
    """How many alerts in how many mails, and over which days."""
    words = found.words
    sentence_ = f"{words[:1].upper()}{words[1:]}."
    return [
        html.Strong(sentence_),
        html.Span(f" {day_range(found.first_date, found.last_date)}", className="panel__note"),
    ]


def trial_figure(found: Backtest, days: list[DaySpend]) -> Figure:
    """Spend per day of the jobs in the scope, with a dot over each day that has alerts."""
    alerts = Counter(each.observed.last_date for each in found.alerts)
    view = ViewState(start_date=found.first_date, end_date=found.last_date)
    figure = trend_figure(days, view, date.max, alerts)
    axis = figure["layout"]["xaxis"]
    for each in ("tickvals", "ticktext"):
        axis[each] = axis[each][::2]  # it is half as wide as the dashboard's
    figure["layout"]["margin"] |= {"l": 40}
    figure["layout"]["meta"] |= {"opens": False}  # its days are the dashboard's
    for each in figure["data"]:
        each["marker"] |= {"line": {"width": 0}}
        each["marker"] |= {"size": 7} if each["name"] == "alerts" else {}
    return figure | {"data": [each for each in figure["data"] if each["name"] != "before"]}


def trial_list(found: Backtest) -> list[Any]:
    """Each incident that there would have been, the latest first, and the jobs still learning."""
    left = len(found.incidents) - MOST_INCIDENTS
    if not found.alerts and not found.learning:
        return [html.P("Nothing in these days.", className="panel__note")]
    return [
        html.Ul(
            [_incident(each) for each in found.incidents[:MOST_INCIDENTS]],
            className="trial__incidents",
        )
        if found.incidents
        else None,
        html.P(f"and {left:,} more", className="panel__note") if left > 0 else None,
        _learning(found),
    ]


def _incident(each: PastIncident) -> html.Li:
    worst = each.worst
    days = day_range(each.alerts[0].observed.last_date, each.alerts[-1].observed.last_date)
    told = plural(len(each.told_on), "notice")
    return html.Li(
        [
            html.Div(
                [
                    html.Strong(each.job_name or f"job {each.job_id}", dir="auto"),
                    html.Span(f"{usd(worst.excess)} beyond"),
                ],
                className="trial__head",
            ),
            html.Div(
                f"{days} · {plural(len(each.alerts), 'alert')}, {told}", className="panel__note"
            ),
            html.Div(f"{worst.subject}: {worst.reason}", className="trial__reason"),
        ]
    )


def _learning(found: Backtest) -> html.P | None:
    if not found.learning:
        return None
    number = len(found.learning)
    names = [each.job_name or f"job {each.job_id}" for each in found.learning[:MOST_LEARNING]]
    more = f" and {number - MOST_LEARNING:,} more" if number > MOST_LEARNING else ""
    verb = "is" if number == 1 else "are"
    return html.P(
        [
            html.Span("learning", className="tag"),
            f" {plural(number, 'job')} {verb} too new or too rare to have a normal, and can only "
            f"cross an amount: {', '.join(names)}{more}.",
        ],
        className="trial__learning",
    )


def register(app: Dash, desk: AlertDesk, spend: SpendRepository) -> None:
    """Check and try the form whenever it changes."""

    @app.callback(
        output=_OUTPUTS, inputs=[Input(ids.TRIAL_QUESTION, "data")], prevent_initial_call=True
    )
    def tried(asked: object) -> dict[str, Any]:
        token = asked.get("token") if isinstance(asked, dict) else None
        try:
            config = read_form(asked.get("form") if isinstance(asked, dict) else None)
            if isinstance(config, tuple):
                return _refused(config, token)
            return _accepted(token) | _parts(desk, spend, config)
        except BadView as error:
            return _untouched() | {"words": failure(error, "The back-test")}


def _untouched() -> dict[str, Any]:
    return dict.fromkeys(_OUTPUTS, no_update)


def _accepted(token: object) -> dict[str, Any]:
    """No field has an error."""
    clean = dict.fromkeys(["rules", *WITH_ERROR.values()], "")
    return clean | {"answer": {"token": token, "valid": True, "wrong": []}}


def _refused(problems: tuple[Problem, ...], token: object) -> dict[str, Any]:
    """A sentence at each field that is wrong; what was tried before stays in sight."""
    said = {each.field: sentence(each) for each in problems}
    wrong = [field for field, name in WITH_ERROR.items() if name in said]
    elsewhere = [words for name, words in said.items() if name not in WITH_ERROR.values()]
    return (
        _untouched()
        | {name: said.get(name, "") for name in WITH_ERROR.values()}
        | {
            "rules": " ".join(elsewhere),
            "answer": {"token": token, "valid": False, "wrong": wrong},
            "words": "Put right what is marked in the form: what stands below was tried before.",
        }
    )


def _parts(desk: AlertDesk, spend: SpendRepository, config: AlertConfig) -> dict[str, Any]:
    try:
        found = desk.backtest(config).value
        scope = ViewState(
            start_date=found.first_date, end_date=found.last_date, job_name=config.job_name
        )
        days = spend.daily(scope, alone=True).value
    except DBSpendError as error:
        return {"words": failure(error, "The back-test"), "figure": None, "list": None}
    return {
        "words": trial_words(found),
        "figure": trial_figure(found, days),
        "list": trial_list(found),
    }
