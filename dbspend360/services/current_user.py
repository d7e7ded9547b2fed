"""Who is asking, and from where: set once for each request, at the gate.

Outside of any request it is the operator: whoever can start a command on the machine may do all.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from dbspend360.models.person import EVERYBODY, Deed, Person, Role
from dbspend360.services.audit import Note, log_only


@dataclass(frozen=True)
class Caller:
    """Who asks, and what writes down what they do."""

    person: Person
    address: str = ""  # of the client; empty on the command line
    note: Note = log_only
    can_sign_out: bool = False  # they have signed in here, and not somewhere in front
    name: str = ""  # in the audit log, of whoever has no id

    @property
    def who(self) -> str:
        """As the audit log names them."""
        return self.name or self.person.id


OPERATOR = Caller(EVERYBODY)

_NO_ROLE = ""

_caller: ContextVar[Caller] = ContextVar("caller", default=OPERATOR)


def current_user() -> str:
    """The id under which settings are kept; '' without a sign-in."""
    return _caller.get().person.id


def current_caller() -> Caller:
    """Who is asking."""
    return _caller.get()


def begin_caller(caller: Caller) -> object:
    """From now on this context works for somebody; `end_caller` takes what this gives."""
    return _caller.set(caller)


def end_caller(token: object) -> None:
    """Work again for whoever was there before."""
    _caller.reset(token)  # type: ignore[arg-type]  # only contextvars knows the type's parameter


@contextmanager
def working_for(caller: Caller) -> Iterator[None]:
    """Work for somebody until the end of the block."""
    token = begin_caller(caller)
    try:
        yield
    finally:
        end_caller(token)


def sent_along(caller: Caller) -> dict[str, Any]:
    """Who asks, in JSON, for another process that works on."""
    person = caller.person
    return {
        "id": person.id,
        "role": person.role or _NO_ROLE,
        "scope": sorted(person.scope),
        "address": caller.address,
    }


def come_along(sent: Mapping[str, Any], note: Note = log_only) -> Caller:
    """The same there."""
    role = Role(sent["role"]) if sent["role"] != _NO_ROLE else None
    scope = frozenset(Deed(each) for each in sent["scope"])
    return Caller(Person(sent["id"], role, scope), sent["address"], note)
