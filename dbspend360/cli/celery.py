"""`dbspend360 worker` and `beat`: Celery in place of the built-in scheduler."""

import click

from dbspend360.celery_app import EVERY_SECONDS, look_now, make_celery
from dbspend360.cli.group import examples
from dbspend360.cli.settings import read_settings, require_services
from dbspend360.log import write_log
from dbspend360.settings import Settings
from dbspend360.theme import plural


@click.command(epilog=examples("dbspend360 worker", "dbspend360 worker --processes 4"))
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="How many tasks are done at once.",
)
def worker(processes: int) -> None:
    """Do what `dbspend360 beat` and the pages ask for, until Ctrl-C.

    On as many machines as you like, with the settings of the server: what is due is done once.
    """
    # Here, because Dash is slow to import and the other commands do without.
    from dbspend360.dashboard.export_menu import add_tasks

    settings = _checked()
    level = settings.log_level
    celery = make_celery(settings)
    add_tasks(celery, settings)
    celery.worker_main(
        ["worker", "--loglevel", level, "--concurrency", str(processes), "--without-gossip"]
    )


@click.command(epilog=examples("dbspend360 beat", "dbspend360 beat --seconds 600"))
@click.option(
    "--seconds",
    type=click.IntRange(1, 3_600),
    default=int(EVERY_SECONDS),
    show_default=True,
    help="How often the workers look.",
)
def beat(seconds: int) -> None:
    """Tell the workers to look for what is due, until Ctrl-C.

    One is enough; a second one does no harm.
    """
    settings = _checked()
    app = make_celery(settings, every_seconds=seconds)
    click.echo(f"Asking the workers every {plural(seconds, 'second')}.")
    look_now(app)
    app.start(["beat", "--loglevel", settings.log_level, "--pidfile", ""])


def _checked() -> Settings:
    """What is wrong with the settings is said now, not with the first report."""
    settings = read_settings()
    write_log(settings.log_level, settings.log_format)
    require_services(settings)
    return settings
