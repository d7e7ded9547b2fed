"""`dbspend360 init` and `check`: is everything there?"""

from contextlib import closing

import click

from dbspend360.cli.group import examples
from dbspend360.cli.settings import read_settings, require_cache
from dbspend360.errors import DBSpendError
from dbspend360.services.checkup import findings
from dbspend360.settings import Settings
from dbspend360.store.places import make_store
from dbspend360.theme import plural
from dbspend360.warehouse.base import Question
from dbspend360.warehouse.databricks.endpoint import is_chosen

_LONGEST_MAKING_SECONDS = 3600  # for one roll-up; a question of the page has less


@click.command(
    epilog=examples(
        "dbspend360 init", "dbspend360 init --spends --yes", "dbspend360 init --rollups --dry-run"
    )
)
@click.option("--spends", is_flag=True, help="Make the table of job spends too, on Databricks.")
@click.option("--rollups", is_flag=True, help="Add up the job spends ahead, on Databricks.")
@click.option("--yes", is_flag=True, help="Do not ask before the tables are made.")
@click.option("--dry-run", is_flag=True, help="Print the SQL for Databricks, and change nothing.")
def init(spends: bool, rollups: bool, yes: bool, dry_run: bool) -> None:
    """Make the table of users' settings where it is missing.

    On Databricks the SQL is printed first. A table that is there already is left alone; roll-ups
    are made anew when the table of job spends has changed since.
    """
    settings = read_settings()
    if not is_chosen(settings):
        if spends or rollups:
            raise DBSpendError(
                "There is no Databricks warehouse in the settings: `dbspend360 import FILE` "
                "makes the embedded table."
            )
        make_store(settings.state_url, settings.data_dir).prepare()
        click.echo("The table of users' settings is there.")
        return
    _init_databricks(settings, spends=spends, yes=yes, dry_run=dry_run)
    if rollups:
        _roll_up(settings, yes=yes, dry_run=dry_run)


def _init_databricks(settings: Settings, *, spends: bool, yes: bool, dry_run: bool) -> None:
    # Here, because the connector is slow to import and the other commands do without.
    from dbspend360.warehouse.databricks.joined import databricks_warehouse
    from dbspend360.warehouse.databricks.setup import statements

    wanted = statements(settings, with_spends=spends, with_configs=not settings.state_url)
    if not _is_wanted(wanted, yes=yes, dry_run=dry_run):
        return
    with closing(databricks_warehouse(settings)) as warehouse:
        for each in wanted:
            warehouse.change(each, {})
    if settings.state_url:
        make_store(settings.state_url, settings.data_dir).prepare()
    click.echo("The tables are there.")


def _roll_up(settings: Settings, *, yes: bool, dry_run: bool) -> None:
    from dbspend360.warehouse.databricks.joined import databricks_warehouse
    from dbspend360.warehouse.databricks.rolling import statements

    patient = settings.model_copy(update={"question_seconds": _LONGEST_MAKING_SECONDS})
    with closing(databricks_warehouse(patient)) as warehouse:
        wanted = statements(warehouse.spends, warehouse.read)
        if not wanted:
            click.echo("The roll-ups are of the table as it is.")
        elif _is_wanted(wanted, yes=yes, dry_run=dry_run):
            for each in wanted:
                warehouse.change(each, {})
            click.echo("The roll-ups are there.")
    if not settings.rollups:
        click.echo("Servers read them with DBSPEND360_ROLLUPS=true.")


def _is_wanted(wanted: list[Question], *, yes: bool, dry_run: bool) -> bool:
    """Print the statements, and ask unless that is answered already."""
    for each in wanted:
        click.echo(f"{each.text};\n")
    if wanted and not yes and not dry_run:
        click.confirm("Send this to Databricks?", abort=True)
    return not dry_run


@click.command(epilog=examples("dbspend360 check"))
def check() -> None:
    """Say what is configured, whether it can be read, and how to mend what is wrong."""
    settings = read_settings()
    require_cache(settings)
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
