"""`dbspend360 export`: a view as a file."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlencode

import click

from dbspend360.cli.group import examples
from dbspend360.cli.settings import read_settings
from dbspend360.errors import BadView
from dbspend360.models.columns import Grouping
from dbspend360.models.presets import Preset
from dbspend360.models.report import FileFormat, Written
from dbspend360.services.csv_export import MARK
from dbspend360.services.current_user import current_user
from dbspend360.services.exporting import Progress
from dbspend360.services.file_making import PATIENCE_SECONDS, disk_failures
from dbspend360.services.own_exporter import own_exporter
from dbspend360.services.user_settings import settings_store
from dbspend360.theme import count, plural
from dbspend360.warehouse.patience import allow
from dbspend360.warehouse.source import make_source
from dbspend360.warehouse.spends import SpendRepository

STDOUT = Path("-")
LONG_ROWS = 2_000  # fewer are written before a bar is worth drawing


def _choices(*values: str) -> click.Choice[str]:
    return click.Choice([str(each) for each in values])  # of an enum it would take the names


@click.command(
    epilog=examples(
        "dbspend360 export --format pdf --preset last_month --out november.pdf",
        "dbspend360 export --format xlsx --group-by job --out jobs.xlsx",
        "dbspend360 export --query 'preset=last_month&group_by=day' --out days.csv",
    )
)
@click.option("--format", "kind", type=_choices(*FileFormat), help="Else as FILE ends.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    required=True,
    help="- is standard output.",
)
@click.option("--query", help="All of it as a link of the page has it, after the question mark.")
@click.option("--preset", type=_choices(*Preset), help="Named days.")
@click.option("--start", "start_date", metavar="DAY", help="First day, such as 2026-11-01.")
@click.option("--end", "end_date", metavar="DAY", help="Last day, included.")
@click.option("--group-by", type=_choices(*Grouping), help="What a row stands for.")
@click.option("--job-name", help="Part of a job's name, or its id.")
@click.option("--job-id", help="Exactly this job.")
@click.option("--workspace-id", help="Exactly this workspace.")
@click.option("--cluster-id", help="Exactly this cluster.")
@click.option("--sort", help="A column; a minus in front is the largest first.")
@click.option("--where", multiple=True, help="A condition, such as total_cost.greaterThan.100.")
@click.option("--alerts-only", "alerts", flag_value="only", help="Only rows with an alert.")
@click.option("--bom", is_flag=True, help="CSV with the mark that Excel needs.")
def export(kind: str | None, out: Path, query: str | None, bom: bool, **asked: Any) -> None:  # noqa: ANN401
    """Write a view into FILE: a PDF, an Excel workbook, or a CSV.

    The rows, their order and the sums are those of the page. FILE is there whole, or as it was.
    """
    chosen = _kind(kind, out)
    if bom and chosen is not FileFormat.CSV:
        raise BadView("--bom goes with CSV only.")
    settings = read_settings()
    allow(PATIENCE_SECONDS)
    source = make_source(settings)
    try:
        spend, store = SpendRepository(source.warehouse), settings_store(settings, source)
        exporter = own_exporter(settings, spend, store)
        view = exporter.view(_query(query, asked))
        with _file(out) as file, _bar() as progress:
            file.write(MARK.encode() if bom else b"")
            written = exporter.write(view, chosen, file, user_id=current_user(), progress=progress)
    finally:
        source.close()
    _say(written, out)


def _kind(kind: str | None, out: Path) -> FileFormat:
    ending = kind or out.suffix.removeprefix(".").lower()
    if ending not in list(FileFormat):
        raise BadView(f"--format is needed: {', '.join(FileFormat)}.")
    return FileFormat(ending)


def _query(query: str | None, asked: dict[str, Any]) -> str:
    wheres = asked.pop("where")
    named = [(name, value) for name, value in asked.items() if value]
    parts = [*named, *(("where", each) for each in wheres)]
    if query is None:
        return urlencode(parts)
    if parts:
        raise BadView(f"--query says it all: leave out {parts[0][0]}.")
    return query.rpartition("?")[2]


@contextmanager
def _file(out: Path) -> Iterator[BinaryIO]:
    if out == STDOUT:
        with disk_failures(Path("standard output")):
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        return
    if out.exists() and not out.is_file():  # a pipe or a device has no draft
        with disk_failures(out), out.open("wb") as file:
            yield file
        return
    draft = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    with disk_failures(out.absolute().parent):
        try:
            with draft.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            draft.replace(out)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)


@contextmanager
def _bar() -> Iterator[Progress]:
    """A progress bar where somebody watches and there is something to see."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    bars: list[Any] = []

    def tell(done: int, of: int) -> None:
        if of >= LONG_ROWS and not bars:
            bars.append(click.progressbar(length=of, label="Writing rows", file=sys.stderr))
            bars[0].__enter__()
        for bar in bars:
            bar.update(done - bar.pos)

    try:
        yield tell
    finally:
        for bar in bars:
            bar.__exit__(None, None, None)


def _say(written: Written, out: Path) -> None:
    cut = f" of {count(written.rows_in_view)}" if written.is_cut else ""
    where = "standard output" if out == STDOUT else str(out)
    click.echo(f"Wrote {plural(written.rows, 'row')}{cut} to {where}.", err=True)
