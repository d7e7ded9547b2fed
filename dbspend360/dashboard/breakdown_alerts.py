"""Why the run of the breakdown is an alert, above everything else that is said of it."""

from typing import Any

from dash import html

from dbspend360.dashboard.highlights import RunMarks
from dbspend360.models.alert import Alert
from dbspend360.models.incident import incident_id
from dbspend360.theme import day


def alert_reasons(marks: RunMarks) -> list[html.Div]:
    """A sentence for the run and for each of its days that crossed a rule; none when none did."""
    found = marks.verdict.alerts if marks.verdict else ()
    by_cost: dict[str, list[Alert]] = {}
    for each in sorted(found, key=lambda each: each.observed.run_id is None):
        by_cost.setdefault(each.observed.key, []).append(each)
    return [_reason(own, marks.incident_ids) for own in by_cost.values()]


def is_told(marks: RunMarks) -> bool:
    """Whether an alert of the run itself already compares it with its normal."""
    found = marks.verdict.alerts if marks.verdict else ()
    return any(each.observed.run_id and each.observed.normal is not None for each in found)


def _reason(alerts: list[Alert], known: frozenset[str]) -> html.Div:
    longest = max(alerts, key=lambda each: len(each.reason))  # the amount's names the normal, too
    seen = longest.observed
    sentence = f"{longest.reason[:1].upper()}{longest.reason[1:]}."
    links = _incident_links(alerts, known)
    if seen.run_id:
        kind = "reason reason--dear" + (" reason--early" if longest.is_early else "")
        return html.Div([html.Strong(sentence), *links], className=kind)
    day_words = f"{longest.subject} on {day(seen.last_date)}: {longest.reason}."
    return html.Div([day_words, *links], className="reason")


def _incident_links(alerts: list[Alert], known: frozenset[str]) -> list[Any]:
    """To the incident of each rule, where there is one."""
    found: list[Any] = []
    for each in alerts:
        id_ = incident_id(each.rule, each.observed.workspace_id, each.observed.job_id)
        if id_ in known:
            words = "Its incident ›" if not found else "and another ›"
            found += [" ", html.A(words, href=f"/alerts?incident={id_}", title=each.rule.words)]
    return found
