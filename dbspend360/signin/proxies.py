"""Whose word counts for who asks, and from where: only that of proxies we were told of."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any

from dbspend360.api.metrics import PROXIED
from dbspend360.errors import BadSettings

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_WORDS = {
    "loopback": ("127.0.0.0/8", "::1/128"),
    "private": (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    ),
}
_PROXYS = re.compile(r"HTTP_(X_FORWARDED_.*|FORWARDED|X_REAL_IP)")
_NEVER = "HTTP_X_FORWARDED_ACCESS_TOKEN"  # somebody's own key to Databricks: we want none
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")

Environ = dict[str, Any]
App = Callable[[Environ, Any], Iterable[bytes]]


def read_trusted(text: str) -> tuple[Network, ...]:
    """Addresses, networks, `loopback` or `private`, with commas.

    Raises:
        BadSettings: something else.
    """
    words = [each.strip().lower() for each in text.split(",") if each.strip()]
    found = [network for each in words for network in _WORDS.get(each, (each,))]
    try:
        return tuple(ipaddress.ip_network(each, strict=False) for each in found)
    except ValueError as error:
        raise BadSettings(
            f"DBSPEND360_TRUSTED_PROXIES cannot be read: {error}. It takes addresses, networks "
            "such as 10.0.0.0/8, `loopback` or `private`."
        ) from error


class FromProxies:
    """In front of everything: what nobody trusted has said is not there for anybody behind."""

    def __init__(self, app: App, trusted: Sequence[Network], headers: Sequence[str]) -> None:
        """`headers` name people and groups: strangers do not get to send them."""
        self._app = app
        self._is_trusted = lru_cache(maxsize=200)(partial(_is_one_of, trusted))
        self._headers = {_key(each) for each in headers if each}

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:  # noqa: ANN401
        """See WSGI."""
        environ.pop(_NEVER, None)
        said = [name for name in environ if name.startswith("HTTP_") and _PROXYS.fullmatch(name)]
        if said:
            environ[PROXIED] = True
        if self._is_trusted(environ.get("REMOTE_ADDR", "")):
            _believe(environ, self._is_trusted)
        else:
            for name in [*said, *self._headers]:
                environ.pop(name, None)
        return self._app(environ, start_response)


def _is_one_of(trusted: Sequence[Network], address: str) -> bool:
    found = _address(address)
    return found is not None and any(
        found.version == network.version and found in network for network in trusted
    )


def _believe(environ: Environ, is_trusted: Callable[[str], bool]) -> None:
    hops = [each.strip() for each in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    client = next((each for each in reversed(hops) if not is_trusted(each)), "")
    if _address(client):
        environ["REMOTE_ADDR"] = str(_address(client))
    scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
    if scheme in ("http", "https"):
        environ["wsgi.url_scheme"] = scheme
    host = environ.get("HTTP_X_FORWARDED_HOST", "").rpartition(",")[2].strip()
    if _HOST.fullmatch(host):
        environ["HTTP_HOST"] = host


def _address(text: str) -> Address | None:
    """An IPv4 address inside of an IPv6 one is itself."""
    try:
        found = ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _key(header: str) -> str:
    return "HTTP_" + header.upper().replace("-", "_")
