"""What changed between a period and the one before, job by job. Money is USD, exact."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from dbspend360.models.summary import ZERO
from dbspend360.models.view_state import ViewState

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class JobChange:
    """One job. What it cost less on days that are not complete yet is no part of its change."""

    workspace_id: str
    job_id: str
    job_name: str
    shown_cost: Decimal | None  # None: it had no records
    previous_cost: Decimal | None
    change: Decimal
    early_change: Decimal = ZERO  # less so far on days that are not complete; never above zero


@dataclass(frozen=True)
class Changes:
    """The whole difference: `jobs`, the others and what is early add up to it exactly."""

    jobs: tuple[JobChange, ...] = ()  # what rose most first, what fell most last
    other_jobs: int = 0
    other_change: Decimal = ZERO
    early_change: Decimal = ZERO  # of all jobs
    shown_cost: Decimal = ZERO
    previous_cost: Decimal = ZERO
    has_records: bool = False  # in either period

    @property
    def difference(self) -> Decimal:
        """The total less that of the period before."""
        return self.shown_cost - self.previous_cost

    @property
    def rises(self) -> list[JobChange]:
        """What rose most first."""
        return [each for each in self.jobs if each.change > 0]

    @property
    def falls(self) -> list[JobChange]:
        """What fell most first."""
        return [each for each in reversed(self.jobs) if each.change < 0]

    def in_cents(self) -> "Changes":
        """The same in whole cents that add up: what is lost by rounding is with the others."""
        rounded = [replace(each, change=cents(each.change)) for each in self.jobs]
        jobs = [each for each in rounded if each.change]
        shown, previous = cents(self.shown_cost), cents(self.previous_cost)
        early = cents(self.early_change)
        return replace(
            self,
            jobs=tuple(jobs),
            other_jobs=self.other_jobs + len(self.jobs) - len(jobs),
            other_change=shown - previous - early - _sum(jobs),
            early_change=early,
            shown_cost=shown,
            previous_cost=previous,
        )


def final_days(view: ViewState, final_date: date) -> tuple[date, date]:
    """The last complete day of the view, and the day it is compared with.

    Where no day of the view is complete: the days before the two periods.
    """
    last = max(min(final_date, view.end_date), view.start_date - timedelta(days=1))
    return last, last - timedelta(days=view.days)


def early_days(view: ViewState, final_date: date) -> int:
    """How many days of the view are not complete yet: its last ones."""
    return (view.end_date - final_days(view, final_date)[0]).days


def cents(amount: Decimal) -> Decimal:
    """To the cent, as it is shown."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def _sum(jobs: Sequence[JobChange]) -> Decimal:
    return sum((each.change for each in jobs), ZERO)
