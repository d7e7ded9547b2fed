"""Writes a view into a file: the same for a link, the command line, a mail and a schedule."""

from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import BinaryIO, Protocol

from dbspend360.errors import BadView, NotFound
from dbspend360.models.report import FileFormat, Written
from dbspend360.models.view_query import read_view, write_query
from dbspend360.models.view_state import ViewState
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.alerts_only import rows_of_view
from dbspend360.services.csv_export import csv_chunks
from dbspend360.services.report import Report, read_report
from dbspend360.warehouse.base import Rows
from dbspend360.warehouse.spends import SpendRepository

TITLE = "Databricks job spend"
_MARKED = {FileFormat.PDF}  # the others show no alerts

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
        base_url: str = "",
        writers: Mapping[FileFormat, Writer] | None = None,
    ) -> None:
        """`final_date()` is the last day that counts as complete.

        `base_url`: where people open the app, for a link to the view.
        """
        self._spend, self._desk = spend, desk
        self._final_date, self._today, self._now = final_date, today, now
        self._base_url = base_url
        self._writers = WRITERS if writers is None else writers

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

    def rows(self, view: ViewState, user_id: str) -> int:
        """How many rows the table of a view has."""
        totals = self._spend.table_totals(view, rows_of_view(self._desk, user_id, view))
        found = totals.value["table_rows"]
        return found if isinstance(found, int) else 0

    def report(
        self, view: ViewState, *, user_id: str, title: str = TITLE, marked: bool = True
    ) -> Report:
        """All figures of a view but for the rows; `marked`: with its alerts."""
        return read_report(
            self._spend,
            self._desk,
            view,
            user_id=user_id,
            title=title,
            final_date=self._final_date(),
            now=self._now,
            link=self._link(view),
            marked=marked,
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
        report = self.report(view, user_id=user_id, title=title, marked=kind in _MARKED)
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
        try:
            written = self._writer(kind)(report, rows, file, progress)
        finally:
            if isinstance(rows, Generator):
                rows.close()  # a writer may end early
        return Written(file_name(view, kind), kind, written, report.rows)

    def _writer(self, kind: FileFormat) -> Writer:
        if kind not in self._writers:
            raise NotFound(f"This server makes no {kind.words} files.")
        return self._writers[kind]

    def _link(self, view: ViewState) -> str:
        """To the same days, whenever it is followed."""
        fixed = view.with_changes(preset=None)
        return f"{self._base_url}/?{write_query(fixed)}" if self._base_url else ""


def file_name(view: ViewState, kind: FileFormat) -> str:
    """How a view's file is called."""
    return f"{file_stem(view)}.{kind}"


def file_stem(view: ViewState) -> str:
    """The same without its ending."""
    return f"job-spends_{view.start_date}_{view.end_date}_by-{view.group_by}"


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


def _write_xlsx(report: Report, rows: Iterator[Rows], file: BinaryIO, progress: Progress) -> int:
    from dbspend360.services.xlsx_export import write_xlsx  # slow to import

    return write_xlsx(report, rows, file, progress)


def _write_pdf(report: Report, rows: Iterator[Rows], file: BinaryIO, progress: Progress) -> int:
    # What it is built on takes a second to import: no start of a server should pay for it.
    from dbspend360.services.pdf.document import write_pdf

    return write_pdf(report, rows, file, progress)


WRITERS: dict[FileFormat, Writer] = {
    FileFormat.PDF: _write_pdf,
    FileFormat.XLSX: _write_xlsx,
    FileFormat.CSV: _write_csv,
}
