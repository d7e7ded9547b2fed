"""The monthly budgets of each person, one for each choice of jobs."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from dbspend360.errors import BadView, Conflict
from dbspend360.models.budget import Budget, read_budget
from dbspend360.models.person import Deed
from dbspend360.services.current_user import current_user
from dbspend360.services.permissions import doing
from dbspend360.services.prepared_store import PreparedStore

PREFIX = "budget/"
MOST_BUDGETS = 200
CHANGED = "The budget was changed in another window: here is what it is now."


@dataclass(frozen=True)
class KeptBudget:
    """A budget as it was seen."""

    budget: Budget
    updated_at: datetime


class Budgets(PreparedStore):
    """Of whoever asks: those of others are out of reach. Anybody who may look may have some."""

    def of(self, jobs: str) -> KeptBudget | None:
        """The budget for these jobs, as `filter_text` names them."""
        found = self.store.get(current_user(), _key(jobs))
        budget = read_budget(found.value) if found else None
        return KeptBudget(budget, found.updated_at) if found and budget else None

    def save(self, jobs: str, amount: Decimal, *, seen: str) -> None:
        """Keep it. `seen` is the moment at which the old one was written, empty: there was none.

        Raises:
            Conflict: it is not as it was seen any more.
        """
        with doing(Deed.READ, "budget.save", amount=str(amount), jobs=jobs):
            there = self.store.get(current_user(), _key(jobs))
            _require_same(there.updated_at if there and read_budget(there.value) else None, seen)
            self._require_room()
            text = Budget(amount=amount, of=jobs).model_dump_json()
            at = there.updated_at if there else None
            self.store.put(current_user(), _key(jobs), text, seen=at)

    def remove(self, jobs: str, *, seen: str) -> None:
        """Forget it.

        Raises:
            Conflict: it is not as it was seen any more.
        """
        with doing(Deed.READ, "budget.remove", jobs=jobs):
            there = self.store.get(current_user(), _key(jobs))
            _require_same(there.updated_at if there else None, seen)
            if there:
                self.store.delete(current_user(), _key(jobs), seen=there.updated_at)

    def _require_room(self) -> None:
        kept = [each for each in self.store.of_user(current_user()) if each.key.startswith(PREFIX)]
        if len(kept) > MOST_BUDGETS:
            raise BadView(f"There are {MOST_BUDGETS} budgets already: remove one first.")


def _key(jobs: str) -> str:
    return PREFIX + sha256(jobs.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _require_same(at: datetime | None, seen: str) -> None:
    if (at.isoformat() if at else "") != seen:
        raise Conflict(CHANGED)
