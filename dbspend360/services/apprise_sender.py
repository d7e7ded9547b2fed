"""Sends to Slack, Teams, a webhook: whatever address Apprise knows."""

import logging
from collections.abc import Callable
from typing import Any

from dbspend360.models.delivery import Delivery
from dbspend360.services.mailer import NoReceipt, NotSent

_MISSING = "Apprise addresses need an extra: pip install 'dbspend360[apprise]'."


class AppriseSender:
    """See `Sender`."""

    def __init__(self, *, seconds: float) -> None:
        """`seconds` is how long one address may take to answer."""
        self._seconds = seconds

    def send(self, delivery: Delivery, hand_over: Callable[[], None]) -> str:
        """See `Sender.send`."""
        target = _target(delivery.apprise_url)
        hand_over()
        try:
            # The text alone: what it says is shown by chats of all kinds.
            is_taken = target.notify(
                title=delivery.message.subject,
                body=delivery.message.text,
                body_format="text",
                timeout=self._seconds,
            )
        except Exception as error:  # whatever a plugin of somebody else raises
            raise NoReceipt(f"{delivery.place} failed on the way.") from error
        if not is_taken:
            raise NotSent(f"{delivery.place} did not take it. Check the address in your settings.")
        return ""


def _target(url: str) -> Any:  # noqa: ANN401 - apprise is not typed
    try:
        import apprise  # here, because it is slow to import and few need it
    except ImportError as error:
        raise NotSent(_MISSING) from error
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its warnings may hold the address
    target = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False, allow_templates=False))
    if not target.add(url):
        raise NotSent("Apprise does not know this kind of address.")
    return target
