"""What a browser must not do with our pages, whatever somebody has got into them."""

from collections.abc import Sequence
from typing import Protocol

from flask import Flask, Response, request

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
    by_tls = [*always, ("Strict-Transport-Security", _BY_TLS_ONLY)]

    @server.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        there = {name.lower() for name, _ in headers}
        for name, value in by_tls if request.is_secure else always:
            if name.lower() not in there:
                headers.add(name, value)
        return response
