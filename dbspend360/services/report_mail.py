"""The mail with a report: how much, where it went, what is attached, how to stop it."""

from dbspend360.models.delivery import Message
from dbspend360.models.report_order import KeptFile
from dbspend360.models.view_query import write_query
from dbspend360.models.view_state import ViewState
from dbspend360.services.mail_message import one_line
from dbspend360.services.report import Report
from dbspend360.services.report_facts import (
    dearest_jobs,
    facts,
    headline,
    job_title,
    period,
    remarks,
)
from dbspend360.services.report_mail_page import WHY_STOP, mail_page
from dbspend360.theme import usd


def report_message(
    report: Report, message: str, base: str, *, file: KeptFile | None, download: str = ""
) -> Message:
    """The mail. `base` is where people open the app, `message` what the person adds.

    `file` is what comes with it, None where nobody knows yet; it is attached, unless `download` is
    the address under which to get it.
    """
    said = _file_words(file, download)
    link = view_address(base, report.view)
    return Message(
        subject=one_line(f"{report.title}: {headline(report)}"),
        text=_text(report, message, base, said, download),
        html=mail_page(
            report, message, file=said, links=(link, f"{base}/reports"), download=download
        ),
    )


def view_address(base: str, view: ViewState) -> str:
    """The page with exactly these days, whatever their name will mean tomorrow."""
    return f"{base}/?{write_query(view.with_changes(preset=None))}"


def size_words(size: int) -> str:
    """`240 KB`, `1.2 MB`."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1_000)):,} KB"
    return f"{size / 1_000_000:,.1f} MB"


def _file_words(file: KeptFile | None, download: str) -> str:
    if file is None:
        return ""
    cut = " It holds the first rows only: the table of the view is longer." if file.is_cut else ""
    if download:
        return f"{file.name} ({size_words(file.size)}) is too large to attach.{cut}"
    return f"{file.name} ({size_words(file.size)}) is attached.{cut}"


def _text(report: Report, message: str, base: str, file: str, download: str) -> str:
    lines = [report.title, period(report)]
    lines += ["", *message.splitlines()] if message else []
    lines += ["", *(f"{name}: {value}" for name, value in facts(report))]
    if jobs := dearest_jobs(report):
        lines += ["", "What cost most:"]
        lines += [f"  {usd(each.total_cost)}  {job_title(each)}" for each in jobs]
    lines += ["", *remarks(report)]
    lines += ["", file, *([f"Get it: {download}"] if download else [])] if file else []
    lines += ["", f"The same view on the page: {view_address(base, report.view)}"]
    lines += [f"{WHY_STOP}: {base}/reports"]
    return "\n".join(lines)
