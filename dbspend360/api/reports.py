"""`/api/reports/…`: schedules of mailed reports, and what became of each report."""

from datetime import UTC, datetime

from dbspend360.api import report_examples as examples
from dbspend360.api.alerts import SCRIPT
from dbspend360.api.body import REFUSALS, read_body
from dbspend360.api.envelope import Reply, of_now
from dbspend360.api.operation import Operation
from dbspend360.api.parameters import Nothing
from dbspend360.api.reading import problems_in, refuse, validated
from dbspend360.api.report_answers import (
    DeletedData,
    DeliveriesData,
    DeliveryData,
    OneDeliveryData,
    OneSchedule,
    OneScheduleData,
    ScheduleBody,
    ScheduleData,
    SchedulesData,
    SendNowBody,
    UnreadableSchedule,
)
from dbspend360.errors import (
    BadView,
    Conflict,
    LostReply,
    NotAllowed,
    NotFound,
    StoreError,
    Unreachable,
    WarehouseError,
)
from dbspend360.models.schedule import Schedule, read_schedule
from dbspend360.models.view_query import Problem
from dbspend360.services.current_user import current_user
from dbspend360.services.report_desk import ReportDesk
from dbspend360.services.report_history import PastReport
from dbspend360.services.report_rows import KeptSchedule

_WHICH = ("schedule_id", "updated_at")  # come with a schedule and are no part of it
_STORE = (BadView, StoreError, WarehouseError, Unreachable)
_CHANGE = (*_STORE, Conflict, LostReply, NotFound)


class Reports:
    """Answers what the page `/reports` shows, and does what it does."""

    def __init__(self, desk: ReportDesk) -> None:
        self._desk = desk

    def schedules(self, _asked: Nothing) -> Reply:
        """All of them."""
        found = self._desk.schedules(current_user())
        return of_now(
            SchedulesData(
                schedules=[_schedule(each, each.schedule) for each in found if each.schedule],
                unreadable=[_unreadable(each) for each in found if not each.schedule],
            )
        )

    def save(self, _asked: Nothing) -> Reply:
        """Make one, or change one.

        Raises:
            BadView: with all that is wrong with it.
            NotAllowed: a recipient whom the settings forbid.
            Conflict: it was changed since it was read.
        """
        fields = read_body()
        rules = {name: value for name, value in fields.items() if name not in _WHICH}
        found, asked = read_schedule(rules), validated(ScheduleBody, fields)
        if not isinstance(found, Schedule) or isinstance(asked, list):
            refuse([*problems_in(found), *problems_in(asked)])
            raise BadView("The schedule makes no sense.")
        id_, seen = asked.schedule_id or "", asked.updated_at
        if id_ and seen is None:
            refuse([Problem("updated_at", "is needed to change a schedule, as it was read")])
        kept = self._desk.save(current_user(), found, id_, seen=seen)
        return of_now(OneScheduleData(schedule=_schedule(kept, found)))

    def delete(self, asked: OneSchedule) -> Reply:
        """Remove one.

        Raises:
            NotFound: there is none.
        """
        self._desk.delete(current_user(), asked.schedule_id)
        return of_now(DeletedData(schedule_id=asked.schedule_id))

    def deliveries(self, _asked: Nothing) -> Reply:
        """The history."""
        found = [_delivery(each) for each in self._desk.deliveries(current_user())]
        return of_now(DeliveriesData(deliveries=found))

    def send_now(self, _asked: Nothing) -> Reply:
        """Send a schedule's report beside its due times.

        Raises:
            NotFound: there is no such schedule.
            Conflict: it is being sent already.
        """
        asked = validated(SendNowBody, read_body())
        if isinstance(asked, list):
            refuse(asked)
            raise BadView("The request makes no sense.")
        user = current_user()
        past = self._desk.send_now(user, asked.schedule_id, who=user or SCRIPT)
        return of_now(OneDeliveryData(delivery=_delivery(past)))


def operations(desk: ReportDesk) -> list[Operation]:
    """The addresses of the reports."""
    answering = Reports(desk)
    return [*_schedules(answering), *_deliveries(answering)]


def _schedules(answering: Reports) -> list[Operation]:
    path = "/api/reports/schedule"
    return [
        Operation(
            path=path,
            name="listSchedules",
            summary="The schedules of reports",
            description="What is mailed to whom, and when it is due next.",
            parameters=Nothing,
            data=SchedulesData,
            answer=answering.schedules,
            example=examples.SCHEDULES,
            errors=_STORE,
        ),
        Operation(
            path=path,
            name="saveSchedule",
            summary="Make or change a schedule",
            description="All of it. With `schedule_id` and the `updated_at` that was read it "
            "changes that one, without them it makes another. With another time, or after a "
            "pause, it counts from now on.",
            parameters=Nothing,
            data=OneScheduleData,
            answer=answering.save,
            example=examples.ONE_SCHEDULE,
            errors=(*_CHANGE, NotAllowed),
            method="POST",
            body=ScheduleBody,
            body_example=examples.SCHEDULE_BODY,
            refusals=REFUSALS,
        ),
        Operation(
            path=path,
            name="deleteSchedule",
            summary="Delete a schedule",
            description="What was not handed over by then is not sent. The history stays.",
            parameters=OneSchedule,
            data=DeletedData,
            answer=answering.delete,
            example=examples.DELETED,
            errors=_CHANGE,
            method="DELETE",
            refusals=(403,),
        ),
    ]


def _deliveries(answering: Reports) -> list[Operation]:
    path = "/api/reports/deliveries"
    return [
        Operation(
            path=path,
            name="listDeliveries",
            summary="What became of each report",
            description="The history of mailed reports, as long as it is kept.",
            parameters=Nothing,
            data=DeliveriesData,
            answer=answering.deliveries,
            example=examples.DELIVERIES,
            errors=_STORE,
        ),
        Operation(
            path=path,
            name="sendNow",
            summary="Send a schedule's report now",
            description="Beside its due times. It is sent after the answer: the history says how "
            "that went.",
            parameters=Nothing,
            data=OneDeliveryData,
            answer=answering.send_now,
            example=examples.ONE_DELIVERY,
            errors=(*_CHANGE, NotAllowed),
            method="POST",
            body=SendNowBody,
            body_example=examples.SEND_NOW,
            refusals=REFUSALS,
        ),
    ]


def _schedule(kept: KeptSchedule, schedule: Schedule) -> ScheduleData:
    return ScheduleData(
        schedule_id=kept.id,
        **schedule.model_dump(),
        words=schedule.words,
        next_at=kept.next_at(datetime.now(UTC)),
        updated_at=kept.updated_at,
    )


def _unreadable(kept: KeptSchedule) -> UnreadableSchedule:
    return UnreadableSchedule(schedule_id=kept.id, problem=kept.problem, updated_at=kept.updated_at)


def _delivery(past: PastReport) -> DeliveryData:
    file = past.file
    return DeliveryData(
        delivery_id=past.id,
        schedule_id=past.schedule_id or None,
        name=past.name,
        due_at=past.due_at,
        stage=past.stage,
        words=past.words,
        recipients=list(past.recipients),
        kind=past.kind,
        file_name=file.name if file else None,
        file_bytes=file.size if file else None,
        is_kept=past.is_kept,
        sent_at=past.delivery.sent_at,
    )
