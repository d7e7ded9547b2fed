"""Everything a page or a script can ask or do about alerts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from dbspend360.errors import NoData
from dbspend360.models.alert import Alert
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.answer import Answer
from dbspend360.models.delivery import Delivery
from dbspend360.models.incident import Incident, State
from dbspend360.models.job_cost import Observation
from dbspend360.models.person import Deed
from dbspend360.models.run import Run
from dbspend360.models.summary import RunKey
from dbspend360.models.view_state import ViewState
from dbspend360.services import incident_steps as steps
from dbspend360.services.alert_rows import AlertRows, KeptConfig
from dbspend360.services.alert_rules import alerts
from dbspend360.services.backtest import DAYS, Backtest, backtest
from dbspend360.services.job_costs import JobCosts
from dbspend360.services.outbox import Outbox
from dbspend360.services.permissions import doing

Step = Callable[[Incident], Incident]


@dataclass(frozen=True)
class ViewAlerts:
    """What of a view crosses the person's rules, newest first; nothing when highlights are off."""

    alerts: tuple[Alert, ...] = ()
    by_run: dict[RunKey, tuple[Alert, ...]] = field(default_factory=dict)
    by_job: dict[tuple[str, str], tuple[Alert, ...]] = field(default_factory=dict)
    by_day: dict[date, int] = field(default_factory=dict)  # how many


@dataclass(frozen=True)
class RunVerdict:
    """One run beside its normal; the totals of its days may have crossed a rule, too."""

    observed: Observation | None  # None: it is too long to be judged as a run
    alerts: tuple[Alert, ...]


class AlertDesk:
    """Every method may raise what the store or the warehouse raises.

    What changes or sends something asks for the right to it, and is noted: NotAllowed.
    """

    def __init__(
        self,
        costs: JobCosts,
        rows: AlertRows,
        *,
        final_date: Callable[[], date],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`final_date()` is the last day that counts as complete."""
        self._costs, self._rows, self._outbox = costs, rows, Outbox(rows)
        self._final_date, self._now = final_date, now

    # Configuration

    def config(self, user_id: str) -> KeptConfig:
        """The person's configuration, with the `updated_at` that `save` wants to see."""
        return self._rows.config(user_id)

    def save(self, user_id: str, config: AlertConfig, *, seen: datetime | None) -> KeptConfig:
        """Keep a configuration.

        Raises:
            Conflict: it was saved elsewhere since it was `seen`.
        """
        with doing(Deed.CHANGE, "alerts.save"):
            return self._rows.save(user_id, config, seen=seen)

    def backtest(self, config: AlertConfig) -> Answer[Backtest]:
        """What a configuration would have raised in the last 90 days of the data.

        Raises:
            NoData: there are no days at all.
            TooLarge: it would raise too many alerts to be told.
        """
        bounds = self._costs.bounds().value
        if bounds.first_date is None or bounds.last_date is None:
            raise NoData("backtest", "There is no data yet to try the rules on.")
        last_date = bounds.last_date
        first_date = max(last_date - timedelta(days=DAYS - 1), bounds.first_date)
        days = (first_date, last_date)
        found = self._costs.crossed(*days, config, date.max)
        jobs = {(each.observed.workspace_id, each.observed.job_id) for each in found.value}
        peaks = self._costs.peaks(jobs, *days).value
        learning = self._costs.learning(*days).value
        return found.map(lambda crossed: backtest(crossed, peaks, config, days, learning))

    # The dashboard

    def of_view(self, user_id: str, view: ViewState) -> Answer[ViewAlerts]:
        """What the dashboard highlights. Whole runs, though the view may show a part of them."""
        config = self.config(user_id).config
        if not config.dashboard_highlights:
            return self._costs.bounds().map(lambda _: ViewAlerts())
        days = (view.start_date, view.end_date)
        return self._costs.crossed(*days, config, self._final_date()).map(
            lambda found: _arranged([each for each in found if _is_asked(each.observed, view)])
        )

    def looked_as_of(self) -> datetime | None:
        """Since when `of_view` would say the same of the data; None while newer is looked for."""
        return self._costs.looked_as_of()

    def of_run(self, user_id: str, run: Run) -> Answer[RunVerdict]:
        """Why a run is an alert, or how far from one it is."""
        config = self.config(user_id).config
        observed = self._costs.of_run(run)
        found = alerts(observed.value, config, self._final_date())
        shown = tuple(found) if config.dashboard_highlights else ()
        own = next((each for each in observed.value if each.run_id), None)
        return observed.map(lambda _: RunVerdict(own, shown))

    # The inbox

    def incidents(self, user_id: str) -> list[Incident]:
        """The person's incidents: those not over first, then the latest change first."""
        found = [each.incident for each in self._rows.incidents(user_id).values()]
        return sorted(found, key=lambda each: (each.is_active, each.changed_at), reverse=True)

    def open_count(self, user_id: str) -> int:
        """The number at the bell: incidents that nobody has looked after yet."""
        if not self.config(user_id).config.dashboard_highlights:
            return 0
        return Counter(each.state for each in self.incidents(user_id))[State.OPEN]

    def acknowledge(self, user_id: str, id_: str, *, who: str) -> Incident:
        """Somebody is on it."""
        return self._changed(
            user_id, "acknowledge", id_, lambda it: steps.acknowledged(it, who, self._now())
        )

    def snooze(self, user_id: str, id_: str, *, until: datetime, who: str) -> Incident:
        """Nothing is told until then."""
        return self._changed(
            user_id, "snooze", id_, lambda it: steps.snoozed(it, until, who, self._now())
        )

    def expect(self, user_id: str, id_: str, *, who: str) -> Incident:
        """This much is fine: nothing is told until it is half as much again."""
        return self._changed(
            user_id, "expect", id_, lambda it: steps.expected(it, who, self._now())
        )

    def resolve(self, user_id: str, id_: str, *, who: str) -> Incident:
        """It is over; the next alert opens it again."""
        return self._changed(
            user_id, "resolve", id_, lambda it: steps.resolved(it, who, self._now())
        )

    def reopen(self, user_id: str, id_: str, *, who: str) -> Incident:
        """It is open again."""
        return self._changed(
            user_id, "reopen", id_, lambda it: steps.reopened(it, who, self._now())
        )

    def deliveries(self, user_id: str) -> list[Delivery]:
        """The messages about the person's incidents, the latest first: sent, waiting or failed.

        `incidents` of each holds `<incident id>-<number of the notice>`.
        """
        return self._outbox.of_user(user_id)

    def send_again(self, user_id: str, delivery_id: str) -> Delivery:
        """Send a message once more that failed, or that nobody confirmed."""
        with doing(Deed.MAIL, "alerts.send_again", delivery=delivery_id):
            return self._outbox.send_again(user_id, delivery_id, self._now())

    def _changed(self, user_id: str, what: str, id_: str, step: Step) -> Incident:
        with doing(Deed.CHANGE, f"alerts.{what}", incident=id_):
            return self._rows.change(user_id, id_, step).incident


def _is_asked(seen: Observation, view: ViewState) -> bool:
    name = view.job_name
    return (
        (not name or name.lower() in seen.job_name.lower() or name == seen.job_id)
        and view.workspace_id in ("", seen.workspace_id)
        and view.job_id in ("", seen.job_id)
    )


def _arranged(found: Sequence[Alert]) -> ViewAlerts:
    by_run: dict[RunKey, list[Alert]] = defaultdict(list)
    by_job: dict[tuple[str, str], list[Alert]] = defaultdict(list)
    by_day: Counter[date] = Counter()
    for each in reversed(found):
        seen = each.observed
        if seen.run_id is not None:
            by_run[RunKey(seen.workspace_id, seen.job_id, seen.run_id)].append(each)
        by_job[seen.workspace_id, seen.job_id].append(each)
        by_day[seen.last_date] += 1
    return ViewAlerts(
        alerts=tuple(reversed(found)),
        by_run={key: tuple(own) for key, own in by_run.items()},
        by_job={key: tuple(own) for key, own in by_job.items()},
        by_day=dict(by_day),
    )
