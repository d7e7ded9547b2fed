"""Who somebody is, and what they may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Deed(StrEnum):
    """What the app asks a right for."""

    READ = "read"  # every page, every answer, every file
    CHANGE = "change"  # alert rules, incidents, schedules, saved views
    MAIL = "mail"  # send somebody something
    ADMINISTER = "administer"  # the check page, the audit log, other people


class Role(StrEnum):
    """What a person is here; each may do what the one before may, and more."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"


RIGHTS: Mapping[Role, frozenset[Deed]] = {
    Role.VIEWER: frozenset({Deed.READ}),
    Role.EDITOR: frozenset({Deed.READ, Deed.CHANGE, Deed.MAIL}),
    Role.ADMIN: frozenset(Deed),
}


@dataclass(frozen=True)
class Person:
    """Somebody who asks for something."""

    id: str  # under which their settings are kept; '' where nobody has to say who they are
    role: Role | None  # None: known, but may do nothing
    scope: frozenset[Deed] = frozenset(Deed)  # all that the token they came with allows

    @property
    def rights(self) -> frozenset[Deed]:
        """What they may do."""
        return RIGHTS[self.role] & self.scope if self.role else frozenset()

    def may(self, deed: Deed) -> bool:
        """Whether they may do it."""
        return deed in self.rights


NOBODY = Person("", None)
# Without a sign-in all are the same one, who may do everything; so may whoever has the machine.
EVERYBODY = Person("", Role.ADMIN)
