"""What a person may do: the one place that says so, for pages, callbacks, API, files and mails."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from dbspend360.errors import DBSpendError, NotAllowed
from dbspend360.log import request_id
from dbspend360.models.person import RIGHTS, Deed, Person
from dbspend360.services.audit import Entry, Outcome
from dbspend360.services.current_user import current_caller

_WORDS = {
    Deed.READ: "look at anything here",
    Deed.CHANGE: "change anything here",
    Deed.MAIL: "send mails from here",
    Deed.ADMINISTER: "see this",
}


def require(deed: Deed) -> None:
    """Refuse what whoever asks may not do.

    Raises:
        NotAllowed: the sentence says who may.
    """
    person = current_caller().person
    if not person.may(deed):
        raise NotAllowed(refusal(person, deed))


@contextmanager
def doing(deed: Deed, what: str, **about: str) -> Iterator[None]:
    """Let whoever asks do it, and note what became of it.

    Raises:
        NotAllowed: they may not; the block is not entered.
    """
    try:
        require(deed)
    except NotAllowed:
        note(what, "refused", **about)
        raise
    try:
        yield
    except DBSpendError as error:
        note(what, "failed", **about, why=str(error))
        raise
    except BaseException:
        note(what, "failed", **about)
        raise
    note(what, "done", **about)


def note(what: str, outcome: Outcome, **about: str) -> None:
    """Write down what whoever asks has done."""
    caller = current_caller()
    now = datetime.now(UTC)
    caller.note(Entry(now, caller.who, what, outcome, about, caller.address, request_id()))


def refusal(person: Person, deed: Deed) -> str:
    """Why they may not, and who may."""
    if person.role and deed in RIGHTS[person.role]:
        return f"This token may not {_WORDS[deed]}: make one with more rights."
    if person.role is None:
        return f"You may not {_WORDS[deed]}. Ask an admin for a role."
    able = next(role for role, rights in RIGHTS.items() if deed in rights)
    return f"As {person.role} you may not {_WORDS[deed]}: ask for the role {able}."
