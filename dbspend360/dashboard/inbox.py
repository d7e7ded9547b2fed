"""The inbox: every incident, what was done about it, and what can be done."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dash import Dash, Input, Output, html

from dbspend360.dashboard import ids
from dbspend360.dashboard.elements import titled
from dbspend360.dashboard.explain import explain
from dbspend360.dashboard.header import bell
from dbspend360.dashboard.incident_card import incident_card
from dbspend360.dashboard.messages import failure, note
from dbspend360.errors import BadView, DBSpendError, NotFound
from dbspend360.models.delivery import Delivery
from dbspend360.models.incident import Incident, State
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.current_user import current_user
from dbspend360.theme import plural

MOST_ACTIVE = 100
MOST_RESOLVED = 50
SOMEBODY = "Somebody"  # until there is a sign-in


def layout() -> html.Section:
    """The inbox, waiting."""
    waiting = [html.Div(className="skeleton skeleton--incident") for _ in range(3)]
    return html.Section(
        [
            html.Div(
                titled(
                    html.H2("Incidents", className="panel__title"),
                    explain("open-incidents", "beyond-expected"),
                ),
                className="panel__head",
            ),
            html.Div(id=ids.INBOX_MESSAGES, className="panel__messages", role="alert"),
            html.Div(waiting, id=ids.INBOX, className="inbox"),
        ],
        className="panel",
    )


def inbox(
    incidents: Sequence[Incident], chosen: str = "", deliveries: Iterable[Delivery] = ()
) -> list[Any]:
    """The open incidents, the others that are not over, and those that are.

    In each of them the order stays. `chosen` is the id in the link.
    """
    active = sorted((each for each in incidents if each.is_active), key=_rank)
    over = [each for each in incidents if not each.is_active]
    chosen_is_over = any(each.id == chosen for each in over)
    told = _by_incident(deliveries)

    def card(each: Incident) -> html.Article:
        return incident_card(each, each.id == chosen, told[each.id])

    cards = [card(each) for each in active[:MOST_ACTIVE]]
    return [
        *_missing(incidents, chosen),
        *(cards if cards else [_empty()]),
        *_more(len(active) - MOST_ACTIVE, "more that are not over"),
        *_resolved([card(each) for each in over[:MOST_RESOLVED]], len(over), chosen_is_over),
    ]


def _by_incident(deliveries: Iterable[Delivery]) -> dict[str, list[Delivery]]:
    found: dict[str, list[Delivery]] = defaultdict(list)
    for each in deliveries:
        for notice in each.incidents:
            found[notice.rpartition("-")[0]].append(each)
    return found


def _rank(incident: Incident) -> int:
    return list(State).index(incident.state)


def _missing(incidents: Sequence[Incident], chosen: str) -> list[html.Div]:
    if not chosen or chosen in {each.id for each in incidents}:
        return []
    words = "The incident of this link is not here: it is somebody else's, or was removed."
    return [note([words])]


def _empty() -> html.Div:
    return html.Div(
        [
            html.P(html.Strong("No open incidents.")),
            html.P(
                "What crosses your rules comes here by itself, with the reason, and with who did "
                "what about it."
            ),
        ],
        className="state",
    )


def _resolved(cards: list[html.Article], number: int, is_open: bool) -> list[html.Details]:
    if not cards:
        return []
    return [
        html.Details(
            [
                html.Summary(f"{plural(number, 'incident')} resolved"),
                *cards,
                *_more(number - MOST_RESOLVED, "older ones"),
            ],
            className="inbox__over",
            open=is_open,
        )
    ]


def _more(number: int, words: str) -> list[html.P]:
    return [html.P(f"and {number:,} {words}", className="panel__note")] if number > 0 else []


def register(app: Dash, desk: AlertDesk) -> None:
    """Do what is asked of an incident, and draw them all."""

    @app.callback(
        Output(ids.INBOX, "children"),
        Output(ids.BELL, "children"),
        Output(ids.INBOX_MESSAGES, "children"),
        Input(ids.INBOX_QUESTION, "data"),
        prevent_initial_call=True,
    )
    def show(asked: object) -> tuple[Any, Any, Any]:
        user = current_user()
        said = _done(desk, user, asked)
        try:
            found, told = desk.incidents(user), desk.deliveries(user)
        except DBSpendError as error:
            return failure(error, "The inbox"), bell(None), said
        return inbox(found, _text(asked, "incident"), told), bell(_open(found)), said


def _open(found: Sequence[Incident]) -> int:
    return sum(each.state is State.OPEN for each in found)


def _done(desk: AlertDesk, user: str, asked: object) -> list[html.Div]:
    """Nothing when the deed was done, or when there was none; else why it was not."""
    deed = asked.get("deed") if isinstance(asked, dict) else None
    if deed is None:
        return []
    try:
        _do(desk, user, deed)
    except DBSpendError as error:
        return [note([html.Strong("Not done. "), str(error)], kind="warning")]
    return []


def _do(desk: AlertDesk, user: str, deed: object) -> None:
    who = user or SOMEBODY
    id_, what = _text(deed, "id"), _text(deed, "what")
    simple = {
        "acknowledge": desk.acknowledge,
        "expect": desk.expect,
        "resolve": desk.resolve,
        "reopen": desk.reopen,
    }
    if what == "snooze":
        desk.snooze(user, id_, until=_until(_text(deed, "until")), who=who)
    elif what == "send_again":
        desk.send_again(user, id_)
    elif what in simple:
        simple[what](user, id_, who=who)
    else:
        raise NotFound("There is nothing like that to do. Reload the page.")


def _until(text: str) -> datetime:
    """A number of days from now, or the beginning of a UTC day.

    Raises:
        BadView: it is neither.
    """
    if text in ("1", "7"):
        return (datetime.now(UTC) + timedelta(days=int(text))).replace(microsecond=0)
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise BadView("Choose a day such as 2026-12-01.") from None


def _text(given: object, name: str) -> str:
    found = given.get(name) if isinstance(given, dict) else None
    return found if isinstance(found, str) else ""
