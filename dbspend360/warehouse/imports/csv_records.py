"""A CSV's header, and its records with the line each begins on.

Python reads them, not DuckDB: DuckDB passes an empty extra field, drops the spaces before a quote
and has no line numbers after quoted newlines. It gets a clean, numbered copy instead.
"""

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import BinaryIO, TextIO

from dbspend360.errors import BadFile
from dbspend360.warehouse.imports.columns import KNOWN, Columns, known_name

DELIMITERS = ",;\t|"
HEAD_BYTES = 65_536  # a header that is longer names no columns

_TROUBLES = {
    "unexpected end of data": "has a quote that is never closed",
    "field larger": "has a field of more than 131,072 characters; is a closing quote missing?",
    "expected after": "has text after a closing quote: a quote inside quotes is written twice",
}


@dataclass(frozen=True)
class Header:
    """The first record of a CSV, and what separates its fields."""

    titles: list[str]
    delimiter: str


def read_header(file: str, head: bytes) -> Header:
    """Find the header in the first bytes of a file; BadFile when this is not CSV."""
    text = head.decode("utf-8-sig", errors="replace")
    first_line = next((line for line in text.splitlines() if line.strip()), "")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFile(f"{file} is UTF-16 text: save it as CSV in UTF-8.")
    if "\0" in first_line:
        raise BadFile(f"{file} is not text: export it as CSV or Parquet.")
    if not first_line:
        raise BadFile(f"{file} is empty.")
    headers = [_header(text, delimiter) for delimiter in DELIMITERS]
    return max(headers, key=lambda header: len({*map(known_name, header.titles)} & {*KNOWN}))


def _header(text: str, delimiter: str) -> Header:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    titles = next((fields for fields in reader if _is_record(fields)), [])
    return Header(titles, delimiter)


def number_records(
    source: TextIO,
    target: TextIO,
    header: Header,
    columns: Columns,
    refuse: Callable[[int, str], None],
) -> Iterator[int]:
    """Copy the known columns of every whole record to `target`, its line number first.

    Counts the records while it goes, the refused ones too.
    """
    writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n")
    pick = itemgetter(*columns.places.values())
    records = _records(source, header.delimiter)
    next(records)
    for count, (line, fields, trouble) in enumerate(records, start=1):
        if trouble:
            refuse(line, trouble)
        elif len(fields) != columns.width:
            refuse(line, f"has {len(fields)} fields where the header has {columns.width}")
        else:
            writer.writerow((line, *pick(fields)))
        yield count


def _records(source: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """Each record: the line it begins on, its fields, and what is wrong with its quotes."""
    lines = _Lines(source)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 1
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.put_back_all_but_first()
            yield number, [], _trouble(error)
        else:
            if _is_record(fields):
                yield number, fields, ""
        number += len(lines.taken)
        lines.taken.clear()


class _Lines:
    """Lines that can be put back, when an unclosed quote swallowed the records after it."""

    def __init__(self, source: Iterable[str]) -> None:
        self._source = iter(source)
        self._back: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._source)
        self.taken.append(line)
        return line

    def put_back_all_but_first(self) -> None:
        """Read the lines after the first again, as records of their own."""
        self._back.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def _is_record(fields: list[str]) -> bool:
    return len(fields) > 1 or bool(fields and fields[0].strip())


def _trouble(error: csv.Error) -> str:
    said = str(error)
    known = (words for part, words in _TROUBLES.items() if part in said)
    return next(known, f"is not well-formed CSV ({said})")


def not_utf8(file: str, stream: BinaryIO) -> BadFile:
    """The sentence for a file that is not UTF-8, with the first line that is not."""
    for number, line in enumerate(stream, start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            return BadFile(f"{file} line {number} is not UTF-8: save the file as CSV UTF-8.")
    return BadFile(f"{file} is not UTF-8: save it as CSV UTF-8.")
