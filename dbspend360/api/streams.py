"""All rows of a view as a file, sent while they are read."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from flask import Flask, Response, current_app, request

from dbspend360.models.view_state import ViewState
from dbspend360.services.csv_export import csv_chunks
from dbspend360.services.exporting import file_stem
from dbspend360.services.ndjson_export import ndjson_chunks
from dbspend360.services.stream_places import StreamPlaces
from dbspend360.warehouse.base import Rows
from dbspend360.warehouse.spends import SpendRepository
from dbspend360.warehouse.table import RowKeys

CSV = "text/csv"
NDJSON = "application/x-ndjson"

_PLACES = "dbspend360.streams"

_WRITERS: dict[str, tuple[str, Callable[[ViewState, Iterable[Rows]], Iterator[str]]]] = {
    CSV: ("csv", csv_chunks),
    NDJSON: ("ndjson", ndjson_chunks),
}
_CSV_FOR_EXCEL = {CSV: ("csv", partial(csv_chunks, mark=True))}


def register(server: Flask, threads: int) -> None:
    """Leave one of a process's `threads` to the others, where there is more than one."""
    server.extensions[_PLACES] = StreamPlaces(max(1, threads - 1))


@contextmanager
def stream_place() -> Iterator[None]:
    """A place for whoever sends a file: they may be as slow as those who read one.

    Raises:
        TooManyExports: all are taken.
    """
    places: StreamPlaces = current_app.extensions[_PLACES]
    leave = places.taken()
    try:
        yield
    finally:
        leave()


def file_response(
    media: str,
    view: ViewState,
    spend: SpendRepository,
    only: RowKeys | None = None,
    *,
    mark: bool = False,
) -> Response:
    """The view as a download; `only` are the keys of the rows that count, None is all.

    `mark`: CSV with a byte order mark, for Excel.

    Raises:
        TooManyExports: other files are being sent, and may be read slowly.
        WarehouseError: before the first byte; a line that breaks later cuts the file short.
    """
    places: StreamPlaces = current_app.extensions[_PLACES]
    leave = places.taken()
    try:
        return _sent(media, view, spend.table_rows(view, only), leave, mark=mark)
    except BaseException:
        leave()
        raise


def _sent(
    media: str, view: ViewState, found: Iterator[Rows], leave: Callable[[], None], *, mark: bool
) -> Response:
    ending, write = (_CSV_FOR_EXCEL if mark else _WRITERS)[media]
    rows = _Begun(found)
    if request.method == "HEAD":  # nothing follows
        rows.close()
        leave()
    name = f"{file_stem(view)}.{ending}"
    response = Response(
        _until_done(write(view, rows), leave),
        mimetype=media,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-cache",
        },
    )
    response.call_on_close(rows.close)  # as the server does when the client hangs up, too
    response.call_on_close(leave)
    return response


def _until_done(chunks: Iterator[str], leave: Callable[[], None]) -> Iterator[str]:
    try:
        yield from chunks
    finally:
        leave()


class _Begun:
    """The same rows with the first ones read already: time for an error instead of a file."""

    def __init__(self, rows: Iterator[Rows]) -> None:
        self._rows = rows
        self._first = next(rows, [])

    def __iter__(self) -> Iterator[Rows]:
        if self._first:
            yield self._first
        yield from self._rows

    def close(self) -> None:
        """Read no more, and give back what reading took."""
        if isinstance(self._rows, Generator):
            self._rows.close()
