"""How much each person may ask: of everything, of files and mails, and passwords to try."""

import logging
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_address
from time import time

from flask import Flask, Response, current_app, request
from flask_limiter import ApplicationLimit, Limiter, RateLimitExceeded
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage

from dbspend360.errors import TooManyRequests
from dbspend360.services.current_user import current_user
from dbspend360.settings import Settings
from dbspend360.signin.callbacks import is_callback, makes_a_file_or_mail
from dbspend360.signin.refusal import refused
from dbspend360.signin.routes import IMPORT_FILE, LOGIN

log = logging.getLogger(__name__)

# What watches the app, and what a page is drawn with: asked often, and cheap.
_WATCHED = ("/healthz", "/readyz", "/metrics")
_UNCOUNTED = (*_WATCHED, "/_favicon.ico", "/assets/", "/bundle/", "/static/")
_FILES = ("/export/job-spends.", "/api/export/pdf")
_MAILS = ("/api/reports/deliveries",)
_IMPORTS = (IMPORT_FILE, "/import/confirm", "/import/demo")
_PATIENCE = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
_OURS = "dbspend360.limits"


class Limits:
    """Counts in Redis for all servers where there is one, else in each process by itself."""

    def __init__(self, settings: Settings) -> None:
        """Connects to nothing yet."""
        self._settings = settings
        self._address = _redis(settings)
        self._limiter = Limiter(
            _who,
            storage_uri=self._address or "memory://",
            storage_options=_PATIENCE if self._address else {},  # type: ignore[arg-type]
            in_memory_fallback_enabled=bool(self._address),
            swallow_errors=True,  # what counts must not be what fails
            key_prefix="dbspend360",
            request_identifier=lambda: request.endpoint or "nowhere",
            application_limits=[*self._limits()],
        )

    def register(self, server: Flask) -> None:
        """Count each request, once who asks is known."""
        self._limiter.init_app(server)
        self._limiter.request_filter(self._is_never_counted)  # most requests, at the least cost
        self._end_threads()
        server.extensions[_OURS] = self

        @server.errorhandler(RateLimitExceeded)
        def too_many(_error: RateLimitExceeded) -> Response:
            return refused(TooManyRequests(self._wait()))

    def check(self) -> None:
        """Count a request that is turned away before it comes to being counted."""
        self._limiter._check_request_limit()  # there is no public way

    def count_login(self, name: str) -> None:
        """See the function of the same name."""
        most = self._settings.logins_per_minute
        if not most or self._is_free():
            return
        limit, key = RateLimitItemPerMinute(most), _key(f"name {name.casefold()}")
        counting = self._limiter.limiter
        try:
            is_fine = counting.hit(limit, "dbspend360", key, "login")
            reset = counting.get_window_stats(limit, "dbspend360", key, "login").reset_time
        except Exception:
            log.exception("A password that was tried was not counted")
            return
        if not is_fine:
            raise TooManyRequests(_until(reset))

    def _limits(self) -> Iterator[ApplicationLimit]:
        chosen = self._settings
        if chosen.requests_per_minute:
            yield ApplicationLimit(
                limit_provider=f"{chosen.requests_per_minute} per minute",
                exempt_when=lambda: self._is_free() or _is_uncounted(),
            )
        if chosen.files_per_minute:
            yield ApplicationLimit(
                limit_provider=f"{chosen.files_per_minute} per minute",
                scope="files",
                exempt_when=lambda: self._is_free() or not _is_file_or_mail(),
            )
        if chosen.logins_per_minute:
            yield ApplicationLimit(
                limit_provider=f"{chosen.logins_per_minute} per minute",
                key_function=_where,
                scope="login",
                exempt_when=lambda: self._is_free() or not _is_login(),
            )

    def _is_never_counted(self) -> bool:
        return self._is_free() or (_is_uncounted() and not _is_file_or_mail())

    def _is_free(self) -> bool:
        """Whoever has the machine, and the app itself while it is being made."""
        is_made = "dbspend360" in current_app.extensions
        return not is_made or (self._settings.auth == "none" and _is_on_this_machine())

    def _wait(self) -> int:
        """Seconds until more may be asked."""
        try:
            limit = self._limiter.current_limit
            return _until(limit.reset_at) if limit else 60
        except Exception:  # the place where it is counted has gone a moment ago
            log.exception("It is not known when more may be asked")
            return 60

    def _end_threads(self) -> None:
        """A place in memory starts one when it is made; gunicorn forks after this."""
        for place in vars(self._limiter).values():
            if isinstance(place, MemoryStorage):
                place.timer.join()


def count_login(name: str) -> None:
    """Count a password that is tried for somebody; what comes from one address is counted anyway.

    Raises:
        TooManyRequests: too many were tried in this minute.
    """
    limits: Limits = current_app.extensions[_OURS]
    limits.count_login(name)


def _redis(settings: Settings) -> str:
    """Where to count for all servers; empty: nowhere."""
    if settings.limits_url:
        return settings.limits_url
    is_redis = settings.cache_url.startswith(("redis://", "rediss://"))
    return settings.cache_url if is_redis else ""


def _who() -> str:
    person = current_user()
    return _key(f"person {person}") if person else _where()


def _where() -> str:
    """The address of the client: the middleware of trusted proxies has set it."""
    return _key(f"address {request.remote_addr}")


def _key(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _until(moment: float) -> int:
    return min(max(int(moment - time()) + 1, 1), 60)


def _is_uncounted() -> bool:
    return request.path.startswith(_UNCOUNTED) or any(
        part in request.path for part in ("/_dash-component-suites/", "/assets/")
    )


def _is_file_or_mail() -> bool:
    if request.method == "POST" and is_callback():
        return makes_a_file_or_mail()
    is_sent = request.method == "POST" and request.path.startswith((*_MAILS, *_IMPORTS))
    return is_sent or request.path.startswith(_FILES)


def _is_login() -> bool:
    return request.method == "POST" and request.path == LOGIN


def _is_on_this_machine() -> bool:
    return _is_loopback(request.remote_addr or "")


@lru_cache(maxsize=1_000)
def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
