"""A view as an Excel workbook: the rows on one sheet, what was asked and a chart on another.

Rows go to disk as they come, so that memory does not grow with them. Slow to import for what it
is built on: import it only when a workbook is asked for.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from dbspend360.services import xlsx_view
from dbspend360.services.report import Report
from dbspend360.services.xlsx_sheets import Formats
from dbspend360.services.xlsx_spend import SpendSheet
from dbspend360.warehouse.base import Rows

if TYPE_CHECKING:
    from dbspend360.services.exporting import Progress


def write_xlsx(report: Report, rows: Iterator[Rows], file: BinaryIO, progress: "Progress") -> int:
    """See `Writer`. A sheet has room for `MOST_ROWS`; what is beyond is said, not written."""
    with _workbook(file, report) as book:
        formats = Formats.of(book)
        spend = SpendSheet(book, report, formats)
        view = book.add_worksheet(xlsx_view.NAME)
        for chunk in rows:
            spend.add(chunk)
            progress(spend.rows, report.rows)
            if spend.is_full:
                break
        spend.finish()
        xlsx_view.write_view(book, view, report, spend, formats)
    return spend.rows


@contextmanager
def _workbook(file: BinaryIO, report: Report) -> Iterator[Workbook]:
    with TemporaryDirectory(prefix="xlsx-") as folder:
        options = {"constant_memory": True, "tmpdir": folder, "use_zip64": True}
        outlet = _Outlet(file)
        book = Workbook(outlet, options)
        book.set_properties({"title": report.title, "created": report.made_at})
        try:
            yield book
            book.close()
        except FileCreateError as error:  # its cause says that the disk is full
            raise (error.args[0] if isinstance(error.args[0], OSError) else error) from error
        finally:
            outlet.give_up()
            _let_go(book)


class _Outlet:
    """The file; once given up, what a broken archive still wants to write goes nowhere."""

    def __init__(self, file: BinaryIO) -> None:
        self._file: BinaryIO | None = file

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the file's own
        return (lambda *_: 0) if self._file is None else getattr(self._file, name)

    def give_up(self) -> None:
        self._file = None


def _let_go(book: Workbook) -> None:
    """Close what an unfinished workbook has put aside; nobody else does."""
    for sheet in book.worksheets():
        with suppress(OSError):  # a full disk, which was said before
            sheet._opt_close()
