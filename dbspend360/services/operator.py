"""Whoever has the machine: commands, the scheduler and workers do their work as them."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

from dbspend360.models.person import EVERYBODY, Deed
from dbspend360.services.audit import make_audit
from dbspend360.services.current_user import Caller, working_for
from dbspend360.services.permissions import doing, note
from dbspend360.settings import Settings


def operator(settings: Settings) -> Caller:
    """They may do everything; the audit log calls them as the operating system does."""
    return Caller(EVERYBODY, note=make_audit(settings).note, name=_system_name())


@contextmanager
def operating(settings: Settings, what: str, **about: str) -> Iterator[None]:
    """A command that changes something, noted."""
    with working_for(operator(settings)), doing(Deed.ADMINISTER, what, **about):
        yield


def operated(settings: Settings, what: str, **about: str) -> None:
    """The same, once it is done: a command that fails leaves nothing behind, no line either."""
    with working_for(operator(settings)):
        note(what, "done", **about)


def _system_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run under a number that has no name
        return "operator"
