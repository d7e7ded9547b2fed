"""What somebody means to spend in a calendar month."""

import re
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dbspend360.errors import BadView
from dbspend360.models.view_state import ViewState

MOST = Decimal(1_000_000_000)
_WRITTEN = re.compile(r"\$?[ ]?([0-9]{1,3}(,[0-9]{3})+|[0-9]{1,12})(\.[0-9]{1,2})?")
_FILTERS = ("job_name", "job_id", "workspace_id", "cluster_id")


class Budget(BaseModel):
    """An amount for the jobs that a filter of the page chooses."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: Decimal = Field(gt=0, le=MOST, decimal_places=2)  # dollars a month
    of: str = Field("", max_length=1_000)  # see `filter_text`; empty: all jobs


def filter_text(view: ViewState) -> str:
    """Which jobs a view chooses, whatever its days: the same text for the same jobs."""
    chosen = [(name, str(getattr(view, name))) for name in _FILTERS]
    return "&".join(f"{name}={value.casefold()}" for name, value in chosen if value)


def read_amount(text: object) -> Decimal:
    """Dollars out of what somebody typed, such as `50,000` or `$1,234.50`.

    Raises:
        BadView: it is none; the sentence says what would be.
    """
    found = _WRITTEN.fullmatch(text.strip()) if isinstance(text, str) else None
    if not found:
        raise BadView("Write the amount in dollars, with at most two decimals, such as 50,000.")
    amount = Decimal(found[0].lstrip("$ ").replace(",", ""))
    if not 0 < amount <= MOST:
        raise BadView(f"A budget is more than 0 and at most ${MOST:,} a month.")
    return amount


def read_budget(text: str) -> Budget | None:
    """A budget as it was kept; None: it is none any more."""
    try:
        return Budget.model_validate_json(text)
    except ValidationError:
        return None
