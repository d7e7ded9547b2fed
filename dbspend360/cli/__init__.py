"""The command line: one file per group of commands."""

from dbspend360.cli.celery import beat, worker
from dbspend360.cli.due import mail_test, run_due, scheduler
from dbspend360.cli.export import export
from dbspend360.cli.group import main
from dbspend360.cli.records import demo, import_
from dbspend360.cli.serving import gunicorn_config, serve
from dbspend360.cli.setup import check, init

for command in (
    beat,
    check,
    demo,
    export,
    import_,
    init,
    mail_test,
    run_due,
    scheduler,
    serve,
    worker,
):
    main.add_command(command)

__all__ = ["gunicorn_config", "main"]
