"""How the web server runs. Addresses and numbers of workers are settings; see `Settings`."""

import os
from http import HTTPStatus
from typing import Any

from gunicorn import util

from dbspend360.api.envelope import refusal_text
from dbspend360.errors import BadSettings
from dbspend360.little_memory import hold_little
from dbspend360.log import json_log
from dbspend360.metrics_folder import forget_counts, share_counts
from dbspend360.settings import Settings

share_counts()  # before anything is counted: the app is loaded below
hold_little()  # before there are threads

_settings = Settings()
_host = _settings.host.strip("[]")

wsgi_app = "dbspend360.app:create_app()"
bind = f"[{_host}]:{_settings.port}" if ":" in _host else f"{_host}:{_settings.port}"

# Threads: a slow question occupies one, and the page goes on elsewhere. A slow client gets none.
worker_class = "dbspend360.slow_clients.PatientWorker"
workers = _settings.web_workers  # two: one can draw a PDF while the other answers
threads = _settings.web_threads  # four: the parts of a page ask at once, and the database waits

# One worker's memory is shared with the others, a wrong setting is said once, and starting takes
# half the time. Safe because no database and no thread exists before the fork: `create_app` opens
# its connections with the first question. New code needs a new start, so not together with reload.
preload_app = not _settings.reload
reload = _settings.reload
if reload:
    from dbspend360.pages import assets_folder  # not above: it counts things

    reload_extra_files = [str(each) for each in assets_folder().rglob("*.*")]

timeout = 60  # seconds without a sign of life from a worker, not of a request: those are in threads
# Seconds to finish what is under way. Docker kills after ten, and on a busy machine closing the
# sessions on Databricks and leaving takes up to two.
graceful_timeout = 7
keepalive = 65  # load balancers reuse a connection for 60 s: they must be the first to let go
max_requests = 0  # nothing leaks, so no worker is retired

# The sign of life is a file's time stamp; on a slow disk it would come late and cost the worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True  # two instances that start at once race to create it

forwarded_allow_ips = (
    ""  # whose word counts is said by DBSPEND360_TRUSTED_PROXIES: signin/proxies.py
)

limit_request_line = 8190  # as much as gunicorn allows: a link with twenty conditions is long

accesslog = None  # the questions are logged by the app, with their milliseconds
errorlog = "-"
loglevel = _settings.log_level.lower()
if _settings.log_format == "json":
    logconfig_dict = json_log(_settings.log_level)


def _refuse(client: Any, status: int, _reason: str, _words: str) -> None:  # noqa: ANN401
    """Tell a client whose request is not HTTP, or is too long, in JSON."""
    body = refusal_text(status).encode()
    head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nConnection: close\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    util.write_nonblock(client, head.encode() + body)


util.write_error = _refuse  # gunicorn refuses before the app sees anything, and by itself in HTML


def on_starting(server: Any) -> None:  # noqa: ANN401 - gunicorn is not typed
    """Refuse `--bind` what the settings could not: see signin/safe_start.py."""
    from dbspend360.signin.safe_start import require_safe  # not above: it counts things

    for address in server.cfg.address:
        if isinstance(address, tuple):  # else a file, which nobody reaches from elsewhere
            try:
                require_safe(_settings, address[0])
            except BadSettings as error:
                raise SystemExit(f"Error: {error}") from error


def worker_exit(_server: object, worker: Any) -> None:  # noqa: ANN401 - gunicorn is not typed
    """Close the connections to Databricks: sessions left open count there until they expire."""
    source = getattr(worker.wsgi, "extensions", {}).get("dbspend360")
    if source:
        source.close()


def child_exit(_server: object, worker: Any) -> None:  # noqa: ANN401
    """A worker that is gone counts nothing any more; what it has counted stays."""
    from prometheus_client import multiprocess  # not above: it looks for the folder at once

    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: object) -> None:
    """Leave nothing in memory."""
    forget_counts()
