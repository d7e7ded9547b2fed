"""What a browser must not do with our pages, whatever somebody has got into them."""

from collections.abc import Sequence

from flask import Flask, Response

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
}


def register(server: Flask, script_hashes: Sequence[str]) -> None:
    """Send them with every answer; `script_hashes` are of the scripts that stand in a page."""
    scripts = " ".join([_POLICY["script-src"], *sorted(set(script_hashes))])
    policy = _POLICY | {"script-src": scripts}
    whole = "; ".join(f"{name} {value}" for name, value in policy.items())

    @server.after_request
    def protect(response: Response) -> Response:
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", whole)
        return response
