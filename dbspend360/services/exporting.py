"""Writes a view into a file: the same for a link, the command line, a mail and a schedule."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import BinaryIO, Protocol

from dbspend360.errors import BadView
from dbspend360.models.report import FileFormat, Written
from dbspend360.models.view_query import read_view
from dbspend360.models.view_state import ViewState
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.csv_export import csv_chunks
from dbspend360.services.report import Report, read_report
from dbspend360.warehouse.base import Rows
from dbspend360.warehouse.spends import SpendRepository

TITLE = "Databricks job spend"

Progress = Callable[[int, int], None]  # rows written, of how many; whatever it raises ends it


class Writer(Protocol):
    """One kind of file."""

    def __call__(
        self, report: Report, rows: Iterator[Rows], file: BinaryIO, progress: Progress
    ) -> int:
        """Write it all; how many rows of the table are in it."""
        ...


class Exporter:
    """Every method may raise what the store or the warehouse raises."""

    def __init__(
        self,
        spend: SpendRepository,
        desk: AlertDesk,
        *,
        final_date: Callable[[], date],
        today: Callable[[], date],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`final_date()` is the last day that counts as complete."""
        self._spend, self._desk = spend, desk
        self._final_date, self._today, self._now = final_date, today, now

    def view(self, query: str, *, today: date | None = None) -> ViewState:
        """The view that a page's query asks for; `today` is where its presets stand.

        Raises:
            BadView: a page can say what it shows instead of what makes no sense, a file cannot.
        """
        last_date = self._spend.bounds().value.last_date
        view, problems = read_view(query, today=today or self._today(), last_date=last_date)
        if problems:
            words = "\n".join(f"{each.field}: {each.problem}." for each in problems)
            raise BadView(words, problems)
        return view

    def report(self, view: ViewState, *, user_id: str, title: str = TITLE) -> Report:
        """All figures of a view but for the rows."""
        return read_report(
            self._spend,
            self._desk,
            view,
            user_id=user_id,
            title=title,
            final_date=self._final_date(),
            now=self._now,
        )

    def write(
        self,
        view: ViewState,
        kind: FileFormat,
        file: BinaryIO,
        *,
        user_id: str,
        title: str = TITLE,
        progress: Progress = lambda _done, _all: None,
    ) -> Written:
        """Write the view as this person sees it.

        Raises:
            DBSpendError: it is not whole; what is in the file counts for nothing.
        """
        report = self.report(view, user_id=user_id, title=title)
        return self.write_report(report, kind, file, progress)

    def write_report(
        self,
        report: Report,
        kind: FileFormat,
        file: BinaryIO,
        progress: Progress = lambda _done, _all: None,
    ) -> Written:
        """The same of a report that was read before: what else is said of it agrees."""
        view = report.view
        rows = self._spend.table_rows(view, report.only)
        written = _WRITERS[kind](report, rows, file, progress)
        return Written(file_name(view, kind), kind, written, report.rows)


def file_name(view: ViewState, kind: FileFormat) -> str:
    """How a view's file is called."""
    return f"job-spends_{view.start_date}_{view.end_date}_by-{view.group_by}.{kind}"


def _write_csv(report: Report, rows: Iterator[Rows], file: BinaryIO, progress: Progress) -> int:
    done = 0

    def counted() -> Iterator[Rows]:
        nonlocal done
        for chunk in rows:
            yield chunk
            done += len(chunk)
            progress(done, report.rows)

    for text in csv_chunks(report.view, counted()):
        file.write(text.encode())
    return done


def _write_pdf(report: Report, rows: Iterator[Rows], file: BinaryIO, progress: Progress) -> int:
    # What it is built on takes a second to import: no start of a server should pay for it.
    from dbspend360.services.pdf.document import write_pdf

    return write_pdf(report, rows, file, progress)


_WRITERS: dict[FileFormat, Writer] = {FileFormat.CSV: _write_csv, FileFormat.PDF: _write_pdf}
