"""Celery, where one machine is not enough: it calls what the built-in scheduler calls.

What is due is claimed in the store, as ever. A task that comes twice, or is lost, changes nothing:
the store is what remembers, Redis only says that it is time to look.
"""

import logging
import ssl
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from dbspend360.errors import BadSettings
from dbspend360.services.current_user import working_for
from dbspend360.services.operator import operator
from dbspend360.services.run_due import RunDue
from dbspend360.settings import Settings
from dbspend360.warehouse.source import make_source

log = logging.getLogger(__name__)

RUN_DUE = "dbspend360.run_due"
DELIVER = "dbspend360.deliver"
EVERY_SECONDS = 60.0
_MISSING = "Celery needs its extra: pip install 'dbspend360[celery]'."
_WANTED = "DBSPEND360_CELERY_URL must be such as redis://:password@host:6379/1 or rediss://host"


def make_celery(settings: Settings, *, every_seconds: float = EVERY_SECONDS) -> Any:  # noqa: ANN401
    """The Celery app of these settings. Connects to nothing.

    `every_seconds` is how often `beat` has the workers look for what is due.

    Raises:
        BadSettings: there is no Redis in the settings, or Celery is not installed.
    """
    url = settings.celery_url.get_secret_value().strip()
    if not url.startswith(("redis://", "rediss://")):
        raise BadSettings(f"{_WANTED}.")
    try:
        from celery import Celery  # here, because few need it and it is slow to import
    except ImportError as error:
        raise BadSettings(_MISSING) from error
    app = Celery("dbspend360", broker=url, backend=url, set_as_current=False)
    app.conf.beat_schedule = _beat(every_seconds)
    app.conf.update(_CONFIG | (_tls(settings) if url.startswith("rediss") else {}))
    _add_tasks(app, settings)
    return app


def look_now(app: Any) -> None:  # noqa: ANN401
    """Have a worker look for what is due; nothing happens when Redis does not answer."""
    _asked(app, RUN_DUE)


def celery_begin(settings: Settings) -> Callable[[str, str], None]:
    """Has a worker send a delivery; see `ReportDesk`. Should none do so, `run-due` will."""
    app = make_celery(settings)
    return lambda user_id, delivery_id: _asked(app, DELIVER, user_id, delivery_id)


def _asked(app: Any, task: str, *words: str) -> None:  # noqa: ANN401
    from kombu.exceptions import OperationalError  # it comes with Celery

    try:
        app.send_task(task, words, retry=False, ignore_result=True)
    except OperationalError as error:
        log.warning("task=%s waits for the next look, Redis: %s", task, error)


_CONFIG: dict[str, Any] = {
    # JSON only: whoever can write to Redis must not be able to run code here.
    "accept_content": ["json"],
    "result_accept_content": ["json"],
    "task_serializer": "json",
    "result_serializer": "json",
    "event_serializer": "json",
    "timezone": "UTC",
    "enable_utc": True,
    "broker_connection_retry": True,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,  # for ever
    "task_acks_late": True,
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "beat_scheduler": "celery.beat:Scheduler",  # the other one writes a file, and pickles
}


def _beat(seconds: float) -> dict[str, Any]:
    # They expire, so that no queue of looks grows while nobody works.
    options = {"expires": seconds}
    return {"look": {"task": RUN_DUE, "schedule": seconds, "options": options}}


def _tls(settings: Settings) -> dict[str, Any]:
    ca_file = str(settings.tls_ca_file) if settings.tls_ca_file else None
    how = {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_ca_certs": ca_file}
    return {"broker_use_ssl": how, "redis_backend_use_ssl": how}


def _add_tasks(app: Any, settings: Settings) -> None:  # noqa: ANN401
    @cache  # once in each process of a worker: connections are not shared by a fork
    def due() -> RunDue:
        return RunDue(settings, make_source(settings))

    # Not shared: another app in this process has its own, with settings of its own.
    task = partial(app.task, shared=False, ignore_result=True)

    @task(name=RUN_DUE)  # type: ignore[untyped-decorator]
    def run_due() -> None:
        log.info(due().run().words)

    @task(name=DELIVER)  # type: ignore[untyped-decorator]
    def deliver(user_id: str, delivery_id: str) -> None:
        with working_for(operator(settings)):
            due().reports.send(user_id, delivery_id)
