"""The table as NDJSON: one JSON object a line."""

from collections.abc import Iterable, Iterator

from dbspend360.models.columns import COLUMNS
from dbspend360.models.view_state import ViewState
from dbspend360.services.exact_json import json_text
from dbspend360.warehouse.base import Rows


def ndjson_chunks(view: ViewState, chunks: Iterable[Rows]) -> Iterator[str]:
    """One line a row, with all columns of the view's grouping; nothing when there are no rows."""
    names = [each.name for each in COLUMNS[view.group_by]]
    for rows in chunks:
        yield "".join(json_text({name: row[name] for name in names}) + "\n" for row in rows)
