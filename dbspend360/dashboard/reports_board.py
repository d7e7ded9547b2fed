"""The lists of the page /reports: schedules, saved views, history; and what is done to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from dash import Dash, Input, Output, html, no_update

from dbspend360.dashboard import ids
from dbspend360.dashboard.deliveries import deliveries
from dbspend360.dashboard.elements import data, titled
from dbspend360.dashboard.explain import explain
from dbspend360.dashboard.header import bell
from dbspend360.dashboard.inbox import SOMEBODY
from dbspend360.dashboard.messages import failure, note
from dbspend360.dashboard.report_progress import is_going
from dbspend360.dashboard.saved_views import saved_views, view_options
from dbspend360.dashboard.schedule_card import schedule_card
from dbspend360.errors import BadView, DBSpendError, NotFound
from dbspend360.models.incident import State
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.current_user import current_user
from dbspend360.services.report_desk import ReportDesk
from dbspend360.services.report_history import PastReport
from dbspend360.services.report_rows import KeptSchedule

SOON_SECONDS = 2.0  # while a report is under way
_A_MOMENT = 3.0  # after which something that is due has begun


@dataclass(frozen=True)
class Board:
    """What the lists are made of."""

    desk: ReportDesk
    alerts: AlertDesk
    now: Callable[[], datetime]
    kept_days: int


def layout() -> html.Section:
    """The schedules, waiting."""
    waiting = [html.Div(className="skeleton skeleton--report") for _ in range(2)]
    new = html.Button("New schedule", className="button", **data(action="new-schedule"))
    return html.Section(
        [
            html.Div(
                [
                    titled(html.H2("Schedules", className="panel__title"), explain("next-report")),
                    new,
                ],
                className="panel__head",
            ),
            html.Div(id=ids.REPORTS_MESSAGES, className="panel__messages", role="alert"),
            html.Div(waiting, id=ids.SCHEDULES, className="reports"),
        ],
        className="panel side__list",
    )


def schedules(kept: Sequence[KeptSchedule], past: Sequence[PastReport], now: datetime) -> list[Any]:
    """A card for each, or how to get one."""
    if not kept:
        return [_empty()]
    last: dict[str, PastReport] = {}
    for each in past:
        last.setdefault(each.schedule_id, each)
    return [schedule_card(each, last.get(each.id), now) for each in kept]


def _empty() -> html.Div:
    return html.Div(
        [
            html.P(html.Strong("No schedules yet.")),
            html.P(
                "A schedule mails a view of the dashboard by itself: every day, every week or "
                "every month. Fill in the form, or start from the dashboard: “Schedule this "
                "view…” above the table."
            ),
        ],
        className="state",
    )


def remarks(problem: str) -> list[html.Div]:
    """Why nothing is mailed, and what works all the same; nothing when all does."""
    if not problem:
        return []
    words = (
        " Until then nothing is mailed. Schedules and views can be saved, and kept files "
        "downloaded, all the same."
    )
    return [note([html.Strong(problem), words], drawing="exclamation-triangle", kind="warning")]


def register(app: Dash, board: Board) -> None:
    """Do what is asked, and draw everything."""

    @app.callback(
        Output(ids.SCHEDULES, "children"),
        Output(ids.SAVED_VIEWS, "children"),
        Output(ids.DELIVERIES, "children"),
        Output(ids.FIELD_SAVED_VIEW, "options"),
        Output(ids.REPORTS_REMARKS, "children"),
        Output(ids.REPORTS_STATE, "data"),
        Output(ids.REPORTS_MESSAGES, "children"),
        Output(ids.BELL, "children"),
        Input(ids.REPORTS_QUESTION, "data"),
        prevent_initial_call=True,
    )
    def show(asked: object) -> tuple[Any, ...]:
        said = _done(board.desk, asked)
        seen = asked.get("drawn") if isinstance(asked, dict) else None
        try:
            return *_drawn(board, seen), said, _bell(board.alerts)
        except DBSpendError as error:
            trouble = failure(error, "The reports")
            nothing: dict[str, Any] = {"again_in": None, "drawn": []}
            return trouble, None, None, no_update, [], nothing, said, bell(None)


def _drawn(board: Board, seen: object) -> tuple[Any, ...]:
    """The lists, but for those that are as they were `seen`: a redrawn one loses its focus."""
    desk, user, now = board.desk, current_user(), board.now()
    kept, past, views = desk.schedules(user), desk.deliveries(user), desk.saved_views(user)
    zones = {each.id: each.schedule.zone for each in kept if each.schedule}
    lists = (
        schedules(kept, past, now),
        saved_views(views),
        deliveries(past, zones, now, board.kept_days),
        view_options(views),
        remarks(desk.policy.problem),
    )
    prints = [sha256(repr(each).encode()).hexdigest()[:16] for each in lists]
    there = seen if isinstance(seen, list) else []
    new = (no_update if one in there else each for each, one in zip(lists, prints, strict=True))
    return *new, {"again_in": again_in(kept, past, now), "drawn": prints}


def again_in(
    kept: Sequence[KeptSchedule], past: Sequence[PastReport], now: datetime
) -> float | None:
    """After how many seconds the lists will look different; None when nothing is to come."""
    if any(is_going(each, now) for each in past):
        return SOON_SECONDS
    due = [each.delivery.due_at for each in past if not each.is_over]
    due += [at for each in kept if (at := each.next_at(now))]
    left = [(each - now).total_seconds() + _A_MOMENT for each in due]
    return min(left, default=None)


def _bell(alerts: AlertDesk) -> list[Any]:
    try:
        found = alerts.incidents(current_user())
    except DBSpendError:
        return bell(None)
    return bell(sum(each.state is State.OPEN for each in found))


def _done(desk: ReportDesk, asked: object) -> Any:  # noqa: ANN401
    """Nothing when the deed was done; else why it was not. What was said before a look stays."""
    deed = asked.get("deed") if isinstance(asked, dict) else None
    if deed is None:
        return no_update if isinstance(asked, dict) and asked.get("quiet") else []
    try:
        _do(desk, current_user(), deed)
    except DBSpendError as error:
        return [note([html.Strong("Not done. "), str(error)], kind="warning")]
    return []


def _do(desk: ReportDesk, user: str, deed: object) -> None:
    what, id_ = _text(deed, "what"), _text(deed, "id")
    simple: dict[str, Callable[[str, str], object]] = {
        "pause": desk.pause,
        "resume": desk.resume,
        "send_again": desk.send_again,
        "delete_view": desk.delete_view,
    }
    if what == "send_now":
        desk.send_now(user, id_, who=user or SOMEBODY)
    elif what == "delete":
        desk.delete(user, id_, seen=_seen(_text(deed, "seen")))
    elif what in simple:
        simple[what](user, id_)
    else:
        raise NotFound("There is nothing like that to do. Reload the page.")


def _seen(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadView("That was not understood. Reload the page.") from None


def _text(given: object, name: str) -> str:
    found = given.get(name) if isinstance(given, dict) else None
    return found if isinstance(found, str) else ""
