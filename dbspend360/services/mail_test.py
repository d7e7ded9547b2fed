"""One mail to see whether mail works."""

import uuid
from datetime import UTC, datetime

from dbspend360.errors import BadSettings
from dbspend360.models.alert_config import address
from dbspend360.models.delivery import Delivery, Message
from dbspend360.services.alert_links import public_url
from dbspend360.services.mailer import make_mailer
from dbspend360.services.outbox import NO_SERVER
from dbspend360.settings import Settings


def send_test(settings: Settings, to: str) -> str:
    """Send it; how that went, in a sentence.

    Raises:
        BadSettings: there is no mail server, or no such address.
        NotSent, NoReceipt: the mail server's reason.
    """
    try:
        recipient = address(to)
    except ValueError as error:
        raise BadSettings(f"{error}.") from error
    mailer = make_mailer(settings)
    if mailer is None:
        raise BadSettings(NO_SERVER)
    now = datetime.now(UTC)
    base = public_url(settings)
    words = f"Mail from DBSpend360 arrives. Links in alerts lead to {base}"
    delivery = Delivery(
        id="test",
        message=Message("DBSpend360: mail works", f"{words}\n", f"<p>{words}</p>"),
        message_id=f"dbspend360.test.{uuid.uuid4().hex}",
        incidents=(),
        created_at=now,
        due_at=now,
        recipients=(recipient,),
    )
    mailer.send(delivery, lambda: None)
    return f"{mailer.place} took a mail to {recipient}."
