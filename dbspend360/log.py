"""Our lines in the log, and the id that those of one request have in common."""

import logging
import re
import secrets
from contextvars import ContextVar
from typing import Any, Literal

from pythonjsonlogger.json import JsonFormatter

LogFormat = Literal["text", "json"]

# What a proxy may call a request: anything else could forge a line of the log or break a header.
_FIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def begin_request(given: str = "") -> str:
    """The id of what this context works on from now: the given one if it is fit, else a new one."""
    chosen = given if _FIT.fullmatch(given) else secrets.token_hex(16)
    _request_id.set(chosen)
    return chosen


def request_id() -> str:
    """The id of what is being worked on; empty outside of any request."""
    return _request_id.get()


class TextLines(logging.Formatter):
    """Lines for people, with the request's id at the end."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line without a traceback."""
        line = super().formatMessage(record)
        return f"{line} request={request_id()}" if request_id() else line


class JsonLines(JsonFormatter):
    """One JSON object for each line, for whoever collects them."""

    def __init__(self) -> None:
        super().__init__(
            ["levelname", "name", "message"],
            rename_fields={"levelname": "level", "name": "logger", "exc_info": "traceback"},
            timestamp="time",
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """What is written, with the request's id."""
        if request_id():
            log_data["request_id"] = request_id()
        return log_data


def write_log(level: str, log_format: LogFormat = "text") -> None:
    """Our own lines go to standard error, unless whoever embeds us has other plans."""
    ours = logging.getLogger("dbspend360")
    ours.setLevel(level)
    if not ours.handlers and not logging.getLogger().handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines() if log_format == "json" else TextLines())
        ours.addHandler(handler)


def json_log(level: str) -> dict[str, Any]:
    """The same for a whole process, as `logging.config` wants it: everybody's lines are JSON."""
    whole = {"level": level, "handlers": ["errors"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "dbspend360.log.JsonLines"}},
        "handlers": {"errors": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": whole,
        "loggers": {"gunicorn.error": whole | {"propagate": False}},
    }
