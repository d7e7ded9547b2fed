"""What a view shows and leaves out, in words, for whoever has only the file."""

from dbspend360.models.columns import column
from dbspend360.models.view_state import ColumnFilter, ViewState
from dbspend360.theme import day_range, plural

_OPERATORS = {
    "contains": "contains",
    "notContains": "does not contain",
    "equals": "is",
    "notEqual": "is not",
    "startsWith": "starts with",
    "endsWith": "ends with",
    "lessThan": "is below",
    "lessThanOrEqual": "is at most",
    "greaterThan": "is above",
    "greaterThanOrEqual": "is at least",
    "inRange": "is from",
    "blank": "is not known",
    "notBlank": "is known",
}


def period_words(view: ViewState) -> str:
    """`23 Oct – 21 Nov 2026 (30 UTC days, Last 30 days)`."""
    chosen = f", {view.preset.words}" if view.preset else ""
    days = plural(view.days, "UTC day")
    return f"{day_range(view.start_date, view.end_date)} ({days}{chosen})"


def order_words(view: ViewState) -> str:
    """`by run, Total descending`."""
    found = column(view.group_by, view.sort.column)
    title = found.title if found else view.sort.column
    way = "descending" if view.sort.descending else "ascending"
    return f"by {view.group_by}, {title} {way}"


def filter_words(view: ViewState) -> list[str]:
    """Which jobs and clusters all figures are about; nothing when they are about all."""
    words = {
        "job_name": f"job name contains “{view.job_name}”, or is its id",
        "job_id": f"job {view.job_id}",
        "workspace_id": f"workspace {view.workspace_id}",
        "cluster_id": f"cluster {view.cluster_id}",
    }
    return [text for name, text in words.items() if getattr(view, name)]


def row_filter_words(view: ViewState) -> list[str]:
    """Which rows the table has; nothing when it has all. Cards and charts do not heed these."""
    words = [_condition(each, view) for each in view.filters]
    return [*words, *(["the row has an alert"] if view.alerts else [])]


def _condition(condition: ColumnFilter, view: ViewState) -> str:
    found = column(view.group_by, condition.column)
    title = found.title if found else condition.column
    value = f" {condition.value}" if condition.value else ""
    if found is not None and found.kind in ("text", "id") and condition.value:
        value = f" “{condition.value}”"
    if condition.operator == "inRange":
        value += f" to {condition.value_to}"
    return f"{title} {_OPERATORS[condition.operator]}{value}"
