"""What the audit log says of a message that was handed to a mail server, or was to be."""

from dbspend360.models.delivery import Delivery, Stage
from dbspend360.services.permissions import note


def note_sent(user_id: str, delivery: Delivery) -> None:
    """To whom it went, of whose settings, and by which schedule or hand."""
    order = delivery.order
    about = {
        "delivery": delivery.id,
        "to": ", ".join(delivery.recipients) or delivery.place,  # a place is without secrets
        "of": user_id,
        "schedule": order.schedule_id if order else "",
        "by": order.who if order else "",
        "incidents": ", ".join(delivery.incidents),
        "receipt": "none" if delivery.stage is Stage.HANDED_OVER else "",
        "why": delivery.error,
    }
    gone = delivery.stage in (Stage.SENT, Stage.HANDED_OVER)
    said = {name: text for name, text in about.items() if text}
    note("report.sent" if order else "alert.sent", "done" if gone else "failed", **said)
