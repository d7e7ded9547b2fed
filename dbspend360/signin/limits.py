"""How much each person may ask: of everything, of files and mails, and passwords to try."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_address

from flask import Flask, Response, current_app, request
from limits import RateLimitItem, RateLimitItemPerMinute

from dbspend360.errors import TooManyRequests
from dbspend360.services.current_user import current_user
from dbspend360.settings import Settings
from dbspend360.signin.callbacks import is_callback, makes_a_file_or_mail
from dbspend360.signin.counting import Counting
from dbspend360.signin.refusal import refused
from dbspend360.signin.routes import IMPORT_FILE, LOGIN

# What watches the app, and what a page is drawn with: asked often, and cheap.
_WATCHED = ("/healthz", "/readyz", "/metrics")
_UNCOUNTED = (*_WATCHED, "/_favicon.ico", "/assets/", "/bundle/", "/static/")
_PARTS = ("/_dash-component-suites/", "/assets/")
_FILES = ("/export/job-spends.", "/api/export/pdf")
_MAILS = ("/api/reports/deliveries",)
_IMPORTS = (IMPORT_FILE, "/import/confirm", "/import/demo")
_OURS = "dbspend360.limits"


@dataclass(frozen=True)
class _Share:
    """How much somebody may ask of something in a minute."""

    most: RateLimitItem
    of: str
    applies: Callable[[], bool]
    whose: Callable[[], str]


class Limits:
    """Counts in Redis for all servers where there is one, else in each process by itself."""

    def __init__(self, settings: Settings) -> None:
        """Connects to nothing yet."""
        self._settings = settings
        self._counting = Counting(_redis(settings))
        self._shares = [*_shares(settings)]

    def register(self, server: Flask) -> None:
        """Count each request, once who asks is known."""
        server.before_request(self.refusal)
        server.extensions[_OURS] = self

    def refusal(self) -> Response | None:
        """Count a request; the answer where it is one too many."""
        if self._is_free():
            return None
        for share in self._shares:
            if share.applies():
                seconds = self._counting.wait(share.most, share.whose(), share.of)
                if seconds:
                    return refused(TooManyRequests(seconds))
        return None

    def count_login(self, name: str) -> None:
        """See the function of the same name."""
        most = self._settings.logins_per_minute
        if not most or self._is_free():
            return
        key = _key(f"name {name.casefold()}")
        seconds = self._counting.wait(RateLimitItemPerMinute(most), key, "login")
        if seconds:
            raise TooManyRequests(seconds)

    def _is_free(self) -> bool:
        """Whoever has the machine, and the app itself while it is being made."""
        is_made = "dbspend360" in current_app.extensions
        return not is_made or (self._settings.auth == "none" and _is_on_this_machine())


def count_login(name: str) -> None:
    """Count a password that is tried for somebody; what comes from one address is counted anyway.

    Raises:
        TooManyRequests: too many were tried in this minute.
    """
    limits: Limits = current_app.extensions[_OURS]
    limits.count_login(name)


def _shares(settings: Settings) -> Iterator[_Share]:
    """Those that are limited at all."""
    for most, of, applies, whose in (
        (settings.requests_per_minute, "global", _is_counted, _who),
        (settings.files_per_minute, "files", _is_file_or_mail, _who),
        (settings.logins_per_minute, "login", _is_login, _where),
    ):
        if most:
            yield _Share(RateLimitItemPerMinute(most), of, applies, whose)


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


def _is_counted() -> bool:
    path = request.path
    return not path.startswith(_UNCOUNTED) and not any(part in path for part in _PARTS)


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
