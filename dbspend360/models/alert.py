"""A rule that was crossed, and why, in the words of page, mail and API."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from dbspend360.models.job_cost import Observation
from dbspend360.theme import plural, usd


class Rule(StrEnum):
    """What can be crossed."""

    AMOUNT = "amount"
    PERCENTAGE = "percentage"
    DATA_LATE = "data_late"  # not about a cost: nothing new has come for too long

    @property
    def words(self) -> str:
        """As a heading says it."""
        return {
            Rule.AMOUNT: "Cost above the threshold",
            Rule.PERCENTAGE: "Cost above the job's normal",
            Rule.DATA_LATE: "Data late",
        }[self]


@dataclass(frozen=True, slots=True)
class Alert:
    """One run, or one day of a job, that crossed one rule."""

    rule: Rule
    observed: Observation
    threshold: Decimal  # USD or percent, as the rule has it
    expected: Decimal  # USD: the threshold, or the job's normal
    is_early: bool  # its days are not final: the cost may still change

    @property
    def excess(self) -> Decimal:
        """Dollars beyond what was expected."""
        return self._cost - self.expected

    @property
    def reason(self) -> str:
        """Why, as part of a sentence: `3.4x this job's normal of $12.10`."""
        normal = against_normal(self.observed)
        if self.rule is Rule.AMOUNT:
            known = f", {normal}" if normal and self.observed.increase > 0 else ""
            return f"at or above {usd(self.threshold)}{known}{self._early}"
        return f"{normal}{self._early}"

    @property
    def subject(self) -> str:
        """What cost how much: `A run cost $41.20`, `40 runs of a day cost $120.00`."""
        runs = self.observed.runs
        what = "A run" if self.observed.run_id else f"{plural(runs, 'run')} of a day"
        return f"{what} cost {usd(self.observed.cost)}"

    @property
    def _early(self) -> str:
        return ", early: the cost may still change" if self.is_early else ""

    @property
    def _cost(self) -> Decimal:
        by_normal = self.rule is Rule.PERCENTAGE
        return self.observed.compared_cost if by_normal else self.observed.cost


@dataclass(frozen=True, slots=True)
class Learning:
    """A job that has too few earlier runs to say what is normal for it."""

    workspace_id: str
    job_id: str
    job_name: str
    earlier: int  # of the five that are needed


def against_normal(seen: Observation) -> str:
    """`3.4x this job's normal of $12.10`; '' while the job is learning."""
    if seen.normal is None:
        return ""
    what = "normal" if seen.run_id else "normal day"
    alone = "" if seen.is_complete else "Databricks cost, as EC2 is not known yet: "
    normal = f"this job's {what} of {usd(seen.normal)}"
    if seen.normal > 0:
        return f"{alone}{times(seen.compared_cost, seen.normal)} {normal}"
    return f"{alone}{usd(seen.increase)} above {normal}"


def times(cost: Decimal, normal: Decimal) -> str:
    """`3.4x`; from ten on `12x`."""
    factor = cost / normal
    return f"{factor:.0f}x" if factor >= 10 else f"{factor:.1f}x"
