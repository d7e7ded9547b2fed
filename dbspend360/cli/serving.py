"""`dbspend360 serve`."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import click

from dbspend360.cli.group import examples
from dbspend360.cli.settings import read_settings, require_cache, require_services
from dbspend360.errors import Busy, DBSpendError
from dbspend360.services.alert_links import server_address
from dbspend360.services.people import People, people_file
from dbspend360.settings import Settings
from dbspend360.signin.safe_start import require_safe
from dbspend360.warehouse import demo as demo_data
from dbspend360.warehouse.databricks.endpoint import is_chosen
from dbspend360.warehouse.imports.folder import current_version
from dbspend360.warehouse.source import make_source


@click.command(epilog=examples("dbspend360 serve", "dbspend360 serve --port 9000"))
@click.option("--host", help="Address to listen on; 0.0.0.0 lets other machines in.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--with-scheduler", is_flag=True, help="Check the alert rules and send reports, too.")
def serve(host: str | None, port: int | None, with_scheduler: bool) -> None:
    """Serve the page until Ctrl-C.

    Without a Databricks warehouse in the settings, an empty data folder is filled with demo data.
    """
    if host is not None:
        os.environ["DBSPEND360_HOST"] = host
    if port is not None:
        os.environ["DBSPEND360_PORT"] = str(port)
    settings = read_settings()
    require_safe(settings)
    _require_free_port(settings.host.strip("[]"), settings.port)
    require_cache(settings)
    require_services(settings)
    _prepare_data(settings)
    _say_who_may_come(settings)
    click.echo(f"DBSpend360 is at {server_address(settings.host.strip('[]'), settings.port)}")
    if with_scheduler:
        _start_scheduler()
    _become_gunicorn()


def _say_who_may_come(settings: Settings) -> None:
    if settings.auth == "basic" and not People(people_file(settings)).all():
        click.echo("Nobody may sign in yet: dbspend360 user add NAME --role admin")


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
        try:
            demo_data.make_demo(settings.data_dir)
        except Busy:
            click.echo("Another server is just making them: they show when they are there.")


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
    package = Path(__file__).resolve().parents[1]
    places = [package / "gunicorn.conf.py", package.parent / "gunicorn.conf.py"]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise DBSpendError("gunicorn.conf.py is missing: install DBSpend360 again.")
    return found
