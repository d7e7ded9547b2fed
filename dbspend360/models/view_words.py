"""A view in words, for a file that is read away from the page."""

from dbspend360.models.columns import column
from dbspend360.models.view_state import ColumnFilter, ViewState
from dbspend360.theme import day_range, plural

_TESTS = {
    "contains": "contains {}",
    "notContains": "does not contain {}",
    "equals": "is {}",
    "notEqual": "is not {}",
    "startsWith": "begins with {}",
    "endsWith": "ends with {}",
    "lessThan": "is below {}",
    "lessThanOrEqual": "is at most {}",
    "greaterThan": "is above {}",
    "greaterThanOrEqual": "is at least {}",
    "blank": "is empty",
    "notBlank": "is not empty",
}


def period_words(view: ViewState) -> str:
    """`23 Oct – 21 Nov 2026 (30 UTC days, Last 30 days)`."""
    chosen = f", {view.preset.words}" if view.preset else ""
    days = plural(view.days, "UTC day")
    return f"{day_range(view.start_date, view.end_date)} ({days}{chosen})"


def filter_words(view: ViewState) -> list[str]:
    """One sentence for each thing that is left out; none when the view shows everything."""
    exact = {"Job id": view.job_id, "Cluster": view.cluster_id, "Workspace": view.workspace_id}
    named = [f"Job name or id contains “{view.job_name}”"] if view.job_name else []
    named += [f"{title} is {value}" for title, value in exact.items() if value]
    named += [_condition(view, each) for each in view.filters]
    return [*named, "Only rows with an alert"] if view.alerts else named


def order_words(view: ViewState) -> str:
    """`by run, Total descending`."""
    way = "descending" if view.sort.descending else "ascending"
    return f"by {view.group_by}, {_title(view, view.sort.column)} {way}"


def _condition(view: ViewState, each: ColumnFilter) -> str:
    title = _title(view, each.column)
    if each.operator == "inRange":
        return f"{title} is from {each.value} to {each.value_to}"
    return f"{title} {_TESTS[each.operator].format(_quoted(view, each))}"


def _quoted(view: ViewState, each: ColumnFilter) -> str:
    found = column(view.group_by, each.column)
    return f"“{each.value}”" if found and found.kind == "text" else each.value


def _title(view: ViewState, name: str) -> str:
    found = column(view.group_by, name)
    return found.title if found else name
