"""One incident as the inbox shows it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from dbspend360.dashboard.elements import aria, data
from dbspend360.models.alert import Rule
from dbspend360.models.delivery import Delivery, Stage
from dbspend360.models.incident import Crossing, Event, Incident, State
from dbspend360.models.run import run_text
from dbspend360.models.summary import RunKey
from dbspend360.models.view_query import write_query
from dbspend360.models.view_state import MAX_DAYS, ViewState
from dbspend360.theme import day, day_range, plural, usd

MOST_EVENTS = 50  # shown; the latest

_STATES = {
    State.OPEN: "Open",
    State.ACKNOWLEDGED: "Acknowledged",
    State.SNOOZED: "Snoozed",
    State.EXPECTED: "Expected",
    State.RESOLVED: "Resolved",
}
_DEEDS = {
    "acknowledge": ("Acknowledge", "Somebody is on it: you are told again when it gets worse"),
    "expect": ("Expected", "This much is fine: you are told again when it is half as much again"),
    "resolve": ("Resolve", "It is over: the next alert opens it again"),
    "reopen": ("Open again", "Back among the open ones"),
}
_POSSIBLE = {
    State.OPEN: ("acknowledge", "snooze", "expect", "resolve"),
    State.ACKNOWLEDGED: ("snooze", "expect", "resolve", "reopen"),
    State.SNOOZED: ("acknowledge", "snooze", "resolve", "reopen"),
    State.EXPECTED: ("acknowledge", "resolve", "reopen"),
    State.RESOLVED: ("reopen",),
}


def incident_card(
    incident: Incident, is_chosen: bool = False, deliveries: Sequence[Delivery] = ()
) -> html.Article:
    """What is wrong, since when and for how much, what to do, and who did what when.

    `deliveries`: the messages that told of it, the latest first.
    """
    kind = f"incident incident--{incident.state}" + (" incident--chosen" if is_chosen else "")
    return html.Article(
        [
            html.Div(
                [
                    html.H3(incident.title, className="incident__job", dir="auto"),
                    html.Span(_state(incident), className=f"tag tag--{incident.state}"),
                ],
                className="incident__head",
            ),
            html.P(_what(incident), className="incident__rule"),
            *_reason(incident),
            *[_trouble(each) for each in deliveries if _is_in_trouble(each)],
            _deeds(incident),
            html.Div(
                [
                    _listed_alerts(incident),
                    _history(incident.history),
                    _messages(deliveries),
                ],
                className="incident__more",
            ),
        ],
        key=incident.id,
        className=kind,
        tabIndex="-1",
        **data(incident=incident.id) | aria(label=f"{incident.title}: {incident.rule.words}"),
    )


def _state(incident: Incident) -> str:
    if incident.state is State.SNOOZED and incident.snoozed_until:
        return f"Snoozed until {moment(incident.snoozed_until)}"
    return _STATES[incident.state]


def _what(incident: Incident) -> list[Any]:
    parts = [incident.rule.words]
    if incident.alert_count:
        parts.append(plural(incident.alert_count, "alert"))
    return [f"{' · '.join(parts)} · since {moment(incident.opened_at)}"]


def _reason(incident: Incident) -> list[Any]:
    worst = incident.worst
    if worst is None:
        said = next((each.what for each in reversed(incident.history) if not each.who), "")
        return [html.P(said, className="incident__reason")] if said else []
    return [
        html.P(
            [
                f"{worst.subject} on {day(worst.usage_date)}: ",
                html.Strong(worst.reason),
                ".",
            ],
            className="incident__reason",
        ),
        html.P(
            [
                html.Span(f"{usd(incident.impact)} beyond what was expected", **_impact(incident)),
                " · ",
                html.A("Show its runs ›", href=view_address(incident)),
            ],
            className="incident__impact",
        ),
    ]


def _impact(incident: Incident) -> dict[str, Any]:
    return data(value=str(incident.impact))


def view_address(incident: Incident) -> str:
    """The dashboard with exactly the days and the job of the incident, its dearest run open."""
    worst = incident.worst
    if worst is None or incident.rule is Rule.DATA_LATE:
        return "/"
    days = sorted(each.usage_date for each in incident.alerts)
    first = max(days[0], days[-1].fromordinal(days[-1].toordinal() - MAX_DAYS + 1))
    view = ViewState(
        start_date=first,
        end_date=days[-1],
        workspace_id=incident.workspace_id,
        job_id=incident.job_id,
    )
    run = ""
    if worst.run_id is not None:
        run = run_text(RunKey(incident.workspace_id, incident.job_id, worst.run_id))
    return f"/?{write_query(view, run=run)}"


def _deeds(incident: Incident) -> html.Div:
    buttons = [
        _snooze(incident) if what == "snooze" else _button(incident, what)
        for what in _POSSIBLE[incident.state]
    ]
    return html.Div(buttons, className="incident__deeds")


def _button(incident: Incident, what: str) -> html.Button:
    words, hint = _DEEDS[what]
    return html.Button(
        words,
        className="button",
        title=hint,
        **data(action="incident", what=what, id=incident.id),
    )


def _snooze(incident: Incident) -> html.Details:
    def button(words: str, until: str) -> html.Button:
        how = data(action="incident", what="snooze", id=incident.id, until=until)
        return html.Button(words, className="button", **how)

    return html.Details(
        [
            html.Summary("Snooze", className="button", title="Nothing is told until then"),
            html.Div(
                [
                    button("1 day", "1"),
                    button("1 week", "7"),
                    html.Label(
                        [
                            html.Span("Until the day (UTC)"),
                            dbc.Input(placeholder="2026-12-01", class_name="form__input"),
                        ],
                        className="snooze__day",
                    ),
                    button("Until then", "day"),
                ],
                className="menu__box snooze__menu",
            ),
        ],
        className="menu snooze",
    )


def _listed_alerts(incident: Incident) -> html.Details | None:
    if not incident.alerts:
        return None
    first, last = incident.alerts[0].usage_date, incident.alerts[-1].usage_date
    left = incident.alert_count - len(incident.alerts)
    return html.Details(
        [
            html.Summary(f"Its alerts, {day_range(first, last)}"),
            html.Ul([_alert(each) for each in reversed(incident.alerts)]),
            html.P(f"and {left:,} more", className="panel__note") if left > 0 else None,
        ]
    )


def _alert(each: Crossing) -> html.Li:
    return html.Li(f"{day(each.usage_date)}: {each.subject}, {each.reason}")


def _history(events: tuple[Event, ...]) -> html.Details:
    shown = [_event(each) for each in reversed(events[-MOST_EVENTS:])]
    return html.Details(
        [html.Summary(f"Who did what ({len(events)})"), html.Ul(shown, className="incident__log")]
    )


def _is_in_trouble(each: Delivery) -> bool:
    return each.stage in _SENT_AGAIN or (each.stage is not Stage.SENT and bool(each.error))


_SENT_AGAIN = (Stage.HANDED_OVER, Stage.GIVEN_UP)  # by a person only


def _trouble(each: Delivery) -> html.Div:
    """A message that did not arrive, or may not have: said without unfolding anything."""
    hint = "With the same Message-ID: most mail servers drop a second one"
    how = data(action="incident", what="send_again", id=each.id)
    again = html.Button("Send again", className="button", title=hint, **how)
    return html.Div(
        [
            html.Span(f"{each.place[:1].upper()}{each.place[1:]}: {each.words.rstrip('.')}."),
            again if each.stage in _SENT_AGAIN else None,
        ],
        className="incident__trouble",
    )


def _messages(deliveries: Sequence[Delivery]) -> html.Details | None:
    if not deliveries:
        return None
    shown = [
        html.Li(
            [
                html.Span(moment(each.sent_at or each.created_at), className="incident__at"),
                html.Span(f"{each.place}: {each.words}"),
            ]
        )
        for each in deliveries[:MOST_EVENTS]
    ]
    words = f"Messages ({len(deliveries)})"
    return html.Details([html.Summary(words), html.Ul(shown, className="incident__log")])


def _event(each: Event) -> html.Li:
    return html.Li(
        [
            html.Span(moment(each.at), className="incident__at"),
            html.Span(f"{each.who or 'The check'}: {each.what}"),
        ]
    )


def moment(when: datetime) -> str:
    """`21 Nov 2026 06:00 UTC`."""
    return f"{day(when.date())} {when:%H:%M} UTC"
