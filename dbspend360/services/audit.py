"""Who did what, when and from where: one JSON line each."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

log = logging.getLogger("dbspend360.audit")

Outcome = Literal["done", "refused", "failed"]


@dataclass(frozen=True)
class Entry:
    """One deed. `what` is a name with dots, such as `alerts.save`; it never changes its meaning."""

    at: datetime  # UTC
    who: str  # the person's id; '' without a sign-in
    what: str
    outcome: Outcome
    about: Mapping[str, str] = field(default_factory=dict)  # never a secret
    address: str = ""  # of the client
    request_id: str = ""


Note = Callable[[Entry], None]


def log_only(entry: Entry) -> None:
    """Write it into the log, and nowhere else."""
    known = {"who": entry.who, "what": entry.what, "outcome": entry.outcome}
    extra = known | {"about": dict(entry.about), "address": entry.address}
    log.info("who=%(who)s what=%(what)s outcome=%(outcome)s", known, extra=extra)
