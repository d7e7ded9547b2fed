"""What a request may ask: the parameters of each address, checked and described in one place."""

import re
from datetime import date
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from dbspend360.models.columns import COLUMNS, Grouping
from dbspend360.models.presets import DEFAULT_PRESET, Preset
from dbspend360.models.view_query import MAX_FILTERS
from dbspend360.models.view_state import MAX_DAYS, Operator

MAX_ROWS = 1_000  # of one page; whoever wants all takes CSV or NDJSON
_LAST_PAGE = 1_000_000_000

_COLUMNS = sorted({each.name for columns in COLUMNS.values() for each in columns})
_SORT = f"^-?({'|'.join(_COLUMNS)})$"
_WHERE = rf"^({'|'.join(_COLUMNS)})\.({'|'.join(get_args(Operator))})(\.[^\x00]{{0,300}})?$"


def _day(text: Any) -> Any:  # noqa: ANN401 - whatever pydantic is given
    """Only one way to write a day: pydantic takes seconds since 1970 for one too."""
    if not isinstance(text, str):
        return text
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # there is no such day
    raise ValueError(f"'{short(text)}' is not a date such as 2026-11-20")


def _whole(text: Any) -> Any:  # noqa: ANN401
    """Only digits: pydantic takes `1_0` and ` 10 ` for numbers too."""
    if isinstance(text, str) and not re.fullmatch(r"-?[0-9]{1,20}", text):
        raise ValueError(f"'{short(text)}' is not a whole number")
    return text


def short(text: str) -> str:
    """The text, or its beginning."""
    return text if len(text) <= 40 else f"{text[:40]}…"


Text = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]
Day = Annotated[date, BeforeValidator(_day)]
Sort = Annotated[str, Field(pattern=_SORT)]
Where = Annotated[str, Field(max_length=700, pattern=_WHERE)]


class Parameters(BaseModel):
    """Parameters of one address. What is not among them is refused by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_JOB_NAME = Field(
    default="",
    description="A part of a job's name, in capitals or not, or a whole job id.",
    examples=["nightly"],
)
_JOB_ID = Field(default="", description="Exactly this job.", examples=["865057131580913"])
_WORKSPACE_ID = Field(
    default="", description="Exactly this workspace.", examples=["7032981465520871"]
)
_CLUSTER_ID = Field(
    default="", description="Exactly this cluster.", examples=["1117-032823-278f0af1"]
)


class Jobs(Parameters):
    """Which jobs are meant, whatever the days."""

    job_name: Text = _JOB_NAME
    job_id: Text = _JOB_ID
    workspace_id: Text = _WORKSPACE_ID
    cluster_id: Text = _CLUSTER_ID


class DaysAndJobs(Parameters):
    """Which records a view adds up."""

    start_date: Day | None = Field(
        default=None,
        description=f"First day (UTC), included. At most {MAX_DAYS} days to the last one.",
        examples=["2026-11-01"],
    )
    end_date: Day | None = Field(
        default=None,
        description="Last day (UTC), included. Alone it means thirty days; `start_date` alone "
        "means up to the last day with data.",
        examples=["2026-11-20"],
    )
    preset: Preset | None = Field(
        default=None,
        description=f"Named days in place of dates; `{DEFAULT_PRESET}` when there are no dates "
        "either. `/api/filters/presets` says which days each name means now.",
        examples=["last_30_days"],
    )
    job_name: Text = _JOB_NAME
    job_id: Text = _JOB_ID
    workspace_id: Text = _WORKSPACE_ID
    cluster_id: Text = _CLUSTER_ID


class View(DaysAndJobs):
    """A view as the page's links say it. Grouping and order change no sum."""

    group_by: Grouping = Field(
        default=Grouping.RUN, description="What one row stands for.", examples=["job"]
    )
    sort: Sort | None = Field(
        default=None,
        description="A column of the grouping, with a minus in front for the largest first. "
        "Dearest first unless said, newest first by day.",
        examples=["-total_cost"],
    )


class TopJobs(View):
    """The view whose dearest jobs are asked for."""

    limit: Annotated[int, BeforeValidator(_whole)] = Field(
        default=10, ge=1, le=100, description="How many jobs at most.", examples=[10]
    )


class ChangedJobs(View):
    """The view whose changes are asked for."""

    limit: Annotated[int, BeforeValidator(_whole)] = Field(
        default=5,
        ge=1,
        le=100,
        description="How many jobs at most that rose, and how many that fell.",
        examples=[5],
    )


class Rows(View):
    """The rows of a view."""

    where: list[Where] = Field(
        default=[],
        max_length=MAX_FILTERS,
        description="A condition on a column of the grouping: column, operator and value with "
        "dots between. May be given again, then all must hold.",
        examples=[["total_cost.greaterThan.100"]],
    )


class ExportedView(Rows):
    """A view whose file is wanted: all that a link of the page can say."""

    alerts: str = Field(
        default="",
        pattern="^(only)?$",
        description="`only` leaves the rows with an alert.",
        examples=["only"],
    )


class Table(Rows):
    """The rows of a view, one page of them."""

    page: Annotated[int, BeforeValidator(_whole)] = Field(
        default=1,
        ge=1,
        le=_LAST_PAGE,
        description="Which page, from 1. JSON only: CSV and NDJSON hold every row.",
        examples=[1],
    )
    per_page: Annotated[int, BeforeValidator(_whole)] = Field(
        default=50, ge=1, le=MAX_ROWS, description="Rows of one page. JSON only.", examples=[50]
    )


class OneRun(Parameters):
    """Which run to take apart."""

    job_id: Text = Field(
        min_length=1,
        description="The run's job.",
        examples=["865057131580913"],
        json_schema_extra={"in": "path"},
    )
    run_id: Text = Field(min_length=1, description="The run.", examples=["314060377583638"])
    workspace_id: Text | None = Field(
        default=None,
        description="Its workspace. Without one the newest run with these ids is taken.",
        examples=["7032981465520871"],
    )


class Nothing(Parameters):
    """No parameters at all."""
