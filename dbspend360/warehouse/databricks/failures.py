"""What a failure of the connector means, in our own errors and in a sentence for the person.

The connector says most failures in the same words ("Retry request would exceed…"), so the cause is
read from the exceptions that led there. The driver's own words go to the log, never to the page.
"""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import requests
import urllib3.exceptions as line
from databricks.sql import exc

from dbspend360.errors import NotYet, TookTooLong, Unreachable, WarehouseError

log = logging.getLogger("dbspend360.databricks")

# All that a statement may raise: the driver's errors, the line's, the token endpoint's (an OSError
# too), and values that Python cannot hold, such as a date after the year 9999.
FAILURES = (exc.Error, line.HTTPError, OSError, EOFError, ValueError, ArithmeticError)

CHECK = "`dbspend360 check` says which setting or GRANT mends it."


class LoginRefused(Unreachable):
    """The token or the service principal was not let in: repeating it at once is no use."""


class SessionLost(Unreachable):
    """The warehouse knows our session no more: a new one may do at once."""


class HungUp(Unreachable):
    """Somebody was there and ended the line before the reply."""


class Refused(WarehouseError):
    """The warehouse understood and said no. `kind` is Databricks' name for the reason."""

    def __init__(self, question: str, reason: str, kind: str) -> None:
        super().__init__(question, reason)
        self.kind = kind


class RanOut(Refused, TookTooLong):
    """The warehouse worked on it for as long as it may, and gave up."""


def told(error: BaseException, question: str) -> WarehouseError:
    """Our error for whatever a statement raised."""
    if isinstance(error, WarehouseError):
        return error
    causes = list(_causes(error))
    log.warning("question=%s failed: %s", question, " <- ".join(map(_short, causes)))
    for each in causes:
        if isinstance(each, exc.ServerOperationError):
            return _refused(str(each), question)
    return _unreachable(causes, question)


def is_worth_repeating(error: BaseException) -> bool:
    """Whether the same question may be answered a moment later."""
    return isinstance(error, Unreachable) and not isinstance(error, LoginRefused)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that led to it; the connector hands its causes on as arguments."""
    while error is not None:
        yield error
        inner = next((each for each in error.args if isinstance(each, BaseException)), None)
        error = inner or error.__cause__ or error.__context__


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error)[:500]}"


# ---- the warehouse answered, with a no

_SENTENCES = {
    "INSUFFICIENT_PERMISSIONS": f"Databricks does not let this app read what it needs. {CHECK}",
    "TABLE_OR_VIEW_NOT_FOUND": f"The table of job spends is not there, or may not be seen. {CHECK}",
    "SCHEMA_NOT_FOUND": f"The schema of the table of job spends is not there. {CHECK}",
    "CATALOG_NOT_FOUND": f"The catalog of the table of job spends is not there. {CHECK}",
    "UNRESOLVED_COLUMN": f"The table of job spends lacks a column. {CHECK}",
    "STATEMENT_TIMEOUT": (
        "The question took longer than the warehouse may work on it. Choose fewer days, or raise "
        "DBSPEND360_QUESTION_SECONDS."
    ),
}
_ALIASES = {
    "NO_SUCH_CATALOG_EXCEPTION": "CATALOG_NOT_FOUND",
    "PERMISSION_DENIED": "INSUFFICIENT_PERMISSIONS",
    "UC_HIVE_METASTORE_DISABLED_EXCEPTION": "CATALOG_NOT_FOUND",
}


def _refused(words: str, question: str) -> Refused:
    kind = _kind(words)
    sentence = _SENTENCES.get(kind, "Databricks could not answer this question. The log says why.")
    return (RanOut if kind == "STATEMENT_TIMEOUT" else Refused)(question, sentence, kind)


def _kind(words: str) -> str:
    if re.search(r"STATEMENT_TIMEOUT|statement timeout|57KD0|execution timeout", words, re.I):
        return "STATEMENT_TIMEOUT"
    found = re.search(r"\[([A-Z][A-Z_]+)", words)
    name = found.group(1) if found else ""
    return _ALIASES.get(name, name)


# ---- nobody answered, or not in a way that helps


def _unreachable(causes: list[BaseException], question: str) -> WarehouseError:
    status = _status(causes)
    if status in (400, 401, 403):
        return LoginRefused(
            question,
            f"Databricks did not let this app in (HTTP {status}): its token or secret is wrong or "
            f"revoked, or it may not use the SQL warehouse. {CHECK}",
        )
    if status == 404:
        return Unreachable(
            question,
            "Databricks knows no SQL warehouse at this address: check DATABRICKS_HOST and "
            "DATABRICKS_HTTP_PATH.",
        )
    if any(isinstance(each, exc.MaxRetryDurationError) for each in causes) and len(causes) <= 2:
        # The reply was an HTTP 429 or 5xx: what a warehouse says that starts or is overrun.
        since = datetime.now(UTC)
        return NotYet(question, "The SQL warehouse is waking up, or overrun.", since=since)
    return _no_line(causes, question)


def _no_line(causes: list[BaseException], question: str) -> WarehouseError:
    words = " ".join(_short(each) for each in causes)
    if "Invalid SessionHandle" in words:
        return SessionLost(question, "The session with Databricks had expired. Try again.")
    if _is_any(causes, line.SSLError) or "CERTIFICATE_VERIFY_FAILED" in words:
        return Unreachable(
            question,
            "The certificate of Databricks is not one this machine trusts: set "
            "DBSPEND360_TLS_CA_FILE to the certificates of your own CA.",
        )
    if _is_any(causes, line.NameResolutionError):
        return Unreachable(
            question, "There is no host of this name: check DATABRICKS_HOST and the network."
        )
    if _is_any(causes, line.NewConnectionError):  # which urllib3 counts among its timeouts
        return Unreachable(question, "Databricks cannot be reached.")
    if _is_any(causes, line.TimeoutError, TimeoutError, requests.Timeout):
        return Unreachable(question, "Databricks did not reply in time.")
    if _is_any(causes, exc.Error, line.HTTPError, OSError, EOFError):
        return HungUp(question, "Databricks cannot be reached, or hung up before it answered.")
    return WarehouseError(question, "The answer of Databricks could not be read. The log says why.")


def _is_any(causes: list[BaseException], *kinds: type[BaseException]) -> bool:
    return any(isinstance(each, kinds) for each in causes)


def _status(causes: list[BaseException]) -> int | None:
    """The HTTP status that was the answer; None when there was none."""
    for each in causes:
        if isinstance(each, requests.HTTPError) and each.response is not None:
            return each.response.status_code
        # The connector remembers the status of the last reply, which may be an older one's:
        # it belongs to this request only when a reply came and was no Thrift.
        if isinstance(each, exc.RequestError) and _is_any(causes, EOFError):
            code = each.context.get("http-code")
            return code if isinstance(code, int) and code != 200 else None
    return None
