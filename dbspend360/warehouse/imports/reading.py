"""A person's file as raw text in SQL, whichever kind it is: CSV, gzip'd CSV or Parquet.

The kind is told by the first bytes, never by the name.
"""

import gzip
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import escape
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, Literal, cast

import duckdb

from dbspend360.errors import BadFile
from dbspend360.warehouse.imports.columns import KNOWN, Columns, match_columns
from dbspend360.warehouse.imports.csv_records import (
    HEAD_BYTES,
    Header,
    not_utf8,
    number_records,
    read_header,
)
from dbspend360.warehouse.imports.folder import is_out_of_space

TELL_EVERY = 20_000  # records between two words about progress


@dataclass(frozen=True)
class RawFile:
    """A file that DuckDB can read: `select` gives `line` and every known column as text."""

    name: str
    select: str
    columns: Columns
    place: Literal["line", "row"]


def check_path(path: Path) -> None:
    """Refuse what is no file with something in it."""
    try:
        if not path.exists():
            raise BadFile(f"{path} does not exist.")
        if not path.is_file():
            raise BadFile(f"{path} is not a file: name a CSV or Parquet file.")
        with path.open("rb") as stream:
            if not stream.read(1):
                raise BadFile(f"{path.name} is empty.")
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}.") from error


def read_raw(
    path: Path,
    db: duckdb.DuckDBPyConnection,
    copy: Path,
    refuse: Callable[[int, str], None],
    tell: Callable[[float], None],
) -> RawFile:
    """Make `path` readable for DuckDB; a CSV goes through the numbered `copy`.

    Structural faults go to `refuse`, the share that is read to `tell`.
    """
    with path.open("rb") as stream:
        magic = stream.read(4)
    if magic in (b"PAR1", b"PARE"):
        return _parquet(path, db)
    if magic == b"PK\x03\x04":
        raise BadFile(f"{path.name} is a spreadsheet or a zip file: export it as CSV.")
    return _csv(path, copy, refuse, tell, zipped=magic.startswith(b"\x1f\x8b"))


def _parquet(path: Path, db: duckdb.DuckDBPyConnection) -> RawFile:
    source = _text(escape(str(path.resolve())))
    with damage_as_bad_file(path.name):
        columns = match_columns(path.name, _parquet_titles(db, source))
        reading = f"read_parquet({source}, file_row_number = true, binary_as_string = true)"
        titles = [row[0] for row in db.execute(f"DESCRIBE FROM {reading}").fetchall()]
    known = [
        f'CAST("{titles[place].replace(chr(34), chr(34) * 2)}" AS VARCHAR) AS {name}'
        for name, place in columns.places.items()
    ]
    select = f"SELECT file_row_number + 1 AS line, {', '.join(known + _absent(columns))}"
    return RawFile(path.name, f"{select} FROM {reading}", columns, "row")


def _parquet_titles(db: duckdb.DuckDBPyConnection, source: str) -> list[str]:
    """The top columns, of a schema that lists the whole tree depth first."""
    query = f"SELECT name, coalesce(num_children, 0) FROM parquet_schema({source})"  # noqa: S608
    nodes = iter(db.execute(query).fetchall()[1:])
    titles = []
    for name, children in nodes:
        titles.append(name)
        while children:
            children += next(nodes)[1] - 1
    return titles


@contextmanager
def damage_as_bad_file(name: str) -> Iterator[None]:
    """Say that a file is broken, rather than what DuckDB stumbled over."""
    try:
        yield
    except duckdb.Error as error:
        if is_out_of_space(error):
            raise
        raise BadFile(f"{name} is damaged and cannot be read: export it again.") from error


def _csv(
    path: Path,
    copy: Path,
    refuse: Callable[[int, str], None],
    tell: Callable[[float], None],
    *,
    zipped: bool,
) -> RawFile:
    with path.open("rb") as file, _unpacked(file, path.name, zipped=zipped) as stream:
        header = read_header(path.name, stream.read(HEAD_BYTES))
        columns = match_columns(path.name, header.titles)
        stream.seek(0)
        try:
            counts = _copy_records(stream, copy, header, columns, refuse)
            for _ in counts:
                tell(file.tell() / os.fstat(file.fileno()).st_size)
        except UnicodeDecodeError as error:
            stream.seek(0)
            raise not_utf8(path.name, stream) from error
    return RawFile(path.name, _numbered_select(copy, columns), columns, "line")


@contextmanager
def _unpacked(file: BinaryIO, name: str, *, zipped: bool) -> Iterator[BinaryIO]:
    if not zipped:
        yield file
        return
    try:
        with gzip.open(file) as stream:
            yield cast(BinaryIO, stream)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BadFile(f"{name} is a damaged gzip file: fetch or pack it again.") from error


def _copy_records(
    stream: BinaryIO,
    copy: Path,
    header: Header,
    columns: Columns,
    refuse: Callable[[int, str], None],
) -> Iterator[int]:
    text = TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    try:
        with copy.open("w", encoding="utf-8", newline="") as target:
            for count in number_records(text, target, header, columns, refuse):
                if count % TELL_EVERY == 0:
                    yield count
    finally:
        text.detach()  # or it closes the stream, which is still to be looked at


def _numbered_select(copy: Path, columns: Columns) -> str:
    names = ", ".join(f"'{name}': 'VARCHAR'" for name in columns.places)
    titles = ", ".join(["line", *columns.places, *_absent(columns)])
    return f"""
        SELECT {titles}
        FROM read_csv(
            {_text(escape(str(copy.resolve())))}, columns = {{'line': 'BIGINT', {names}}},
            auto_detect = false, header = false, delim = ',', quote = '"', escape = '"',
            new_line = '\\n', max_line_size = 20000000
        )
    """  # noqa: S608


def _absent(columns: Columns) -> list[str]:
    return [f"CAST(NULL AS VARCHAR) AS {name}" for name in KNOWN if name not in columns.places]


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
