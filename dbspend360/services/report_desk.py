"""Everything a page or a script can ask or do about mailed reports."""

from datetime import datetime

from dbspend360.errors import BadView, Conflict
from dbspend360.models.delivery import UNSENT, Delivery
from dbspend360.models.person import Deed
from dbspend360.models.saved_view import SavedView
from dbspend360.models.schedule import Schedule
from dbspend360.services.delivery_desk import DeliveryDesk
from dbspend360.services.permissions import doing
from dbspend360.services.report_history import PastReport
from dbspend360.services.report_planning import delivery, order_of
from dbspend360.services.report_rows import KeptSchedule, KeptView, new_id

MOST_SCHEDULES = 500
MOST_VIEWS = 200
_UNDER_WAY = "This report is being sent already: look at its history."


class ReportDesk(DeliveryDesk):
    """Every method may raise what the store or the warehouse raises, as in `DeliveryDesk`."""

    # Schedules

    def schedules(self, user_id: str) -> list[KeptSchedule]:
        """The person's schedules by name; those that cannot be read say so."""
        return sorted(self._rows.schedules(user_id), key=lambda each: each.name.lower())

    def schedule(self, user_id: str, id_: str) -> KeptSchedule:
        """One of them.

        Raises:
            NotFound: there is none.
        """
        return self._rows.schedule(user_id, id_)

    def save(
        self, user_id: str, schedule: Schedule, id_: str = "", *, seen: datetime | None = None
    ) -> KeptSchedule:
        """Keep a schedule; without an id it is a new one.

        With another timing, or after a pause, it counts from now on: nothing of before is missed.

        Raises:
            NotAllowed: the settings forbid one of the recipients, or all.
            NotFound: there is none with this id.
            Conflict: it was changed since it was `seen`.
        """
        to = ", ".join(schedule.recipients)
        with doing(Deed.CHANGE, "schedules.save", schedule=id_, name=schedule.name, to=to):
            return self._kept(user_id, schedule, id_, seen)

    def _kept(
        self, user_id: str, schedule: Schedule, id_: str, seen: datetime | None
    ) -> KeptSchedule:
        self.policy.require(schedule.recipients)
        now = self._now()
        if not id_:
            self._require_room(len(self._rows.schedules(user_id)), MOST_SCHEDULES, "schedules")
            return self._rows.put_schedule(
                user_id, schedule, id_=new_id(), counts_from=now, seen=None
            )
        kept = self._rows.schedule(user_id, id_)
        counts_from = kept.counts_from if _goes_on(kept.schedule, schedule) else now
        return self._rows.put_schedule(
            user_id, schedule, id_=id_, counts_from=counts_from, seen=seen or kept.updated_at
        )

    def pause(self, user_id: str, id_: str) -> KeptSchedule:
        """Nothing more falls due; what was due before still goes out."""
        with doing(Deed.CHANGE, "schedules.pause", schedule=id_):
            return self._switched(user_id, id_, is_paused=True)

    def resume(self, user_id: str, id_: str) -> KeptSchedule:
        """From now on; what the pause left out is not missed."""
        with doing(Deed.CHANGE, "schedules.resume", schedule=id_):
            return self._switched(user_id, id_, is_paused=False)

    def delete(self, user_id: str, id_: str, *, seen: datetime | None = None) -> None:
        """Remove a schedule. What was not handed over by then is not sent; the history stays.

        Raises:
            NotFound: there is none.
            Conflict: it was changed since it was `seen`.
        """
        with doing(Deed.CHANGE, "schedules.delete", schedule=id_):
            self._rows.delete_schedule(user_id, id_, seen=seen)

    def send_now(self, user_id: str, id_: str, *, who: str = "") -> PastReport:
        """Send a schedule's report as of now, beside its due times.

        Raises:
            NotFound: there is none.
            NotAllowed: the settings forbid it.
            Conflict: that was asked for already, and is not done yet.
        """
        with doing(Deed.MAIL, "schedules.send_now", schedule=id_):
            return self._sent_now(user_id, id_, who)

    def _sent_now(self, user_id: str, id_: str, who: str) -> PastReport:
        schedule = self._readable(user_id, id_)
        self.policy.require(schedule.recipients)
        now = self._now()
        if any(_is_under_way(each, id_) for each in self._outbox.of_user(user_id)):
            raise Conflict(_UNDER_WAY)
        order = order_of(id_, schedule, now, is_by_hand=True, who=who)
        # Two clicks of one second are one.
        return self._sent(
            user_id,
            delivery(user_id, f"{id_}-now-{now:%Y%m%dT%H%M%S}", order, schedule.recipients, now),
        )

    # Saved views

    def saved_views(self, user_id: str) -> list[KeptView]:
        """The person's views by name."""
        return self._rows.views(user_id)

    def save_view(self, user_id: str, view: SavedView) -> KeptView:
        """Keep a view; one of the same name is replaced."""
        with doing(Deed.CHANGE, "views.save", name=view.name, query=view.query):
            return self._kept_view(user_id, view)

    def _kept_view(self, user_id: str, view: SavedView) -> KeptView:
        views = self._rows.views(user_id)
        same = next((each for each in views if each.view.name.lower() == view.name.lower()), None)
        if same:
            return self._rows.put_view(user_id, view, id_=same.id, seen=same.updated_at)
        self._require_room(len(views), MOST_VIEWS, "saved views")
        return self._rows.put_view(user_id, view, id_=new_id(), seen=None)

    def delete_view(self, user_id: str, id_: str) -> None:
        """Remove a view; schedules of it stay as they are.

        Raises:
            NotFound: there is none.
        """
        with doing(Deed.CHANGE, "views.delete", view=id_):
            self._rows.delete_view(user_id, id_)

    def _switched(self, user_id: str, id_: str, *, is_paused: bool) -> KeptSchedule:
        kept = self._rows.schedule(user_id, id_)
        schedule = self._readable(user_id, id_)
        if schedule.is_paused is is_paused:
            return kept
        changed = schedule.model_copy(update={"is_paused": is_paused})
        return self._kept(user_id, changed, id_, kept.updated_at)

    def _readable(self, user_id: str, id_: str) -> Schedule:
        kept = self._rows.schedule(user_id, id_)
        if kept.schedule is None:
            raise Conflict(kept.problem)
        return kept.schedule

    def _require_room(self, there: int, most: int, what: str) -> None:
        if there >= most:
            raise BadView(f"There are {there} {what} already, which is the most: delete some.")


def _goes_on(before: Schedule | None, after: Schedule) -> bool:
    """Whether the due times of before still count."""
    return before is not None and not before.is_paused and before.timing == after.timing


def _is_under_way(found: Delivery, schedule_id: str) -> bool:
    order = found.order
    is_same = order is not None and order.is_by_hand and order.schedule_id == schedule_id
    return is_same and found.stage in UNSENT and not found.error
