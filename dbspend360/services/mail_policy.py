"""Who may mail reports, and where to: what the settings allow."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dbspend360.errors import BadSettings, NotAllowed
from dbspend360.models.view_query import Problem
from dbspend360.services.outbox import NO_SERVER
from dbspend360.settings import Settings

NOBODY = "Reports may not be mailed here: DBSPEND360_MAIL_REPORTS is nobody."
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")


@dataclass(frozen=True)
class MailPolicy:
    """Asked when something is saved, and again when it is sent."""

    is_allowed: bool = True
    domains: tuple[str, ...] = ()  # in small letters; none: anywhere
    has_server: bool = True

    @property
    def problem(self) -> str:
        """Why nobody can mail a report right now; mostly ''."""
        if not self.is_allowed:
            return NOBODY
        return "" if self.has_server else NO_SERVER

    def require(self, recipients: Sequence[str]) -> None:
        """Refuse what the settings forbid.

        Raises:
            NotAllowed: the sentence names the address, or the setting.
        """
        if not self.is_allowed:
            raise NotAllowed(NOBODY)
        odd = [each for each in recipients if not self._is_allowed(each)]
        if odd:
            known = ", ".join(self.domains)
            sentence = f"Reports may not be mailed to {', '.join(odd)}, only to {known}."
            raise NotAllowed(sentence, [Problem("recipients", sentence)])

    def _is_allowed(self, address: str) -> bool:
        return not self.domains or address.rpartition("@")[2].lower() in self.domains


def mail_policy(settings: Settings) -> MailPolicy:
    """The policy that the settings make.

    Raises:
        BadSettings: the domains are none.
    """
    found = [each.lower().removeprefix("@") for each in re.split(r"[,;\s]+", settings.mail_domains)]
    domains = tuple(each for each in found if each)
    if odd := [each for each in domains if not _DOMAIN.fullmatch(each)]:
        raise BadSettings(
            f"DBSPEND360_MAIL_DOMAINS holds '{odd[0][:60]}', which is not a domain such as "
            "example.com."
        )
    return MailPolicy(
        is_allowed=settings.mail_reports == "everyone",
        domains=domains,
        has_server=bool(settings.smtp_url.get_secret_value()),
    )
