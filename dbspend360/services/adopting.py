"""What was set before there was a sign-in, given to a person."""

from dbspend360.errors import Conflict
from dbspend360.models.person import person_id
from dbspend360.services.people import BadPeople
from dbspend360.store.base import Store

EVERYBODYS = ""
# What was sent comes first: rules that find nothing of it would send it again.
_PERSONAL = (
    "alerts/outbox/",
    "reports/outbox/",
    "alerts/incident/",
    "alerts/config",
    "reports/schedule/",
    "reports/view/",
)


def adopt(store: Store, name: str) -> tuple[int, int]:
    """How many settings the person has got, and how many stayed since theirs are there already.

    Servers and schedulers should not run meanwhile. Whoever is cut off does it again: a setting is
    written first, and then removed.

    Raises:
        BadPeople: nobody can be called so.
        StoreError: the settings cannot be read or written.
    """
    id_ = person_id(name)
    if id_ is None:
        raise BadPeople("Nobody can be called so.")
    store.prepare()
    moved = left = 0
    kept = store.of_user(EVERYBODYS)
    for each in [one for start in _PERSONAL for one in kept if one.key.startswith(start)]:
        try:
            store.put(id_, each.key, each.value, seen=None)
        except Conflict:
            there = store.get(id_, each.key)
            if there is None or there.value != each.value:
                left += 1
                continue
        store.delete(EVERYBODYS, each.key, seen=each.updated_at)
        moved += 1
    return moved, left
