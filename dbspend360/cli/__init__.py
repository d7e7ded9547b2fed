"""The command line: one file per group of commands."""

from dbspend360.cli.backing_up import backup, restore
from dbspend360.cli.celery import beat, worker
from dbspend360.cli.due import mail_test, run_due, scheduler
from dbspend360.cli.export import export
from dbspend360.cli.group import main
from dbspend360.cli.people import user
from dbspend360.cli.records import demo, import_
from dbspend360.cli.serving import gunicorn_config, serve
from dbspend360.cli.setup import check, init

DATA = (backup, demo, export, import_, init, restore)
WORK = (beat, check, mail_test, run_due, scheduler, serve, user, worker)

for command in (*DATA, *WORK):
    main.add_command(command)

__all__ = ["gunicorn_config", "main"]
