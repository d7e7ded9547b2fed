"""The marks of alerts on the rows of a table: few words, with the reason behind them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dbspend360.models.alert import Alert, Rule, times
from dbspend360.models.columns import Grouping
from dbspend360.models.summary import RunKey
from dbspend360.models.view_state import ViewState
from dbspend360.services.alert_desk import ViewAlerts
from dbspend360.theme import plural, whole_usd
from dbspend360.warehouse.base import Row, Value

TELLING_TIMES = 2  # the normal: from there it says more than the threshold
MOST_REASONS = 5  # more do not fit into a hint


@dataclass(frozen=True)
class Mark:
    """What a row with an alert is marked with; `is_early`: none of its alerts is final."""

    words: str
    hint: str
    is_early: bool


RowMark = Callable[[Row], Mark | None]


def row_mark(view: ViewState, found: ViewAlerts) -> RowMark:
    """The mark of a row; None: it has no alert.

    A record is marked with its run. A cluster has no normal of its own, and no mark.
    """
    if view.group_by in (Grouping.RUN, Grouping.RECORD):
        return lambda row: _of_run(found.by_run.get(RunKey(*_ids(row, "run_id")), ()))
    if view.group_by is Grouping.JOB:
        return lambda row: _of_many(found.by_job.get(_ids(row), ()))
    if view.group_by is Grouping.DAY:
        by_day: dict[Value, list[Alert]] = defaultdict(list)
        for each in found.alerts:
            by_day[each.observed.last_date].append(each)
        return lambda row: _of_many(by_day.get(row["usage_date"], ()))
    return lambda _: None


def _ids(row: Row, *more: str) -> Any:  # noqa: ANN401 - as many texts as there are names
    return tuple(str(row[name]) for name in ("workspace_id", "job_id", *more))


def _of_run(alerts: Sequence[Alert]) -> Mark | None:
    return _mark(alert_words(alerts), alerts) if alerts else None


def _of_many(alerts: Sequence[Alert]) -> Mark | None:
    return _mark(plural(len(alerts), "alert"), alerts) if alerts else None


def _mark(words: str, alerts: Sequence[Alert]) -> Mark:
    return Mark(words, reasons(alerts), all(each.is_early for each in alerts))


def alert_words(alerts: Sequence[Alert]) -> str:
    """`3.4x normal`, or `over $500` where that says more: of one run or day."""
    seen = alerts[0].observed
    amount = next((each for each in alerts if each.rule is Rule.AMOUNT), None)
    if seen.normal is not None and seen.normal > 0:
        times_normal = seen.compared_cost / seen.normal
        if amount is None or times_normal >= TELLING_TIMES:
            return f"{times(seen.compared_cost, seen.normal)} normal"
    return f"over {whole_usd(amount.threshold)}" if amount else "above normal"


def reasons(alerts: Sequence[Alert]) -> str:
    """Each alert in a line, in the order given."""
    lines = [f"{each.subject}: {each.reason}" for each in alerts[:MOST_REASONS]]
    more = len(alerts) - len(lines)
    return "\n".join([*lines, f"and {more:,} more"] if more else lines)
