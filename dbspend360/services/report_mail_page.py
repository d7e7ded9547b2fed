"""The mail with a report as HTML: boxes and tables, no picture to be blocked."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from dbspend360.models import summary_words as words
from dbspend360.models.summary import ZERO, JobSpend
from dbspend360.services.report import Report
from dbspend360.services.report_facts import Facts, dearest_jobs, facts, job_title, period, remarks
from dbspend360.theme import usd

_FONT = "font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif"
_QUIET = "color:#5b6472"
_LINK = "color:#3f51cf"
_WIDE = "border-collapse:collapse;width:100%;max-width:480px"
_DATABRICKS, _EC2 = "#3f51cf", "#35b3a2"
WHY_STOP = "Who gets this and when, and how to stop it"
_MOVED = {"worse": "#cf2f2f", "better": "#1f8a54", "same": "#5b6472"}


def mail_page(
    report: Report, message: str, *, file: str, links: tuple[str, str], download: str
) -> str:
    """The whole mail. `links` are to the view and to the schedules; '' is what there is not."""
    view, schedules = links
    shown = [_link("See this view on the page", view)]
    shown += [_link("Get the file", download)] if download else []
    parts = [
        f'<h1 style="font-size:20px;margin:0 0 2px">{escape(report.title)}</h1>',
        f'<p style="{_QUIET};font-size:14px;margin:0 0 16px">{escape(period(report))}</p>',
        _said(message),
        _total(report),
        _bar(report),
        _table(facts(report)[1:]),
        _listed(dearest_jobs(report)),
        f'<p style="{_QUIET};font-size:13px">{escape(" ".join(remarks(report)))}</p>',
        f'<p style="font-size:14px">{escape(file)}</p>' if file else "",
        f'<p style="font-size:14px">{" · ".join(shown)}</p>',
        f'<p style="{_QUIET};font-size:13px">{_link(WHY_STOP, schedules)}.</p>',
    ]
    return _page(report.title, parts)


def _said(message: str) -> str:
    if not message:
        return ""
    lines = "<br>".join(escape(line) for line in message.splitlines())
    style = "border-left:4px solid #c3c8d1;padding:2px 0 2px 12px;margin:0 0 16px;font-size:14px"
    return f'<p style="{style}">{lines}</p>'


def _total(report: Report) -> str:
    """The number first, and how it moved in words."""
    shown = report.summary.shown
    if not shown.total_records:
        return f'<p style="font-size:15px">{escape(words.nothing_ran(report.view))}</p>'
    change = report.change
    colour = _MOVED[change.way]
    moved = f'<b style="color:{colour}">{change.moved}</b> ' if change.moved else ""
    return (
        '<p style="font-size:28px;font-weight:650;letter-spacing:-0.5px;margin:0">'
        f"{usd(shown.total_spend)}</p>"
        f'<p style="{_QUIET};font-size:14px;margin:0 0 14px">{moved}{escape(change.basis)}</p>'
    )


def _table(rows: Facts) -> str:
    cells = "".join(
        f'<tr><td style="{_QUIET};padding:2px 16px 2px 0;vertical-align:top">'
        f'{_square(name)}{escape(name)}</td><td style="padding:2px 0">{escape(value)}</td></tr>'
        for name, value in rows
    )
    return f'<table style="border-collapse:collapse;font-size:14px">{cells}</table>'


def _square(name: str) -> str:
    """What the colour of the bars means."""
    colour = {"EC2": _EC2, "Databricks": _DATABRICKS}.get(name, "transparent")
    style = f"display:inline-block;width:9px;height:9px;margin-right:8px;background:{colour}"
    return f'<span style="{style}"></span>'


def _listed(jobs: Sequence[JobSpend]) -> str:
    if not jobs:
        return ""
    dearest = max(jobs[0].total_cost, Decimal("0.01"))
    rows = "".join(
        f'<tr><td style="padding:6px 16px 2px 0">{escape(job_title(each))}</td>'
        '<td style="padding:6px 0 2px;text-align:right;white-space:nowrap">'
        f'{usd(each.total_cost)}</td></tr><tr><td colspan="2">{_split(each, dearest)}</td></tr>'
        for each in jobs
    )
    return (
        '<h2 style="font-size:15px;margin:20px 0 2px">What cost most</h2>'
        f'<table style="{_WIDE};font-size:14px">{rows}</table>'
    )


def _split(job: JobSpend, dearest: Decimal) -> str:
    ec2 = max(job.ec2_cost or ZERO, ZERO)
    return _boxes(max(job.databricks_cost, ZERO) / dearest, ec2 / dearest, 4)


def _bar(report: Report) -> str:
    """EC2 beside Databricks."""
    shown = report.summary.shown
    if shown.total_spend <= 0:
        return ""
    share = min(max(shown.databricks_cost, ZERO) / shown.total_spend, Decimal(1))
    return f'<div style="margin:0 0 10px">{_boxes(share, 1 - share, 8)}</div>'


def _boxes(databricks: Decimal, ec2: Decimal, height: int) -> str:
    """Cells of a table: no picture to be blocked, and as wide as a phone."""
    first = round(float(min(databricks, Decimal(1))) * 100)
    second = min(round(float(min(ec2, Decimal(1))) * 100), 100 - first)
    cells = ((first, _DATABRICKS), (second, _EC2), (100 - first - second, "transparent"))
    drawn = "".join(
        f'<td style="width:{width}%;height:{height}px;padding:0;background:{colour}"></td>'
        for width, colour in cells
        if width
    )
    return f'<table style="{_WIDE};table-layout:fixed"><tr>{drawn}</tr></table>'


def _link(words: str, address: str) -> str:
    return f'<a style="{_LINK}" href="{escape(address)}">{escape(words)}</a>'


def _page(title: str, parts: Sequence[str]) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head>"
        f'<body style="{_FONT};color:#1c2430;background:#ffffff;margin:0;padding:24px">'
        f'<div style="max-width:600px">{"".join(parts)}</div></body></html>'
    )
