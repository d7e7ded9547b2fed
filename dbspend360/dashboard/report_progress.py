"""How far a report got, in words, and whether that is still changing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dbspend360.dashboard.moments import utc_moment
from dbspend360.models.delivery import Stage
from dbspend360.services.report_history import PastReport
from dbspend360.theme import plural

LONG_WAIT = timedelta(seconds=15)  # whoever sends would have begun by then
_SCHEDULER = (
    "Waiting for a scheduler, which looks every minute. `make run` has one; without it, start "
    "`dbspend360 scheduler`."
)


@dataclass(frozen=True)
class Progress:
    """What a page shows of a delivery."""

    kind: str  # `going`, `sent`, `failed` or `missed`
    tag: str  # in a word or two
    words: str  # in a sentence


def progress(past: PastReport, now: datetime) -> Progress:
    """How far it got."""
    if is_going(past, now):
        return Progress("going", "Under way", _going_words(past, now))
    if past.stage is Stage.SENT:
        return Progress("sent", "Sent", _sent_words(past))
    if past.stage is Stage.MISSED:
        return Progress("missed", "Missed", past.words)
    if past.stage is Stage.HANDED_OVER:
        return Progress("failed", "No receipt", past.words)
    if past.stage is Stage.GIVEN_UP:
        return Progress("failed", "Failed", past.words)
    return Progress("failed", "Not sent yet", _retried_words(past))


def is_going(past: PastReport, now: datetime) -> bool:
    """Whether it is changing right now: worth looking again in a moment."""
    if past.stage is Stage.HANDED_OVER:
        return past.delivery.due_at > now  # the server has it, and owes the receipt
    is_retried = past.stage is Stage.WAITING and past.has_failed and past.delivery.due_at > now
    return not past.is_over and not is_retried


def people(recipients: tuple[str, ...]) -> str:
    """`dana@example.com`, `3 people`."""
    return recipients[0] if len(recipients) == 1 else plural(len(recipients), "person", "people")


def _going_words(past: PastReport, now: datetime) -> str:
    if past.stage is Stage.MAKING:
        return f"Making the {past.kind.words} file…"
    if past.stage is Stage.SENDING:
        return "Sending…"
    if past.stage is Stage.HANDED_OVER:
        return "The mail server has it; waiting for its receipt…"
    is_long = now - past.delivery.created_at > LONG_WAIT
    return _SCHEDULER if is_long else "Waiting to be sent…"


def _retried_words(past: PastReport) -> str:
    tries = plural(past.delivery.tries, "time")
    return f"Failed {tries}: {past.delivery.error} Next try {utc_moment(past.delivery.due_at)}."


def _sent_words(past: PastReport) -> str:
    sent_at = past.delivery.sent_at or past.due_at
    said = f"Sent {utc_moment(sent_at)} to {people(past.recipients)}."
    return f"{said} {past.delivery.error}".strip()
