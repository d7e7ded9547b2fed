"""Who somebody is, as what is in front of us says."""

from flask import request

from dbspend360.errors import NotSignedIn
from dbspend360.models.person import Person, person_id
from dbspend360.services.roles import Roles
from dbspend360.signin.gate import Identify


def said_by_proxy(user_header: str, groups_header: str, roles: Roles) -> Identify:
    """Looks at the headers; `FromProxies` has removed those that nobody trusted has sent."""

    def look() -> Person | None:
        name = request.headers.get(user_header, "").strip()
        if not name:
            return None
        who = person_id(name)
        if who is None:
            raise NotSignedIn(f"The header {user_header} does not hold one person's name.")
        groups = request.headers.get(groups_header, "") if groups_header else ""
        return Person(who, roles.role_of(who, groups.split(",")))

    return look
