"""Without a sign-in, a page of elsewhere must not call this server by a name of its own."""

from flask import Flask, Response, request

from dbspend360.errors import DBSpendError
from dbspend360.settings import Settings
from dbspend360.signin.gate import Refuse
from dbspend360.signin.safe_start import is_loopback, own_hosts


class ForeignHost(DBSpendError):
    """The request calls the server by a name that it does not have."""

    status = 400
    code = "foreign_host"


def register(server: Flask, settings: Settings, refuse: Refuse) -> None:
    """Refuse every other name, where no sign-in protects what is here."""
    if settings.auth != "none" or settings.open_to_all:
        return
    known = own_hosts(settings)

    @server.before_request
    def check() -> Response | None:
        host = _name(request.host)
        if is_loopback(host) or host in known:
            return None
        return refuse(
            ForeignHost(
                f"This server is not called {host[:100]}. If it should be, set "
                "DBSPEND360_PUBLIC_URL, and let people sign in: docs/sign-in.md."
            )
        )


def _name(host: str) -> str:
    """Without the port."""
    found = host.partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return found.strip("[]").lower()
