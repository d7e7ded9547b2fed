"""Hands mails to the mail server, and knows up to where a failure leaves no doubt."""

import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any, Protocol

from dbspend360.errors import BadSettings, DBSpendError
from dbspend360.models.delivery import Delivery
from dbspend360.services.mail_message import one_line, written
from dbspend360.services.mail_server import MailServer, read_sender, read_server
from dbspend360.services.report_files import ReportFiles, report_files
from dbspend360.settings import Settings

# Together, before the message itself is sent; whoever claims a delivery has it for longer.
MOST_REPLIES = 4
_RECEIPT_REPLIES = 10  # RFC 5321 asks for patience here: a second mail is what haste costs


class NotSent(DBSpendError):
    """It was certainly not taken; the sentence says why. Trying again is safe."""

    status = 502
    code = "mail_not_sent"
    is_server_down = False  # the next mail would fare no better


class NoReceipt(DBSpendError):
    """It was handed over and nobody said that it arrived. Trying again is not safe."""

    status = 502
    code = "mail_in_doubt"


class Sender(Protocol):
    """Sends to places of one kind."""

    def send(self, delivery: Delivery, hand_over: Callable[[], None]) -> str:
        """Send it once, calling `hand_over` before the moment after which it may arrive.

        Returns:
            For whom it was refused, in a sentence; mostly ''.

        Raises:
            NotSent: it was certainly not taken.
            NoReceipt: it may have been.
        """
        ...


def make_mailer(settings: Settings) -> "Mailer | None":
    """The mailer that the settings name; None when they name no mail server.

    Raises:
        BadSettings: they name one that cannot be.
    """
    if not (url := settings.smtp_url.get_secret_value().strip()):
        return None
    server, sender = read_server(url), read_sender(settings.mail_from)
    try:
        context = ssl.create_default_context(cafile=settings.tls_ca_file)
    except OSError as error:  # also what is no certificate
        raise BadSettings(
            "DBSPEND360_TLS_CA_FILE holds no certificates that can be read."
        ) from error
    files = report_files(settings)
    return Mailer(server, sender, context, seconds=settings.mail_seconds, files=files)


class Mailer:
    """See `Sender`. Opens a connection for each mail: there are few, and none is left open."""

    def __init__(
        self,
        server: MailServer,
        sender: Address,
        context: ssl.SSLContext,
        *,
        seconds: float,
        files: ReportFiles,
    ) -> None:
        """`seconds` is how long each reply may take; `files` is where attachments are."""
        self._server, self._sender, self._files = server, sender, files
        self._context, self._seconds = context, seconds

    @property
    def place(self) -> str:
        """Where mails are handed over, without a password."""
        return f"{self._server.host}:{self._server.port}"

    def send(self, delivery: Delivery, hand_over: Callable[[], None]) -> str:
        """See `Sender.send`."""
        mail = self._written(delivery)
        deadline = time.monotonic() + MOST_REPLIES * self._seconds
        with _told():
            smtp = self._connected(deadline)
        with closing(smtp):
            with _told():
                refused = self._addressed(smtp, delivery.recipients, deadline)
                self._hurry(smtp, deadline)
                _require(smtp.docmd("DATA"), 354)
            hand_over()
            if smtp.sock:
                smtp.sock.settimeout(_RECEIPT_REPLIES * self._seconds)
            _deliver(smtp, mail)
        return f"Refused for {', '.join(refused)}." if refused else ""

    def _written(self, delivery: Delivery) -> EmailMessage:
        try:
            return written(delivery, self._sender, self._files)
        except OSError as error:
            raise NotSent("The file of the report is gone: it is made anew.") from error

    def _connected(self, deadline: float) -> smtplib.SMTP:
        server = self._server
        how: dict[str, Any] = {
            "local_hostname": self._sender.domain,  # smtplib would ask the DNS for ours
            "timeout": self._left(deadline),
        }
        smtp: smtplib.SMTP = (
            smtplib.SMTP_SSL(server.host, server.port, context=self._context, **how)
            if server.is_tls
            else smtplib.SMTP(server.host, server.port, **how)
        )
        try:
            self._greeted(smtp, deadline)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _greeted(self, smtp: smtplib.SMTP, deadline: float) -> None:
        smtp.ehlo_or_helo_if_needed()
        if self._server.needs_starttls:
            self._hurry(smtp, deadline)
            smtp.starttls(context=self._context)
            self._hurry(smtp, deadline)
            smtp.ehlo_or_helo_if_needed()
        if self._server.user:
            self._hurry(smtp, deadline)
            smtp.login(self._server.user, self._server.password)

    def _addressed(
        self, smtp: smtplib.SMTP, recipients: Sequence[str], deadline: float
    ) -> list[str]:
        """Say who sends to whom; those who were refused, if somebody was not."""
        self._hurry(smtp, deadline)
        _require(smtp.mail(self._sender.addr_spec), 250)
        refused: dict[str, tuple[int, bytes]] = {}
        for each in recipients:
            self._hurry(smtp, deadline)
            code, words = smtp.rcpt(each)
            if code not in (250, 251):
                refused[each] = (code, words)
        if len(refused) == len(recipients):
            raise smtplib.SMTPRecipientsRefused(refused)
        return list(refused)

    def _hurry(self, smtp: smtplib.SMTP, deadline: float) -> None:
        if smtp.sock:
            smtp.sock.settimeout(self._left(deadline))

    def _left(self, deadline: float) -> float:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(self._seconds, left)


def _deliver(smtp: smtplib.SMTP, mail: EmailMessage) -> None:
    stuffed = re.sub(rb"(?m)^\.", b"..", mail.as_bytes())
    try:
        smtp.send(stuffed.removesuffix(b"\r\n") + b"\r\n.\r\n")
        code, words = smtp.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise NoReceipt("The mail server took the mail and did not say that it has it.") from error
    if code != 250:
        raise NotSent(_sentence(smtplib.SMTPResponseException(code, words)))
    with suppress(smtplib.SMTPException, OSError):
        smtp.quit()


def _require(reply: tuple[int, bytes], code: int) -> None:
    if reply[0] != code:
        raise smtplib.SMTPResponseException(*reply)


@contextmanager
def _told() -> Iterator[None]:
    """Failures before the mail is handed over, as sentences of ours."""
    try:
        yield
    except (smtplib.SMTPException, OSError) as error:
        failed = NotSent(_sentence(error))
        failed.is_server_down = not isinstance(error, smtplib.SMTPRecipientsRefused)
        raise failed from error


def _sentence(error: Exception) -> str:
    """What the mail server had against it; never with our password in it."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "The mail server does not accept the user or the password."
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return f"The mail server refused every recipient ({code} {_plain(words)})."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"The mail server refused ({error.smtp_code} {_plain(error.smtp_error)})."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "The mail server does not offer what the settings ask for, such as STARTTLS."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The mail server's certificate is not trusted ({error.verify_message})."
    # smtplib takes a timeout for a line that was cut, but keeps the cause.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "The mail server did not answer in time."
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "The mail server hung up."
    return f"The mail server cannot be reached ({getattr(error, 'strerror', None) or 'no answer'})."


def _plain(words: object) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return one_line(text)
