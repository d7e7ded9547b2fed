"""Why the run of the breakdown is an alert, above everything else that is said of it."""

from typing import Any

from dash import html

from dbspend360.dashboard.highlights import RunMarks
from dbspend360.models.alert import Alert
from dbspend360.models.incident import incident_id
from dbspend360.theme import day


def alert_reasons(marks: RunMarks) -> list[html.Div]:
    """A sentence for each rule that the run or one of its days crossed; none when none was."""
    found = marks.verdict.alerts if marks.verdict else ()
    return [_reason(each, marks.incident_ids) for each in _run_first(found)]


def is_told(marks: RunMarks) -> bool:
    """Whether an alert of the run itself already compares it with its normal."""
    found = marks.verdict.alerts if marks.verdict else ()
    return any(each.observed.run_id and each.observed.normal is not None for each in found)


def _run_first(found: tuple[Alert, ...]) -> list[Alert]:
    return sorted(found, key=lambda each: each.observed.run_id is None)


def _reason(alert: Alert, known: frozenset[str]) -> html.Div:
    seen = alert.observed
    sentence = alert.reason[:1].upper() + alert.reason[1:] + "."
    when = "" if seen.run_id else f"{alert.subject} on {day(seen.last_date)}: "
    kind = "reason reason--dear" + (" reason--early" if alert.is_early else "")
    return html.Div([when, html.Strong(sentence), *_incident_link(alert, known)], className=kind)


def _incident_link(alert: Alert, known: frozenset[str]) -> list[Any]:
    id_ = incident_id(alert.rule, alert.observed.workspace_id, alert.observed.job_id)
    if id_ not in known:
        return []
    return [" ", html.A("Its incident ›", href=f"/alerts?incident={id_}")]
