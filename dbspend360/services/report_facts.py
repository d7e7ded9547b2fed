"""What a mail says of a report, in words, whatever it is written in."""

from decimal import Decimal

from dbspend360.models import summary_words as words
from dbspend360.models.summary import JobSpend
from dbspend360.models.view_words import filter_words, row_filter_words
from dbspend360.services.report import Report
from dbspend360.theme import count, day, day_range, plural, usd

MOST_JOBS = 5

Facts = list[tuple[str, str]]


def headline(report: Report) -> str:
    """How much in which days, for a subject."""
    shown, days = report.summary.shown, day_range(report.view.start_date, report.view.end_date)
    return f"{usd(shown.total_spend) if shown.total_records else 'no spend'}, {days}"


def facts(report: Report) -> Facts:
    """The figures, the total first."""
    shown = report.summary.shown
    if not shown.total_records:
        return [("Total", words.nothing_ran(report.view))]
    total = shown.total_spend
    return [
        ("Total", f"{usd(total)}, {_change(report)}"),
        ("EC2", _with_share(shown.known_ec2_cost, total)),
        ("Databricks", _with_share(shown.databricks_cost, total)),
        ("Jobs", f"{count(shown.total_jobs)}, {words.jobs_before(report.summary)}"),
        ("Runs", f"{count(shown.total_runs)}, {words.runs_per_day(shown, report.view.days)}"),
    ]


def _change(report: Report) -> str:
    change = report.change
    return " ".join(filter(None, (change.moved, change.basis)))


def _with_share(cost: Decimal | None, total: Decimal) -> str:
    share = words.part_of(cost, total)
    return f"{usd(cost)} ({share})" if share else usd(cost)


def remarks(report: Report) -> list[str]:
    """What the figures are to be read with."""
    shown, found = report.summary.shown, list[str]()
    if shown.unknown_ec2_records:
        unknown = words.unknown_ec2(shown)
        found.append(f"{unknown[0].upper()}{unknown[1:]}.")
    if report.view.end_date > report.final_date and shown.total_records:
        found.append(f"After {day(report.final_date)}: {words.NOT_COMPLETE}")
    if report.alerts_problem:
        found.append(f"Alerts are not known: {report.alerts_problem}")
    if rows := row_filter_words(report.view):
        found.append(f"The file has the rows in which {', and '.join(rows)}.")
    found.append(f"Figures as of {day(report.as_of.date())}, {report.as_of:%H:%M} UTC.")
    return found


def period(report: Report) -> str:
    """Which days, and of which jobs."""
    view = report.view
    days = f"{day_range(view.start_date, view.end_date)} (UTC), {plural(view.days, 'day')}"
    return "; ".join([days, *filter_words(view)])


def dearest_jobs(report: Report) -> list[JobSpend]:
    """The first of the report's top jobs."""
    return list(report.top_jobs[:MOST_JOBS])


def job_title(job: JobSpend) -> str:
    """Its name, or its id when it has none."""
    return job.job_name or job.job_id
