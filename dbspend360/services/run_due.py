"""All that is due, done once: the check, what it has to tell, and the sending."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from dbspend360.errors import DBSpendError
from dbspend360.log import begin_request
from dbspend360.models.alert_config import UNTIL_SAVED
from dbspend360.models.delivery import Delivery, Stage
from dbspend360.services.alert_links import public_url
from dbspend360.services.alert_rows import AlertRows, KeptConfig
from dbspend360.services.checking import Checker
from dbspend360.services.claims import Claims, new_owner
from dbspend360.services.current_user import working_for
from dbspend360.services.job_costs import JobCosts
from dbspend360.services.operator import operator
from dbspend360.services.outbox import Outbox
from dbspend360.services.own_exporter import own_exporter
from dbspend360.services.postman import Postman
from dbspend360.services.reports import Reports, mail_lease
from dbspend360.services.senders import make_senders
from dbspend360.services.telling import Teller
from dbspend360.services.user_settings import settings_store
from dbspend360.settings import Settings
from dbspend360.theme import plural
from dbspend360.warehouse.patience import allow
from dbspend360.warehouse.source import Source
from dbspend360.warehouse.spends import SpendRepository

log = logging.getLogger(__name__)

CLAIM = "alerts/claim"
CHECK_LEASE = timedelta(minutes=5)
_PATIENCE_SECONDS = 240.0  # less than the lease
RETRY = timedelta(minutes=5)  # after a check that failed


@dataclass(frozen=True)
class Done:
    """What a call has done, and when the next one has something to do."""

    is_checked: bool
    changed: int  # incidents
    told: int  # incidents
    sent: int
    not_sent: int
    failures: tuple[str, ...]  # in sentences
    next_at: datetime
    reports_sent: int = 0
    reports_not_sent: int = 0

    @property
    def words(self) -> str:
        """In a line."""
        checked = "Checked the rules" if self.is_checked else "The rules were checked before"
        said = f"{checked}: {plural(self.changed, 'incident')} changed, {self.sent} sent"
        said = f"{said}, {self.not_sent} not sent yet" if self.not_sent else said
        return f"{said}. {self._report_words}".rstrip()

    @property
    def _report_words(self) -> str:
        if not self.reports_sent and not self.reports_not_sent:
            return ""
        said = f"{plural(self.reports_sent, 'report')} sent"
        return f"{said}, {self.reports_not_sent} not yet." if self.reports_not_sent else f"{said}."


class RunDue:
    """Idempotent: any number of processes may call it at once, at any time."""

    def __init__(
        self,
        settings: Settings,
        source: Source,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Opens nothing yet.

        Raises:
            BadSettings: the mail server or the store cannot be as they are set.
        """
        self._now = now
        store = settings_store(settings, source)
        self.rows = AlertRows(store)
        self._last_look = now()
        self._every = timedelta(minutes=settings.check_minutes)
        spend = SpendRepository(source.warehouse)
        self._checker = Checker(
            JobCosts(spend),
            self.rows,
            final_after_days=settings.final_after_days,
            now=now,
        )
        self._outbox = Outbox(self.rows)
        self._teller = Teller(self.rows, self._outbox, public_url(settings), now)
        self._owner = new_owner()
        senders = make_senders(settings)
        self._postman = Postman(
            self.rows, senders, owner=self._owner, lease=mail_lease(settings), now=now
        )
        exporter = own_exporter(settings, spend, store, now=now)
        self.reports = Reports(settings, store, exporter, senders, owner=self._owner, now=now)
        self._operator = operator(settings)
        # Where a look into the store wakes no SQL warehouse.
        self.can_look_often = store is not source.configs

    def run(self) -> Done:
        """Do what is due.

        Raises:
            StoreError, WarehouseError: the store of users' settings does not answer.
        """
        begin_request()  # its lines in the log, and its questions, belong together
        with working_for(self._operator):
            return self._run()

    def _run(self) -> Done:
        self._last_look = self._now()
        allow(_PATIENCE_SECONDS)  # nobody waits for a page here
        people = self._people()
        is_checked, changed, failures = self._check(people)
        told = 0
        for each in people:
            try:
                told += self._teller.tell(each)
            except DBSpendError as error:
                failures.append(str(error))
        sent = self._postman.send_due()
        reports = self.reports.run()
        return Done(
            is_checked=is_checked,
            changed=changed,
            told=told,
            sent=_count(sent, Stage.SENT),
            not_sent=len(sent) - _count(sent, Stage.SENT),
            failures=tuple(failures),
            next_at=self._next_at(people),
            reports_sent=_count(reports, Stage.SENT),
            reports_not_sent=len(reports) - _count(reports, Stage.SENT),
        )

    def is_due(self) -> bool:
        """Whether a report has fallen due since `run` began, also by a schedule that is new.

        Raises:
            StoreError, WarehouseError: the store of users' settings does not answer.
        """
        due = self.reports.next_at(self._last_look)
        return due is not None and due <= self._now()

    def _people(self) -> list[KeptConfig]:
        """Everybody with a configuration; '' has one as well before anybody saves it."""
        found = self.rows.configs()
        if not any(each.user_id == "" for each in found):
            found.append(KeptConfig("", UNTIL_SAVED))
        return found

    def _check(self, people: list[KeptConfig]) -> tuple[bool, int, list[str]]:
        claims = Claims(self.rows.store, now=self._now, owner=self._owner)
        taken = claims.take(CLAIM, self._slot(), CHECK_LEASE)
        if taken is None:
            return False, 0, []
        changed, failures = 0, list[str]()
        for each in people:
            try:
                changed += self._checker.check(each)
            except DBSpendError as error:
                log.warning("The alerts of one person could not be checked: %s", error)
                failures.append(str(error))
            except Exception:  # a mistake of ours: the others go on all the same
                log.exception("The alerts of one person could not be checked")
                failures.append("The alerts of one person could not be checked: see the log.")
        if failures:
            claims.give_back(taken, CLAIM, RETRY)
        else:
            claims.finish(taken, CLAIM)
        return True, changed, failures

    def _slot(self) -> datetime:
        """When the check that counts now was due: the same for everybody who asks."""
        midnight = datetime.combine(self._now().date(), time(), UTC)
        return midnight + (self._now() - midnight) // self._every * self._every

    def _next_at(self, people: list[KeptConfig]) -> datetime:
        slot = self._slot()
        claims = Claims(self.rows.store, now=self._now, owner=self._owner)
        wanted = [claims.look_again_at(CLAIM, slot) or slot + self._every]
        due = (
            self._outbox.next_due(),
            self.reports.next_try(),
            self.reports.next_at(self._last_look),
        )
        wanted += [each for each in due if each]
        hours = [each.config.digest_hour for each in people]
        wanted += [_next_hour(self._now(), hour) for hour in hours if hour is not None]
        return min(wanted)


def _next_hour(now: datetime, hour: int) -> datetime:
    """The next time that a digest is due."""
    today = datetime.combine(now.date(), time(hour), UTC)
    return today if today > now else today + timedelta(days=1)


def _count(deliveries: list[Delivery], stage: Stage) -> int:
    return sum(each.stage is stage for each in deliveries)
