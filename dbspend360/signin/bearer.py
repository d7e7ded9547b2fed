"""`Authorization: Bearer …`: scripts that come with a personal token."""

from collections.abc import Callable

from flask import request

from dbspend360.models.person import Person
from dbspend360.services.tokens import Tokens

# Pages and their callbacks are for people.
_FOR_SCRIPTS = ("/api/", "/export/", "/reports/files/")


def by_token(tokens: Tokens) -> Callable[[], Person | None]:
    """Looks at the header, where scripts may ask."""

    def look() -> Person | None:
        # Not `request.authorization`: it fails at other kinds that make no sense.
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not request.path.startswith(_FOR_SCRIPTS):
            return None
        return tokens.person(token.strip())

    return look
