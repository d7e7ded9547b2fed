"""The words of a mail with a report: how much, where it went, what is attached, how to stop it."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from dbspend360.models import summary_words as words
from dbspend360.models.delivery import Message
from dbspend360.models.report_order import KeptFile
from dbspend360.models.summary import ZERO, JobSpend
from dbspend360.models.view_query import write_query
from dbspend360.models.view_state import ViewState
from dbspend360.services.mail_message import one_line
from dbspend360.services.report import Report
from dbspend360.theme import count, day, day_range, plural, usd

MOST_JOBS = 5
_FONT = "font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif"
_QUIET = "color:#5b6472"
_LINK = "color:#3f51cf"
_WHY_STOP = "Who gets this and when, and how to stop it"

Facts = list[tuple[str, str]]


def report_message(
    report: Report, message: str, base: str, *, file: KeptFile | None, download: str = ""
) -> Message:
    """The mail. `base` is where people open the app, `message` what the person adds.

    `file` is what comes with it, None where nobody knows yet; it is attached, unless `download` is
    the address under which to get it.
    """
    subject = f"{report.title}: {_headline(report)}"
    return Message(
        subject=one_line(subject),
        text=_text(report, message, base, _file_words(file, download), download),
        html=_html(report, message, base, _file_words(file, download), download),
    )


def view_address(base: str, view: ViewState) -> str:
    """The page with exactly these days, whatever their name will mean tomorrow."""
    return f"{base}/?{write_query(view.with_changes(preset=None))}"


def size_words(size: int) -> str:
    """`240 KB`, `1.2 MB`."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1_000)):,} KB"
    return f"{size / 1_000_000:,.1f} MB"


def _headline(report: Report) -> str:
    shown, days = report.summary.shown, day_range(report.view.start_date, report.view.end_date)
    return f"{usd(shown.total_spend) if shown.total_records else 'no spend'}, {days}"


def _facts(report: Report) -> Facts:
    shown = report.summary.shown
    if not shown.total_records:
        return [("Total", words.nothing_ran(report.view))]
    total = shown.total_spend
    return [
        ("Total", f"{usd(total)} ({_change(report)})"),
        ("EC2", _with_share(shown.known_ec2_cost, total)),
        ("Databricks", _with_share(shown.databricks_cost, total)),
        ("Jobs", f"{count(shown.total_jobs)}, {words.jobs_before(report.summary)}"),
        ("Runs", f"{count(shown.total_runs)}, {words.runs_per_day(shown, report.view.days)}"),
    ]


def _change(report: Report) -> str:
    change = words.total_change(report.summary, report.view, comparable=report.is_comparable)
    return " ".join(filter(None, (change.moved, change.basis)))


def _with_share(cost: Decimal | None, total: Decimal) -> str:
    share = words.part_of(cost, total)
    return f"{usd(cost)} ({share})" if share else usd(cost)


def _remarks(report: Report) -> list[str]:
    """What the figures are to be read with."""
    shown, found = report.summary.shown, list[str]()
    if shown.unknown_ec2_records:
        unknown = words.unknown_ec2(shown)
        found.append(f"{unknown[0].upper()}{unknown[1:]}.")
    if report.view.end_date > report.final_date and shown.total_records:
        found.append(f"After {day(report.final_date)}: {words.NOT_COMPLETE}")
    if report.alerts_problem:
        found.append(f"Alerts are not known: {report.alerts_problem}")
    found.append(f"Figures as of {day(report.as_of.date())}, {report.as_of:%H:%M} UTC.")
    return found


def _filters(view: ViewState) -> str:
    said = [
        ("job", view.job_name),
        ("job id", view.job_id),
        ("workspace", view.workspace_id),
        ("cluster", view.cluster_id),
    ]
    return ", ".join(f"{name} {value}" for name, value in said if value)


def _period(report: Report) -> str:
    view = report.view
    only = _filters(view)
    days = f"{day_range(view.start_date, view.end_date)} (UTC), {plural(view.days, 'day')}"
    return f"{days}; {only}" if only else days


def _file_words(file: KeptFile | None, download: str) -> str:
    if file is None:
        return ""
    cut = " It holds the first rows only: the table of the view is longer." if file.is_cut else ""
    if download:
        return f"{file.name} ({size_words(file.size)}) is too large to attach.{cut}"
    return f"{file.name} ({size_words(file.size)}) is attached.{cut}"


def _jobs(report: Report) -> list[JobSpend]:
    return list(report.top_jobs[:MOST_JOBS])


def _job_name(job: JobSpend) -> str:
    return job.job_name or job.job_id


def _text(report: Report, message: str, base: str, file: str, download: str) -> str:
    lines = [report.title, _period(report)]
    lines += ["", *message.splitlines()] if message else []
    lines += ["", *(f"{name}: {value}" for name, value in _facts(report))]
    if jobs := _jobs(report):
        lines += ["", "What cost most:"]
        lines += [f"  {usd(each.total_cost)}  {_job_name(each)}" for each in jobs]
    lines += ["", *_remarks(report)]
    lines += ["", file, *([f"Get it: {download}"] if download else [])] if file else []
    lines += ["", f"The same view on the page: {view_address(base, report.view)}"]
    lines += [f"{_WHY_STOP}: {base}/reports"]
    return "\n".join(lines)


def _html(report: Report, message: str, base: str, file: str, download: str) -> str:
    links = [_link("See this view on the page", view_address(base, report.view))]
    links += [_link("Get the file", download)] if download else []
    parts = [
        f'<h1 style="font-size:20px;margin:0 0 2px">{escape(report.title)}</h1>',
        f'<p style="{_QUIET};font-size:14px;margin:0 0 16px">{escape(_period(report))}</p>',
        _said(message),
        _bar(report),
        _table(_facts(report)),
        _listed(_jobs(report)),
        f'<p style="{_QUIET};font-size:13px">{escape(" ".join(_remarks(report)))}</p>',
        f'<p style="font-size:14px">{escape(file)}</p>' if file else "",
        f'<p style="font-size:14px">{" · ".join(links)}</p>',
        f'<p style="{_QUIET};font-size:13px">{_link(_WHY_STOP, f"{base}/reports")}.</p>',
    ]
    return _page(report.title, parts)


def _said(message: str) -> str:
    if not message:
        return ""
    lines = "<br>".join(escape(line) for line in message.splitlines())
    style = "border-left:4px solid #c3c8d1;padding:2px 0 2px 12px;margin:0 0 16px;font-size:14px"
    return f'<p style="{style}">{lines}</p>'


def _table(rows: Facts) -> str:
    cells = "".join(
        f'<tr><td style="{_QUIET};padding:2px 16px 2px 0;vertical-align:top">{escape(name)}</td>'
        f'<td style="padding:2px 0">{escape(value)}</td></tr>'
        for name, value in rows
    )
    return f'<table style="border-collapse:collapse;font-size:14px">{cells}</table>'


def _listed(jobs: Sequence[JobSpend]) -> str:
    if not jobs:
        return ""
    dearest = max(jobs[0].total_cost, Decimal("0.01"))
    rows = "".join(
        f'<tr><td style="padding:3px 16px 3px 0">{escape(_job_name(each))}</td>'
        '<td style="padding:3px 12px 3px 0;text-align:right;white-space:nowrap">'
        f"{usd(each.total_cost)}</td><td>{_split(each, dearest)}</td></tr>"
        for each in jobs
    )
    return (
        '<h2 style="font-size:15px;margin:20px 0 4px">What cost most</h2>'
        f'<table style="border-collapse:collapse;font-size:14px">{rows}</table>'
    )


def _split(job: JobSpend, dearest: Decimal) -> str:
    databricks = _box(max(job.databricks_cost, ZERO) / dearest, "#3f51cf", 120)
    return databricks + _box(max(job.ec2_cost or ZERO, ZERO) / dearest, "#35b3a2", 120)


def _bar(report: Report) -> str:
    """EC2 beside Databricks: boxes, no picture to be blocked."""
    shown = report.summary.shown
    if shown.total_spend <= 0:
        return ""
    share = max(shown.databricks_cost, ZERO) / shown.total_spend
    boxes = _box(share, "#3f51cf", 360) + _box(1 - share, "#35b3a2", 360)
    return f'<div style="margin:0 0 10px;line-height:8px">{boxes}</div>'


def _box(share: Decimal, colour: str, full: int) -> str:
    width = round(float(min(max(share, ZERO), Decimal(1))) * full)
    style = f"display:inline-block;height:8px;width:{width}px;background:{colour}"
    return f'<span style="{style}"></span>'


def _link(words: str, address: str) -> str:
    return f'<a style="{_LINK}" href="{escape(address)}">{escape(words)}</a>'


def _page(title: str, parts: Sequence[str]) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head>"
        f'<body style="{_FONT};color:#1c2430;background:#ffffff;margin:0;padding:24px">'
        f'<div style="max-width:600px">{"".join(parts)}</div></body></html>'
    )
