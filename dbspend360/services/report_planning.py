"""Puts what schedules have due into the outbox: each due time once, whoever looks."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from dbspend360.models.delivery import Delivery, Message, Stage
from dbspend360.models.report_order import ReportOrder
from dbspend360.models.schedule import Schedule
from dbspend360.services.outbox import Outbox, message_id
from dbspend360.services.report_rows import KeptSchedule, ReportRows


class Planner:
    """What it does may be done again: a delivery's id says for which due time it is.

    The older due times are put there before the newest, so that a crash between them leaves the
    newest to whoever comes next.
    """

    def __init__(
        self, rows: ReportRows, outbox: Outbox, now: Callable[[], datetime], kept: timedelta
    ) -> None:
        """`kept` is how far back a missed due time is listed."""
        self._rows, self._outbox, self._now, self._kept = rows, outbox, now, kept

    def plan(self) -> datetime | None:
        """Put all that is due there.

        Returns:
            When the next schedule is due; None when there is none.
        """
        now = self._now()
        active = [each for each in self._rows.all_schedules() if each.next_at(now)]
        if any(_newest(each, now) for each in active):
            handled = self._handled()
            for each in active:
                self._plan(each, handled.get((each.user_id, each.id)), now)
        return min((at for each in active if (at := each.next_at(now))), default=None)

    def _handled(self) -> dict[tuple[str, str], datetime]:
        """Up to which due time each schedule's deliveries go."""
        found: dict[tuple[str, str], datetime] = {}
        for user_id, each in self._outbox.everything():
            if each.order and not each.order.is_by_hand:
                key = (user_id, each.order.schedule_id)
                found[key] = max(each.order.due_at, found.get(key, each.order.due_at))
        return found

    def _plan(self, kept: KeptSchedule, handled: datetime | None, now: datetime) -> None:
        newest = _newest(kept, now)
        if newest is None or kept.schedule is None or (handled and handled >= newest):
            return
        since = max(kept.counts_from, handled or kept.counts_from, now - self._kept)
        for due in _due_between(kept.schedule, since, newest):
            stage = Stage.WAITING if due == newest else Stage.MISSED
            found = scheduled(kept, kept.schedule, due, now)
            self._outbox.add(kept.user_id, found.at_stage(stage))


def _newest(kept: KeptSchedule, now: datetime) -> datetime | None:
    """The last due time so far; None when it is none of its concern."""
    if kept.schedule is None:
        return None
    due = kept.schedule.due_before(now)
    return due if due > kept.counts_from else None


def _due_between(schedule: Schedule, since: datetime, newest: datetime) -> Iterator[datetime]:
    """The due times after `since`, the newest last."""
    due = schedule.due_after(since)
    while due < newest:
        yield due
        due = schedule.due_after(due)
    yield newest


def scheduled(kept: KeptSchedule, schedule: Schedule, due: datetime, now: datetime) -> Delivery:
    """The delivery for one due time."""
    return delivery(
        kept.user_id,
        f"{kept.id}-{due:%Y%m%dT%H%M%S}",
        order_of(kept.id, schedule, due),
        schedule.recipients,
        now,
    )


def order_of(
    schedule_id: str, schedule: Schedule, due: datetime, *, is_by_hand: bool = False, who: str = ""
) -> ReportOrder:
    """What a schedule wants to be made as of a moment."""
    return ReportOrder(
        schedule_id=schedule_id,
        title=schedule.name,
        query=schedule.query,
        kind=schedule.kind,
        message=schedule.message,
        due_at=due,
        today=schedule.local_day(due),
        is_by_hand=is_by_hand,
        who=who,
    )


def delivery(
    user_id: str, id_: str, order: ReportOrder, recipients: tuple[str, ...], now: datetime
) -> Delivery:
    """A report on its way, before it was made."""
    return Delivery(
        id=id_,
        message=Message(order.title, "", ""),
        message_id=message_id(user_id, id_),
        incidents=(),
        created_at=now,
        due_at=now,
        recipients=recipients,
        order=order,
    )
