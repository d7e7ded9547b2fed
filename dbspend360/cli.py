"""The command line: serve, demo, import, init, check, and the alerts' own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
from pydantic import ValidationError

from dbspend360.errors import DBSpendError
from dbspend360.log import write_log
from dbspend360.services.alert_links import server_address
from dbspend360.services.checkup import findings
from dbspend360.services.mail_test import send_test
from dbspend360.services.mailer import make_mailer
from dbspend360.services.run_due import RunDue
from dbspend360.services.scheduler import Scheduler
from dbspend360.settings import Settings, variables
from dbspend360.store.places import make_store
from dbspend360.theme import plural
from dbspend360.warehouse import demo as demo_data
from dbspend360.warehouse.databricks.endpoint import is_chosen
from dbspend360.warehouse.imports.folder import current_version
from dbspend360.warehouse.imports.importer import import_files
from dbspend360.warehouse.imports.report import (
    ImportReport,
    Progress,
    RejectedFile,
    dollars,
    summary,
)
from dbspend360.warehouse.memory_places import BadCacheUrl, make_memory
from dbspend360.warehouse.source import make_source

LONG_BYTES = 5_000_000  # a shorter file is loaded before a bar is worth drawing
BAR_STEPS = 1_000


def _lines(*examples: str) -> str:
    return "\b\n" + "\n".join(examples)  # the mark keeps click from filling them up


class SentenceGroup(click.Group):
    """Commands whose failures are sentences: exit code 1, and no traceback."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command."""
        try:
            return super().invoke(ctx)
        except DBSpendError as error:
            raise click.ClickException(str(error)) from error


@click.group(
    cls=SentenceGroup,
    epilog=_lines(
        "dbspend360 serve           look at demo data, no account needed",
        "dbspend360 import FILE...  put your own records in its place",
        "dbspend360 check           is everything in order?",
    ),
)
@click.version_option(package_name="dbspend360")
def main() -> None:
    """See what each Databricks job run costs: EC2 and Databricks together, to the cent.

    Settings are environment variables, such as DBSPEND360_DATA_DIR.
    """


@main.command(epilog=_lines("dbspend360 serve", "dbspend360 serve --port 9000"))
@click.option("--host", help="Address to listen on; 0.0.0.0 lets other machines in.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--with-scheduler", is_flag=True, help="Check the alert rules, too.")
def serve(host: str | None, port: int | None, with_scheduler: bool) -> None:
    """Serve the page until Ctrl-C.

    Without a Databricks warehouse in the settings, an empty data folder is filled with demo data.
    """
    if host is not None:
        os.environ["DBSPEND360_HOST"] = host
    if port is not None:
        os.environ["DBSPEND360_PORT"] = str(port)
    settings = _settings()
    _require_free_port(settings.host.strip("[]"), settings.port)
    _require_cache(settings)
    # What is wrong with these is said now, not with the first visitor or alert.
    make_mailer(settings)
    make_store(settings.state_url, settings.data_dir)
    _prepare_data(settings)
    click.echo(f"DBSpend360 is at {server_address(settings.host.strip('[]'), settings.port)}")
    if with_scheduler:
        _start_scheduler()
    _become_gunicorn()


@main.command(epilog=_lines("dbspend360 demo", "dbspend360 demo --records 1000000 --days 365"))
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
    folder = _settings().data_dir
    with _bar(shown=records >= 100_000) as progress:
        report = demo_data.make_demo(
            folder, records=records, days=days, replace=replace, progress=progress
        )
    click.echo(
        f"Made {report.records_loaded:,} demo records, {report.first_date} to {report.last_date}: "
        f"{dollars(report.ec2_cost + report.databricks_cost)} in all."
    )
    click.echo(f"Stored in {folder.resolve()}")


@main.command(
    "import",
    epilog=_lines(
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
    folder = _settings().data_dir
    try:
        with _bar(shown=_bytes(files) >= LONG_BYTES) as progress:
            report = import_files(
                files, folder, skip_bad=skip_bad, append=append, progress=progress
            )
    except RejectedFile as error:
        _echo_rejected(error.report)
        raise
    _echo_rejected(report)
    for sentence in summary(report):
        click.echo(sentence)
    click.echo(f"Stored in {folder.resolve()}, which now holds {report.total_records:,} records.")


@main.command(epilog=_lines("dbspend360 init", "dbspend360 init --spends --yes"))
@click.option("--spends", is_flag=True, help="Make the table of job spends too, on Databricks.")
@click.option("--yes", is_flag=True, help="Do not ask before the tables are made.")
def init(spends: bool, yes: bool) -> None:
    """Make the table of users' settings where it is missing.

    On Databricks the SQL is printed first. A table that is there already is left alone.
    """
    settings = _settings()
    if not is_chosen(settings):
        if spends:
            raise DBSpendError(
                "There is no Databricks warehouse in the settings: `dbspend360 import FILE` "
                "makes the embedded table."
            )
        make_store(settings.state_url, settings.data_dir).prepare()
        click.echo("The table of users' settings is there.")
        return
    _init_databricks(settings, spends=spends, yes=yes)


def _init_databricks(settings: Settings, *, spends: bool, yes: bool) -> None:
    # Here, because the connector is slow to import and the other commands do without.
    from dbspend360.warehouse.databricks.joined import databricks_warehouse
    from dbspend360.warehouse.databricks.setup import statements

    wanted = statements(settings, with_spends=spends, with_configs=not settings.state_url)
    for each in wanted:
        click.echo(f"{each.text};\n")
    if wanted and not yes:
        click.confirm("Send this to Databricks?", abort=True)
    warehouse = databricks_warehouse(settings)
    try:
        for each in wanted:
            warehouse.change(each, {})
    finally:
        warehouse.close()
    if settings.state_url:
        make_store(settings.state_url, settings.data_dir).prepare()
    click.echo("The tables are there.")


@main.command("run-due", epilog=_lines("dbspend360 run-due"))
def run_due() -> None:
    """Check the alert rules if that is due, and send what is to be sent.

    Call it as often as you like, from wherever you like: cron, a Databricks job, or by hand. What
    is due is done once.
    """
    with _due(_settings()) as due:
        done = due.run()
    click.echo(done.words)
    if done.failures:
        raise DBSpendError(" ".join(dict.fromkeys(done.failures)))


@main.command(epilog=_lines("dbspend360 scheduler"))
@click.option("--parent", type=int, hidden=True, help="End when this process does.")
def scheduler(parent: int | None) -> None:
    """Do what `run-due` does whenever something is due, until Ctrl-C."""
    settings = _settings()
    write_log(settings.log_level, settings.log_format)
    with _due(settings) as due:
        every = plural(settings.check_minutes, "minute")
        click.echo(f"The scheduler checks every {every} (process {os.getpid()}).")
        Scheduler(due.run, parent=parent).run_until_stopped()


@main.command("mail-test", epilog=_lines("dbspend360 mail-test dana@example.com"))
@click.argument("address")
def mail_test(address: str) -> None:
    """Send a mail to ADDRESS the way alerts are sent, and say how that went."""
    settings = _settings()
    click.echo(send_test(settings, address))


@contextmanager
def _due(settings: Settings) -> Iterator[RunDue]:
    source = make_source(settings)
    try:
        yield RunDue(settings, source)
    finally:
        source.close()


@main.command(epilog=_lines("dbspend360 check"))
def check() -> None:
    """Say what is configured, whether it can be read, and how to mend what is wrong."""
    settings = _settings()
    _require_cache(settings)
    faults = 0
    for found in findings(settings):
        click.echo(f"{found.what:<14} {found.words}")
        if found.is_fault:
            faults += 1
            for line in found.mend.splitlines():
                click.echo(f"{'':<14} -> {line}")
    if faults:
        raise click.ClickException(f"{plural(faults, 'thing')} to mend, see above.")
    click.echo("Everything is in order.")


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        faults = [
            f"{_variable(str(fault['loc'][0]))} is {str(fault['input'])!r}: {fault['msg']}."
            for fault in error.errors()
        ]
        raise DBSpendError(" ".join(faults)) from error


def _variable(place: str) -> str:
    """The environment variable of a field; pydantic names some by the variable itself."""
    return variables(place)[0] if place in Settings.model_fields else place


def _require_cache(settings: Settings) -> None:
    try:
        make_memory(settings)
    except BadCacheUrl as error:
        raise DBSpendError(f"{error}.") from error


def _prepare_data(settings: Settings) -> None:
    if is_chosen(settings):
        make_source(settings)  # a setting that cannot work is said now, not to every visitor
        return
    if settings.databricks_host:
        click.echo(
            "DATABRICKS_HOST is set, but no SQL warehouse is named (DATABRICKS_HTTP_PATH or "
            "DATABRICKS_WAREHOUSE_ID): showing the data folder instead."
        )
    if current_version(settings.data_dir) is None:
        click.echo(f"{settings.data_dir.resolve()} holds no data yet: making demo data.")
        demo_data.make_demo(settings.data_dir)


def _require_free_port(host: str, port: int) -> None:
    try:
        family, *_, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
            probe.bind(address)
    except OSError as error:
        other = port + 1 if 1023 < port < 65535 else 8051
        raise DBSpendError(
            f"Port {port} of {host} is not free ({error.strerror}): choose another, "
            f"such as `dbspend360 serve --port {other}`."
        ) from error


def _start_scheduler() -> None:
    """Beside the server, which keeps our process id: it ends when the server does."""
    parent = str(os.getpid())
    command = [sys.executable, "-m", "dbspend360.cli", "scheduler", "--parent", parent]
    subprocess.Popen(command)  # noqa: S603 - our own words


def _become_gunicorn() -> NoReturn:
    sys.stdout.flush()
    config = str(gunicorn_config())
    server = ["-m", "gunicorn", "--config", config, "dbspend360.app:create_app()"]
    os.execv(sys.executable, [sys.executable, *server])  # noqa: S606 - signals reach it directly


def gunicorn_config() -> Path:
    """`gunicorn.conf.py`: inside the package once installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    places = [package / "gunicorn.conf.py", package.parent / "gunicorn.conf.py"]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise DBSpendError("gunicorn.conf.py is missing: install DBSpend360 again.")
    return found


@contextmanager
def _bar(*, shown: bool) -> Iterator[Progress | None]:
    """A progress bar where somebody watches."""
    if not (shown and sys.stderr.isatty()):
        yield None
        return
    with click.progressbar(length=BAR_STEPS, label="Importing", file=sys.stderr) as bar:

        def tell(stage: str, share: float) -> None:
            bar.label = stage.capitalize() if stage.islower() else stage
            bar.update(max(0, int(share * BAR_STEPS) - bar.pos))

        yield tell
        bar.update(BAR_STEPS - bar.pos)


def _bytes(files: Sequence[Path]) -> int:
    return sum(path.stat().st_size for path in files if path.is_file())


def _echo_rejected(report: ImportReport) -> None:
    for record in report.rejected:
        click.echo(str(record), err=True)
    if more := report.records_rejected - len(report.rejected):
        click.echo(f"and {more:,} more rejected records", err=True)


if __name__ == "__main__":
    main()
