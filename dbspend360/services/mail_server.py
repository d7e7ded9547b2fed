"""The mail server and the sender, from the settings, checked."""

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from dbspend360.errors import BadSettings
from dbspend360.models.alert_config import address

_WANTED = (
    "DBSPEND360_SMTP_URL must be smtp://user:password@host:587?starttls=required or "
    "smtps://user:password@host:465; write @ / ? # in a password as %40 %2F %3F %23."
)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, repr=False)
class MailServer:
    """Where mails are handed over."""

    host: str
    port: int
    is_tls: bool  # from the first byte
    needs_starttls: bool
    user: str
    password: str


def read_server(text: str) -> MailServer:
    """The mail server that the setting names.

    Raises:
        BadSettings: it names none; the address is not repeated, for it may hold a password.
    """
    try:
        if re.search(r"[\s\x00-\x1f\x7f]", text.strip()):
            raise ValueError
        parts = urlsplit(text.strip())
        port, given = parts.port, parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise BadSettings(_WANTED) from None
    starttls = given.pop("starttls", ["required"])[-1]
    known = parts.scheme in ("smtp", "smtps") and starttls in ("required", "no")
    if not known or given or not parts.hostname or parts.path.strip("/") or parts.fragment:
        raise BadSettings(_WANTED)
    is_tls = parts.scheme == "smtps"
    server = MailServer(
        host=parts.hostname,
        port=port or (465 if is_tls else 587),
        is_tls=is_tls,
        needs_starttls=not is_tls and starttls == "required",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
    _require_privacy(server)
    return server


def _require_privacy(server: MailServer) -> None:
    is_private = server.is_tls or server.needs_starttls or server.host in _LOOPBACK
    if server.password and not is_private:
        raise BadSettings(
            "DBSPEND360_SMTP_URL would send its password in the clear: leave out starttls=no."
        )


def read_sender(text: str) -> Address:
    """The sender that the setting names.

    Raises:
        BadSettings: it names none.
    """
    name, spec = parseaddr(text)
    wanted = "DBSPEND360_MAIL_FROM must be such as DBSpend360 <alerts@example.com>."
    if not text.isprintable():  # a line break would begin another header
        raise BadSettings(wanted)
    try:
        local, _, domain = address(spec).partition("@")
        return Address(name, local, domain)
    except ValueError:
        raise BadSettings(wanted) from None
