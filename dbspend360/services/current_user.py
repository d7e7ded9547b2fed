"""Who is asking, and from where: set once for each request, at the gate.

Outside of any request it is the operator: whoever can start a command on the machine may do all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from dbspend360.models.person import EVERYBODY, Person
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
