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


LONGEST_ID = 320  # letters: the longest mail address


def person_id(name: str) -> str | None:
    """The id of whoever is called so: names are the same however they are capitalised.

    None: nobody can be called so.
    """
    found = name.strip().lower()
    fits = 0 < len(found) <= LONGEST_ID and found.isprintable() and "," not in found
    return found if fits else None


NOBODY = Person("", None)
# Without a sign-in all are the same one, who may do everything; so may whoever has the machine.
EVERYBODY = Person("", Role.ADMIN)
