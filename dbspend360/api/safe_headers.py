"""What a browser must not do with our pages, whatever somebody has got into them."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]

_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",  # and the hash of each script inside a page
    "style-src": "'self' 'unsafe-inline'",  # the table and the charts place their parts with it
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",  # the table's icons
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # a link names jobs and people
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_BY_TLS_ONLY = "max-age=31536000"  # a year, and this name alone: others are not ours to bind


class HasScripts(Protocol):
    """A page that knows the scripts which stand inside of it."""

    def csp_hashes(self) -> Sequence[str]:
        """As a policy names them: `'sha256-…'`."""
        ...


def register(server: Flask, pages: Sequence[HasScripts]) -> None:
    """Send them with every answer; the scripts that stand in one of `pages` may run."""
    hashes = {found for each in pages for found in each.csp_hashes()}
    scripts = " ".join([_POLICY["script-src"], *sorted(hashes)])
    policy = _POLICY | {"script-src": scripts}
    whole = "; ".join(f"{name} {value}" for name, value in policy.items())
    always = [*_ALWAYS.items(), ("Content-Security-Policy", whole), ("Cache-Control", "no-store")]
    server.wsgi_app = _Protected(server.wsgi_app, always)  # type: ignore[method-assign]


class _Protected:
    """Around the app: one list of headers, and not each set by itself and checked again."""

    def __init__(self, app: "WSGIApplication", always: Sequence[tuple[str, str]]) -> None:
        self._app = app
        self._always = [(name.lower(), (name, value)) for name, value in always]
        by_tls = ("Strict-Transport-Security", _BY_TLS_ONLY)
        self._by_tls = [*self._always, (by_tls[0].lower(), by_tls)]

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """See WSGI. What an answer says by itself stays."""

        def start(status: str, headers: Headers, *error: Any) -> Callable[[bytes], object]:  # noqa: ANN401
            there = {name.lower() for name, _ in headers}
            is_secure = environ["wsgi.url_scheme"] == "https"
            more = self._by_tls if is_secure else self._always
            added = [header for name, header in more if name not in there]
            return start_response(status, [*headers, *added], *error)

        return self._app(environ, start)
