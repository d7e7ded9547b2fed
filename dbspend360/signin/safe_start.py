"""Refuses to start in a way that lets strangers in."""

import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit

from dbspend360.errors import BadSettings
from dbspend360.settings import Settings

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def require_safe(settings: Settings, address: str | None = None) -> None:
    """Without a sign-in only this machine may ask, unless that was said twice.

    `address` is where the server listens, when that is not what the settings say.

    Raises:
        BadSettings: the sentence says what to set.
    """
    host = settings.host if address is None else address
    if settings.auth != "none" or is_loopback(host):
        return
    if "auth" in settings.model_fields_set and settings.open_to_all:
        return
    where = host or "every address"
    raise BadSettings(
        f"Without a sign-in DBSpend360 does not listen on {where}, where "
        "other machines could read and change everything. Set DBSPEND360_AUTH to basic, oidc or "
        "proxy (docs/sign-in.md). If that is what you want: both DBSPEND360_AUTH=none and "
        "DBSPEND360_OPEN_TO_ALL=true."
    )


@lru_cache(maxsize=100)
def is_loopback(host: str) -> bool:
    """Whether a name or an address is this machine's own, for nobody else."""
    plain = host.strip("[]").lower()
    try:
        return ipaddress.ip_address(plain).is_loopback
    except ValueError:
        return plain == "localhost" or plain.endswith(".localhost")


def own_hosts(settings: Settings) -> frozenset[str]:
    """The names that a browser may call this server by, in lower case and without ports."""
    public = urlsplit(settings.public_url).hostname or ""
    return frozenset({settings.host.strip("[]").lower(), public.lower()} - {""})
