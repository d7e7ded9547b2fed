"""A real mail server on loopback, with TLS by a CA of our own and faults to order."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from loopback.certificate import make_certificate
from ports import free_port

USER, PASSWORD = "mailer", "s3cret/w@rd"
ESCAPED = "s3cret%2Fw%40rd"


@dataclass
class Mailbox:
    """What has arrived, and what goes wrong. Handles what aiosmtpd asks it to."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)  # recipients
    refuses_mail: str = ""  # such as "451 later"
    greeting_seconds: float = 0  # before it answers EHLO
    receipt_seconds: float = 0  # between taking a mail and saying so
    greeted: threading.Event = field(default_factory=threading.Event)
    was_tls: list[bool] = field(default_factory=list)

    async def handle_EHLO(
        self, server: SMTP, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.greeted.set()
        await asyncio.sleep(self.greeting_seconds)
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refuses:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        if self.refuses_mail:
            return self.refuses_mail
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients.append(envelope.rcpt_tos)
        self.was_tls.append(session.ssl is not None)
        await asyncio.sleep(self.receipt_seconds)
        return "250 taken"


def body(mail: EmailMessage, kind: str) -> str:
    """The part that is "plain" or "html"."""
    part = mail.get_body((kind,))
    assert part
    text: str = part.get_content()
    return text.replace("\r\n", "\n")


@dataclass(frozen=True)
class MailServer:
    """Where it listens and whom to trust."""

    port: int
    mailbox: Mailbox
    ca_file: Path
    scheme: str = "smtp"
    query: str = ""
    user: str = ""

    @property
    def url(self) -> str:
        """As DBSPEND360_SMTP_URL."""
        return f"{self.scheme}://{self.user}localhost:{self.port}{self.query}"

    def settings(self, **more: Any) -> dict[str, Any]:
        return {
            "smtp_url": self.url,
            "mail_from": "DBSpend360 <alerts@example.com>",
            "tls_ca_file": self.ca_file,
            "mail_seconds": 1,
            **more,
        }

    def environment(self, **more: str) -> dict[str, str]:
        said = {name.upper(): str(value) for name, value in self.settings(**more).items()}
        return {f"DBSPEND360_{name}": value for name, value in said.items()}


def _knows(_server: object, _session: object, _envelope: object, _kind: str, data: Any) -> Any:
    success = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=success, handled=success)


@contextmanager
def mail_server(
    folder: Path, *, port: int = 0, implicit: bool = False, tls: bool = True, login: bool = False
) -> Iterator[MailServer]:
    """STARTTLS is required, unless it is TLS from the start or not at all."""
    folder.mkdir(exist_ok=True)
    ca_file = folder / "ca.pem"
    server_file = folder / "server.pem"
    if not ca_file.exists():
        make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_file)
    mailbox = Mailbox()
    how: dict[str, Any] = {}
    if implicit:
        how["ssl_context"] = context
    elif tls:
        how |= {"tls_context": context, "require_starttls": True}
    if login:
        how |= {
            "authenticator": _knows,
            "auth_required": not implicit,
            "auth_require_tls": not implicit,
        }
    controller = Controller(
        mailbox, hostname="127.0.0.1", port=port or free_port(), ready_timeout=20, **how
    )
    controller.start()
    try:
        yield MailServer(
            controller.port,
            mailbox,
            ca_file,
            scheme="smtps" if implicit else "smtp",
            query="" if implicit or tls else "?starttls=no",
            user=f"{USER}:{ESCAPED}@" if login else "",
        )
    finally:
        controller.stop(no_assert=True)
