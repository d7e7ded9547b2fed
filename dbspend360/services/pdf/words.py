"""What the first page says, but for its charts: decided here, laid out by `head.html`."""

from dataclasses import dataclass
from datetime import datetime

from dbspend360.models import summary_words
from dbspend360.models.alert import Alert
from dbspend360.models.view_words import filter_words, row_filter_words
from dbspend360.services.pdf import MOST_ROWS
from dbspend360.services.report import Report
from dbspend360.theme import UNKNOWN, count, day, day_range, plural, usd

MOST_ALERTS = 8
NO_ROWS = "No rows: nothing matches these dates and filters."


@dataclass(frozen=True)
class Card:
    """A number with what is said below it.

    `moved` comes first in that, in the colour of `way`: `worse`, `better`, or none for a `name`.
    """

    title: str
    number: str
    note: str
    moved: str = ""
    way: str = "same"


@dataclass(frozen=True)
class AlertLine:
    """One alert."""

    day: str
    job: str
    words: str
    excess: str


@dataclass(frozen=True)
class Head:
    """All texts of the first page."""

    title: str
    period: str
    basis: list[str]  # sentences
    cards: list[Card]
    alerts_title: str
    alerts: list[AlertLine]
    alerts_more: str
    rows_title: str
    rows_count: str
    rows_notes: list[str]


def head(report: Report) -> Head:
    """What a report says at its beginning."""
    view = report.view
    found = sorted(report.alerts.alerts, key=lambda each: each.excess, reverse=True)
    more = len(found) - MOST_ALERTS
    return Head(
        title=report.title,
        period=f"{day_range(view.start_date, view.end_date)} · {plural(view.days, 'day')}",
        basis=_basis(report),
        cards=_cards(report),
        alerts_title=_alerts_title(report),
        alerts=[_alert(each) for each in found[:MOST_ALERTS]],
        alerts_more=f"and {count(more)} more" if more > 0 else "",
        rows_title=f"{view.group_by.value}s".capitalize(),
        rows_count=count(report.rows),
        rows_notes=_rows_notes(report),
    )


def file_words(report: Report) -> str:
    """What every page says of the whole."""
    days = day_range(report.view.start_date, report.view.end_date)
    return f"DBSpend360 · {report.title} · {days} (UTC)"


def freshness(report: Report) -> str:
    """How new the figures are."""
    last = report.bounds.last_date
    through = f"Data through {day(last)} · " if last else ""
    return f"{through}as of {moment(report.as_of)} · made {moment(report.made_at)}"


def moment(when: datetime) -> str:
    """`21 Nov 2026 14:03 UTC`."""
    return f"{day(when.date())} {when:%H:%M} UTC"


def cut_words(report: Report, printed: int) -> str:
    """Says that not all rows are printed."""
    return (
        f"Showing {count(printed)} of {count(report.rows)}: the CSV link has all. "
        "The sums are those of the whole."
    )


def _basis(report: Report) -> list[str]:
    view = report.view
    filters = filter_words(view)
    about = f"Only: {'; '.join(filters)}." if filters else "All jobs, workspaces and clusters."
    ends = "days are UTC days, first and last included" if view.days > 1 else "the day is a UTC day"
    basis = [about, f"Costs are USD as billed; {ends}."]
    if view.end_date > report.final_date:
        basis.append(f"Days after {day(report.final_date)} are not complete: {_SMALL_NOT_COMPLETE}")
    return basis


_SMALL_NOT_COMPLETE = summary_words.NOT_COMPLETE.replace(": these days will", ", and they will")


def _cards(report: Report) -> list[Card]:
    shown = report.summary.shown
    change = report.change
    highest = summary_words.highest_run(shown)
    name, when = (highest[0], day(highest[1])) if highest else (summary_words.NOTHING_RAN, "")
    return [
        Card("Total spend", usd(shown.total_spend), change.basis, change.moved, change.way),
        Card("Jobs", count(shown.total_jobs), summary_words.jobs_before(report.summary)),
        Card("Runs", count(shown.total_runs), summary_words.runs_per_day(shown, report.view.days)),
        Card("Average per run", usd(shown.avg_cost), summary_words.median_run(shown)),
        Card("Highest run", usd(shown.max_cost) if highest else UNKNOWN, when, name, "name"),
    ]


def _alerts_title(report: Report) -> str:
    if report.alerts_problem:
        return f"Alerts could not be looked up, so nothing is marked. {report.alerts_problem}"
    number = len(report.alerts.alerts)
    return f"{plural(number, 'alert')}, the dearest first" if number else "No alerts"


def _alert(alert: Alert) -> AlertLine:
    seen = alert.observed
    return AlertLine(
        day=day(seen.last_date),
        job=seen.job_name or f"job {seen.job_id}",
        words=f"{alert.subject}: {alert.reason}",
        excess=f"+{usd(alert.excess)}",
    )


def _rows_notes(report: Report) -> list[str]:
    notes = [] if report.rows else [NO_ROWS]
    if not report.summary.shown.total_records:
        notes.append(f"{summary_words.nothing_ran(report.view)} {_coverage(report)}")
    if report.rows > MOST_ROWS:
        notes.append(cut_words(report, MOST_ROWS))
    if filters := row_filter_words(report.view):
        listed = "; ".join(filters)
        notes.append(f"Only rows where {listed}. Cards and charts show everything.")
    return notes


def _coverage(report: Report) -> str:
    first, last = report.bounds.first_date, report.bounds.last_date
    if first is None or last is None:
        return "There is no data at all."
    return f"The data has {day_range(first, last)}."
