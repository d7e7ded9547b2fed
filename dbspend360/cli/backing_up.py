"""`dbspend360 backup` and `restore`: what the store keeps, in a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from dbspend360.cli.group import examples
from dbspend360.cli.settings import read_settings
from dbspend360.services.backup import back_up
from dbspend360.services.backup import restore as restored
from dbspend360.services.operator import operated, operating
from dbspend360.services.user_settings import settings_store
from dbspend360.settings import Settings
from dbspend360.store.base import Store
from dbspend360.theme import plural
from dbspend360.warehouse.source import make_source

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(epilog=examples("dbspend360 backup settings.jsonl"))
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="Write over a file that is there.")
def backup(file: Path, replace: bool) -> None:
    """Copy what users have set, and all alerts, to FILE while the app goes on.

    It may hold addresses that let anybody in: nobody but you can read the file.
    """
    settings = read_settings()
    with _store(settings) as store:
        store.prepare()
        count = back_up(store, file, replace=replace)
    operated(settings, "backup", file=str(file))
    click.echo(f"{plural(count, 'setting')} in {file}. Keep it as you keep passwords.")


@click.command(epilog=examples("dbspend360 restore settings.jsonl"))
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="Remove what is in the store now.")
def restore(file: Path, replace: bool) -> None:
    """Fill the store from FILE, which `backup` has written, of whatever kind the store was.

    All of the file is read first: a damaged one changes nothing.
    """
    settings = read_settings()
    with _store(settings) as store, operating(settings, "restore", file=str(file)):
        count = restored(store, file, replace=replace)
    click.echo(f"The store now holds {plural(count, 'setting')}.")


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    source = make_source(settings)
    try:
        yield settings_store(settings, source)
    finally:
        source.close()
