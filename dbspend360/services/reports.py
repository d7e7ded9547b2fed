"""The mailing of reports, put together: what is due, by whom it is sent, what is kept."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from dbspend360.errors import DBSpendError
from dbspend360.models.delivery import Delivery
from dbspend360.services.alert_links import public_url
from dbspend360.services.current_user import Caller, current_caller, working_for
from dbspend360.services.exporting import Exporter
from dbspend360.services.mail_policy import mail_policy
from dbspend360.services.mailer import MOST_REPLIES, Sender
from dbspend360.services.outbox import Outbox
from dbspend360.services.own_exporter import utc_now
from dbspend360.services.postman import Postman
from dbspend360.services.report_desk import ReportDesk
from dbspend360.services.report_files import report_files
from dbspend360.services.report_maker import ReportMaker
from dbspend360.services.report_planning import Planner
from dbspend360.services.report_retention import Retention
from dbspend360.services.report_rows import OUTBOX, ReportRows
from dbspend360.settings import Settings
from dbspend360.store.base import Store

log = logging.getLogger(__name__)

TIDY_EVERY = timedelta(hours=1)
_AT_ONCE = 2  # reports sent by hand that one web process makes; the others wait


def mail_lease(settings: Settings) -> timedelta:
    """For how long a delivery is claimed: longer than a mail takes up to its hand-over."""
    return timedelta(seconds=(MOST_REPLIES + 2) * settings.mail_seconds)


class Reports:
    """Opens nothing before it is used. Any number of them may be at work at once."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        exporter: Exporter,
        senders: Callable[[Delivery], Sender | None],
        *,
        owner: str,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """BadSettings where they cannot work."""
        self._now, self._tidy_at = now, now()
        self._free = threading.BoundedSemaphore(_AT_ONCE)
        self._files, self._policy = report_files(settings), mail_policy(settings)
        self._base_url = public_url(settings)
        self._kept = timedelta(days=settings.reports_kept_days)
        self._exporter, self._rows = exporter, ReportRows(store)
        self._maker = ReportMaker(
            self._rows,
            exporter,
            files=self._files,
            base_url=self._base_url,
            policy=self._policy,
        )
        self._outbox = Outbox(self._rows, OUTBOX)
        self._planner = Planner(self._rows, self._outbox, now, self._kept)
        self._retention = Retention(self._rows, self._files.folder, self._kept, now)
        self._postman = Postman(
            self._rows,
            senders,
            owner=owner,
            lease=mail_lease(settings),
            now=now,
            key=OUTBOX,
            maker=self._maker,
            kept=None,
        )

    def run(self) -> list[Delivery]:
        """Send what is due, and now and then remove what is old.

        Returns:
            What became of the deliveries that were in our hands.
        """
        self._planner.plan()
        done = self._postman.send_due()
        if self._now() >= self._tidy_at:
            self._retention.remove_old()
            self._tidy_at = self._now() + TIDY_EVERY
        return done

    def next_at(self, since: datetime) -> datetime | None:
        """The first due time of a schedule after `since`; None when there is none."""
        found = [each.next_at(since) for each in self._rows.all_schedules()]
        return min((each for each in found if each), default=None)

    def next_try(self) -> datetime | None:
        """When a delivery wants to be sent; None when there is none."""
        return self._outbox.next_due()

    def send(self, user_id: str, delivery_id: str) -> Delivery | None:
        """Send this one if it is due; None when it is not, or somebody else does."""
        return self._postman.send_one(user_id, delivery_id)

    def begin(self, user_id: str, delivery_id: str) -> None:
        """Send this one in a thread. Should it die, `run` sends it after a while."""
        whole = (current_caller(), user_id, delivery_id)
        threading.Thread(target=self._send_quietly, args=whole, name="report", daemon=True).start()

    def desk(self, begin: Callable[[str, str], None] | None = None) -> ReportDesk:
        """What pages and scripts ask; `begin` is who sends what is sent by hand."""
        return ReportDesk(
            self._rows,
            self._exporter,
            self._files,
            self._policy,
            base_url=self._base_url,
            kept_days=self._kept.days,
            begin=begin or self.begin,
            now=self._now,
        )

    def _send_quietly(self, caller: Caller, user_id: str, delivery_id: str) -> None:
        try:
            with self._free, working_for(caller):
                self.send(user_id, delivery_id)
        except DBSpendError as error:
            log.warning("delivery=%s waits for the next run: %s", delivery_id, error)
