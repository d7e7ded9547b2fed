"""`dbspend360 init` and `check`: is everything there?"""

import click

from dbspend360.cli.group import examples
from dbspend360.cli.settings import read_settings, require_cache
from dbspend360.errors import DBSpendError
from dbspend360.services.checkup import findings
from dbspend360.settings import Settings
from dbspend360.store.places import make_store
from dbspend360.theme import plural
from dbspend360.warehouse.databricks.endpoint import is_chosen


@click.command(epilog=examples("dbspend360 init", "dbspend360 init --spends --yes"))
@click.option("--spends", is_flag=True, help="Make the table of job spends too, on Databricks.")
@click.option("--yes", is_flag=True, help="Do not ask before the tables are made.")
def init(spends: bool, yes: bool) -> None:
    """Make the table of users' settings where it is missing.

    On Databricks the SQL is printed first. A table that is there already is left alone.
    """
    settings = read_settings()
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
