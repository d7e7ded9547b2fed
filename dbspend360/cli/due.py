"""`dbspend360 run-due`, `scheduler` and `mail-test`: the work that nobody clicks for."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from dbspend360.cli.group import examples
from dbspend360.cli.settings import read_settings
from dbspend360.errors import DBSpendError
from dbspend360.log import write_log
from dbspend360.services.mail_test import send_test
from dbspend360.services.run_due import RunDue
from dbspend360.services.scheduler import Scheduler
from dbspend360.settings import Settings
from dbspend360.theme import plural
from dbspend360.warehouse.source import make_source


@click.command("run-due", epilog=examples("dbspend360 run-due"))
def run_due() -> None:
    """Check the alert rules if that is due, and send the mails and reports that are.

    Call it as often as you like, from wherever you like: cron, a Databricks job, or by hand. What
    is due is done once.
    """
    with _due(read_settings()) as due:
        done = due.run()
    click.echo(done.words)
    if done.failures:
        raise DBSpendError(" ".join(dict.fromkeys(done.failures)))


@click.command(epilog=examples("dbspend360 scheduler"))
@click.option("--parent", type=int, hidden=True, help="End when this process does.")
def scheduler(parent: int | None) -> None:
    """Do what `run-due` does whenever something is due, until Ctrl-C."""
    settings = read_settings()
    write_log(settings.log_level)
    with _due(settings) as due:
        every = plural(settings.check_minutes, "minute")
        click.echo(f"The scheduler checks every {every} (process {os.getpid()}).")
        is_due = due.is_due if due.can_look_often else None
        Scheduler(due.run, is_due=is_due, parent=parent).run_until_stopped()


@click.command("mail-test", epilog=examples("dbspend360 mail-test dana@example.com"))
@click.argument("address")
def mail_test(address: str) -> None:
    """Send a mail to ADDRESS the way alerts are sent, and say how that went."""
    settings = read_settings()
    click.echo(send_test(settings, address))


@contextmanager
def _due(settings: Settings) -> Iterator[RunDue]:
    source = make_source(settings)
    try:
        yield RunDue(settings, source)
    finally:
        source.close()
