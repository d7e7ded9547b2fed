"""A delivery as a mail, with its headers and what is attached."""

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from dbspend360.models.delivery import Delivery
from dbspend360.models.report_order import KeptFile
from dbspend360.services.report_files import ReportFiles

_POLICY = SMTP.clone(cte_type="7bit")  # not every server takes more


def written(delivery: Delivery, sender: Address, files: ReportFiles) -> EmailMessage:
    """The mail (OSError when what is to be attached cannot be read)."""
    mail = EmailMessage(policy=_POLICY)
    mail["Subject"] = one_line(delivery.message.subject)
    mail["From"] = sender
    mail["To"] = [Address(addr_spec=each) for each in delivery.recipients]
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{delivery.message_id}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # so that nobody's holiday answers
    mail.set_content(delivery.message.text)
    mail.add_alternative(delivery.message.html, subtype="html")
    if delivery.file and files.is_attached(delivery.file):
        _attach(mail, delivery.file, files)
    return mail


def _attach(mail: EmailMessage, file: KeptFile, files: ReportFiles) -> None:
    main, _, sub = file.media.partition("/")
    content = files.path(file).read_bytes()
    mail.add_attachment(content, maintype=main, subtype=sub, filename=one_line(file.name))


def one_line(text: str, most: int = 150) -> str:
    """A text that can stand in a header: no line breaks, nothing invisible, not too long."""
    plain = "".join(each if each.isprintable() else " " for each in text)
    plain = " ".join(plain.split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
