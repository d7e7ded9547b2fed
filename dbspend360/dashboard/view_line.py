"""A view in one line, as lists of views and schedules show it."""

from datetime import date

from dbspend360.models.columns import Grouping
from dbspend360.models.presets import Preset
from dbspend360.models.view_query import Problem, read_view
from dbspend360.models.view_state import ViewState
from dbspend360.theme import day_range, plural

_ANY_DAY = date(2026, 1, 1)  # only the name of a period is said, never its days
_ROWS = {each: f"by {each}" for each in Grouping}


def read_line(query: str) -> tuple[ViewState, tuple[Problem, ...]]:
    """The view of a kept query, whose presets stand nowhere."""
    return read_view(query, today=_ANY_DAY, last_date=None)


def view_line(query: str) -> str:
    """`Last month · by job · job nightly · 2 conditions`."""
    view, _ = read_line(query)
    return " · ".join([_period(view), _ROWS[view.group_by], *_only(view)])


def has_fixed_days(query: str) -> bool:
    """Whether it names days, which stay the same in each report."""
    return read_line(query)[0].preset is None


def _period(view: ViewState) -> str:
    return view.preset.words if view.preset else day_range(view.start_date, view.end_date)


def jobs_line(view: ViewState) -> str:
    """`all jobs`, or `job nightly · workspace 7`."""
    return " · ".join(_jobs(view)) or "all jobs"


def _jobs(view: ViewState) -> list[str]:
    said = [
        ("job", view.job_name),
        ("job id", view.job_id),
        ("workspace", view.workspace_id),
        ("cluster", view.cluster_id),
    ]
    return [f"{name} {value}" for name, value in said if value]


def _only(view: ViewState) -> list[str]:
    only = _jobs(view)
    only += [plural(len(view.filters), "condition")] if view.filters else []
    return [*only, "alerts only"] if view.alerts else only


def suggested_name(query: str) -> str:
    """A name for what has none yet: `Last month by job`."""
    view, _ = read_line(query)
    period = view.preset.words if isinstance(view.preset, Preset) else "Spend"
    return " ".join([period, _ROWS[view.group_by], *_only(view)])[:100].strip()
