"""Puts what is to be told into the outbox: each notice once, to each place once."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from dbspend360.errors import Conflict
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.delivery import Delivery, Message
from dbspend360.models.incident import Incident
from dbspend360.services.alert_mail import message
from dbspend360.services.alert_rows import AlertRows, KeptConfig, KeptIncident
from dbspend360.services.incident_steps import told
from dbspend360.services.outbox import Outbox, message_id

NOBODY = "Shown here only: no recipient is set"


class Teller:
    """What it does may be done again: the ids of the messages say what they tell.

    A crash between the outbox and the incident leaves an incident that still waits; the next time
    its message is found there, and only the incident is changed.
    """

    def __init__(
        self, rows: AlertRows, outbox: Outbox, base_url: str, now: Callable[[], datetime]
    ) -> None:
        """`base_url` is where people open the app."""
        self._rows, self._outbox = rows, outbox
        self._base_url, self._now = base_url, now

    def tell(self, kept: KeptConfig) -> int:
        """Put the person's waiting incidents into the outbox.

        Returns:
            How many incidents were told of.
        """
        if kept.problem:
            return 0  # nobody knows where to: it waits until the settings can be read
        found = self._rows.incidents(kept.user_id).values()
        waiting = sorted(
            (each for each in found if each.incident.is_waiting),
            key=lambda each: (each.incident.opened_at, each.incident.id),
        )
        if not waiting:
            return 0
        if not _places(kept.config):
            return self._mark(kept.user_id, waiting, NOBODY)
        if kept.config.digest_hour is None:
            return sum(self._at_once(kept, each) for each in waiting)
        return self._digest(kept, waiting)

    def _at_once(self, kept: KeptConfig, waiting: KeptIncident) -> int:
        incident = waiting.incident
        notice = f"{incident.id}-{incident.notices + 1}"
        how = self._add(kept, notice, [incident])
        return self._mark(kept.user_id, [waiting], how)

    def _digest(self, kept: KeptConfig, waiting: Sequence[KeptIncident]) -> int:
        now = self._now()
        if now.hour < (kept.config.digest_hour or 0):
            return 0
        notice = f"digest-{now:%Y%m%d}"
        how = self._add(kept, notice, [each.incident for each in waiting])
        # Today's may be there already, from before a crash or before some of these opened.
        covered = self._covered(kept, notice)
        return self._mark(
            kept.user_id, [each for each in waiting if _notice(each.incident) in covered], how
        )

    def _covered(self, kept: KeptConfig, notice: str) -> set[str]:
        ids = [f"{notice}-{place}" for place in _places(kept.config)]
        found = [self._outbox.get(kept.user_id, each) for each in ids]
        return {id_ for each in found if each for id_ in each.incidents}

    def _add(self, kept: KeptConfig, notice: str, incidents: Sequence[Incident]) -> str:
        """Put one message for each place into the outbox; how it is told, for the history."""
        words = message(incidents, self._base_url)
        places = _places(kept.config)
        about = tuple(_notice(each) for each in incidents)
        for place, url in places.items():
            self._outbox.add(
                kept.user_id, self._delivery(kept, f"{notice}-{place}", url, words, about)
            )
        kinds = [url.partition("://")[0] if url else "mail" for url in places.values()]
        return f"Told by {', '.join(sorted(set(kinds)))}"

    def _delivery(
        self, kept: KeptConfig, id_: str, url: str, words: Message, about: tuple[str, ...]
    ) -> Delivery:
        now = self._now()
        return Delivery(
            id=id_,
            message=words,
            message_id=message_id(kept.user_id, id_),
            incidents=about,
            created_at=now,
            due_at=now,
            recipients=() if url else kept.config.recipients,
            apprise_url=url,
        )

    def _mark(self, user_id: str, waiting: Sequence[KeptIncident], how: str) -> int:
        for each in waiting:
            changed = told(each.incident, how, self._now())
            with suppress(Conflict):  # somebody did something to it: next time
                self._rows.put(user_id, changed, seen=each.updated_at)
        return len(waiting)


def _notice(incident: Incident) -> str:
    """Which telling of an incident comes next."""
    return f"{incident.id}-{incident.notices + 1}"


def _places(config: AlertConfig) -> dict[str, str]:
    """Of each place a short name for ids, and its Apprise address; '' is mail."""
    mail = {"mail": ""} if config.email_notifications and config.recipients else {}
    return mail | {
        hashlib.sha256(url.encode()).hexdigest()[:10]: url for url in config.apprise_urls
    }
