"""Who sends which message."""

from collections.abc import Callable

from dbspend360.models.delivery import Delivery
from dbspend360.services.apprise_sender import AppriseSender
from dbspend360.services.mailer import Sender, make_mailer
from dbspend360.settings import Settings


def make_senders(settings: Settings) -> Callable[[Delivery], Sender | None]:
    """The sender of a message; None where the settings name none.

    Raises:
        BadSettings: the mail server cannot be as it is set.
    """
    mail, apprise = make_mailer(settings), AppriseSender(seconds=settings.mail_seconds)
    return lambda delivery: apprise if delivery.apprise_url else mail
