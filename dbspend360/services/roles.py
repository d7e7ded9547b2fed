"""Which role somebody has whom others have signed in: by name, by group, or as everybody else."""

from collections.abc import Sequence

from dbspend360.errors import BadSettings
from dbspend360.models.person import Role, person_id
from dbspend360.settings import Settings

_GROUP = "group:"


class Roles:
    """Read once from the settings."""

    def __init__(self, admins: str, editors: str, default_role: str) -> None:
        """Lists with commas of people and of `group:name`; `default_role` may be `nobody`.

        Raises:
            BadSettings: a list holds something that can be neither.
        """
        self._lists = {
            Role.ADMIN: _names("DBSPEND360_ADMINS", admins),
            Role.EDITOR: _names("DBSPEND360_EDITORS", editors),
        }
        self._default = None if default_role == "nobody" else Role(default_role)

    def named(self, groups: Sequence[str]) -> list[str]:
        """Those of the groups that any list names: a cookie has no room for hundreds."""
        listed = frozenset().union(*self._lists.values())
        return [each for each in groups if f"{_GROUP}{each.strip().lower()}" in listed]

    def role_of(self, user_id: str, groups: Sequence[str] = ()) -> Role | None:
        """The highest that any list gives; None: none at all."""
        names = {f"{_GROUP}{each.strip().lower()}" for each in groups}
        if not user_id.startswith(_GROUP):  # somebody may have called themselves so
            names.add(user_id.lower())
        return next((role for role, who in self._lists.items() if names & who), self._default)


def roles_of(settings: Settings) -> Roles:
    """As the settings say."""
    return Roles(settings.admins, settings.editors, settings.default_role)


def _names(variable: str, listed: str) -> frozenset[str]:
    found = {each.strip().lower() for each in listed.split(",")} - {""}
    for each in found:
        group = each.removeprefix(_GROUP).strip() if each.startswith(_GROUP) else None
        if person_id(each) is None or group == "":
            raise BadSettings(
                f"{variable} holds {each[:80]!r}, which is neither a person nor a `group:name`."
            )
    return frozenset(found)
