"""A view under a name."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from dbspend360.models.schedule import Name, Query, problems_of
from dbspend360.models.view_query import Problem


class SavedView(BaseModel):
    """The page's link under a name that a person gave it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    query: Query = ""


def read_saved_view(fields: Mapping[str, Any]) -> SavedView | tuple[Problem, ...]:
    """A view out of what a form or a script sent, or all that is wrong with it."""
    try:
        return SavedView.model_validate(fields)
    except ValidationError as error:
        return problems_of(error)
