"""`dbspend360 demo` and `import`: what fills the data folder."""

from collections.abc import Sequence
from pathlib import Path

import click

from dbspend360.cli.bar import bar
from dbspend360.cli.group import examples
from dbspend360.cli.settings import read_settings
from dbspend360.services.operator import operated
from dbspend360.warehouse import demo as demo_data
from dbspend360.warehouse.imports.importer import import_files
from dbspend360.warehouse.imports.report import (
    ImportReport,
    RejectedFile,
    dollars,
    summary,
)

LONG_BYTES = 5_000_000  # a shorter file is loaded before a bar is worth drawing


@click.command(epilog=examples("dbspend360 demo", "dbspend360 demo --records 1000000 --days 365"))
@click.option(
    "--records",
    type=click.IntRange(1, 100_000_000),
    default=demo_data.RECORDS,
    show_default=True,
    help="How many records to make.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 3_650),
    default=demo_data.DAYS,
    show_default=True,
    help="How many days, up to yesterday (UTC).",
)
@click.option("--replace", is_flag=True, help="Make room even when the data was imported.")
def demo(records: int, days: int, replace: bool) -> None:
    """Fill the data folder with the records of a made-up company."""
    folder = read_settings().data_dir
    with bar(shown=records >= 100_000) as progress:
        report = demo_data.make_demo(
            folder, records=records, days=days, replace=replace, progress=progress
        )
    click.echo(
        f"Made {report.records_loaded:,} demo records, {report.first_date} to {report.last_date}: "
        f"{dollars(report.ec2_cost + report.databricks_cost)} in all."
    )
    click.echo(f"Stored in {folder.resolve()}")


@click.command(
    "import",
    epilog=examples(
        "dbspend360 import job_spends.csv",
        "dbspend360 import october.parquet november.parquet",
        "dbspend360 import --skip-bad job_spends.csv.gz",
    ),
)
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@click.option("--skip-bad", is_flag=True, help="Load the good records when some are bad.")
@click.option("--append", is_flag=True, help="Add to the days of the files, replacing nothing.")
def import_(files: tuple[Path, ...], skip_bad: bool, append: bool) -> None:
    """Load CSV (gzip'd too) or Parquet files of job spends.

    A file is the truth for the days in it: older records of those days are replaced, other days
    stay. All files are loaded, or nothing is. They need the columns cluster_id, ec2_cost, job_id,
    run_id, usage_date and databricks_cost.
    """
    settings = read_settings()
    folder = settings.data_dir
    try:
        with bar(shown=_bytes(files) >= LONG_BYTES) as progress:
            report = import_files(
                files, folder, skip_bad=skip_bad, append=append, progress=progress
            )
    except RejectedFile as error:
        _echo_rejected(error.report)
        raise
    operated(settings, "import", files=", ".join(path.name for path in files))
    _echo_rejected(report)
    for sentence in summary(report):
        click.echo(sentence)
    click.echo(f"Stored in {folder.resolve()}, which now holds {report.total_records:,} records.")


def _bytes(files: Sequence[Path]) -> int:
    return sum(path.stat().st_size for path in files if path.is_file())


def _echo_rejected(report: ImportReport) -> None:
    for record in report.rejected:
        click.echo(str(record), err=True)
    if more := report.records_rejected - len(report.rejected):
        click.echo(f"and {more:,} more rejected records", err=True)
