"""What the addresses of the alerts read and answer."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from dbspend360.api.answers import Count, Money, Percent
from dbspend360.api.body import NUMBER, WHOLE, Address, Body, Moment
from dbspend360.api.parameters import Parameters
from dbspend360.models.alert import Rule
from dbspend360.models.alert_config import (
    DEFAULT_AMOUNT,
    DEFAULT_INCREASE,
    DEFAULT_PERCENTAGE,
    MOST_APPRISE_URLS,
    MOST_PERCENT,
    MOST_RECIPIENTS,
    MOST_USD,
    SHOWN,
)
from dbspend360.models.delivery import Stage
from dbspend360.models.incident import State

Action = Literal["acknowledge", "snooze", "expected", "resolve", "reopen"]


class AlertConfigData(BaseModel):
    """When the person is told something, and where. A rule that is null is off."""

    threshold_amount: Money | None = Field(description="USD; a run or a day of a job.")
    threshold_percentage: Percent | None = Field(description="Above the job's own normal.")
    minimum_increase_usd: Money = Field(description="The percentage counts only beyond this.")
    email_notifications: bool
    dashboard_highlights: bool
    recipients: list[str] = Field(description="Mail addresses, 50 at most.")
    apprise_urls: list[str] = Field(description="Addresses of Apprise, 10 at most.")
    job_name: str = Field(description="Part of a job's name, or its id; empty is every job.")
    digest_hour: int | None = Field(description="UTC; null is at once.")
    updated_at: AwareDatetime | None = Field(
        description="Send it back to save; null while nothing was saved."
    )
    problem: str | None = Field(
        default=None, description="Why these are not the settings that were saved, if so."
    )


_Apprise = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*://[!-~]+$", max_length=2_000)]
_Name = Annotated[str, Field(max_length=300, json_schema_extra={"pattern": SHOWN})]
_Usd = Annotated[float, Field(ge=0.01, le=float(MOST_USD)), NUMBER]
_Percent = Annotated[float, Field(ge=1, le=float(MOST_PERCENT)), NUMBER]
_Increase = Annotated[float, Field(ge=0, le=float(MOST_USD)), NUMBER]
# Whoever reads exact decimals writes them as texts.
_UsdText = Annotated[
    str, Field(pattern=r"^([1-9][0-9]{0,6}(\.[0-9]{1,6})?|0\.(0[1-9]|[1-9][0-9])[0-9]{0,4})$")
]
_PercentText = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}(\.[0-9]{1,6})?$")]
_IncreaseText = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,6})(\.[0-9]{1,6})?$")]


class AlertConfigBody(Body):
    """The whole configuration; what is left out gets its default."""

    threshold_amount: _Usd | _UsdText | None = Field(
        float(DEFAULT_AMOUNT), description="USD; null: off."
    )
    threshold_percentage: _Percent | _PercentText | None = Field(
        float(DEFAULT_PERCENTAGE), description="Above the job's own normal; null: off."
    )
    minimum_increase_usd: _Increase | _IncreaseText = float(DEFAULT_INCREASE)
    email_notifications: bool = True
    dashboard_highlights: bool = True
    recipients: list[Address] = Field([], max_length=MOST_RECIPIENTS)
    apprise_urls: list[_Apprise] = Field([], max_length=MOST_APPRISE_URLS)
    job_name: _Name = ""
    digest_hour: Annotated[int, Field(ge=0, le=23), WHOLE] | None = None
    updated_at: Moment | None = Field(
        None, description="As it was read; null when nothing was saved yet."
    )
    problem: str | None = Field(None, description="May be sent back as it was read.")


class CrossingData(BaseModel):
    """A run, or a day of a job, that crossed the rule."""

    usage_date: date
    run_id: str | None = Field(description="Null for the total of a day.")
    subject: str
    reason: str
    total_cost: Money
    expected_cost: Money = Field(description="The threshold, or the job's normal.")
    excess_usd: Money
    is_early: bool = Field(description="Its day is not complete: the cost may still change.")


class EventData(BaseModel):
    """Who did what when."""

    at: AwareDatetime
    who: str = Field(description="Empty for the check itself.")
    what: str


class MessageData(BaseModel):
    """A message about the incident."""

    message_id: str
    place: str
    stage: Stage
    words: str


class IncidentData(BaseModel):
    """What is wrong with one job by one rule."""

    incident_id: str
    rule: Rule
    state: State
    workspace_id: str
    job_id: str
    job_name: str
    opened_at: AwareDatetime
    changed_at: AwareDatetime
    snoozed_until: AwareDatetime | None
    impact_usd: Money = Field(description="Beyond what was expected, of the dearest run or day.")
    alert_count: Count
    alerts: list[CrossingData] = Field(description="The dearest and the newest, oldest first.")
    history: list[EventData] = Field(description="Oldest first.")
    messages: list[MessageData] = Field(description="The latest first.")


class AlertsData(BaseModel):
    """The inbox: what is not over first, then the latest change first."""

    open_count: Count = Field(description="Incidents that nobody has looked after.")
    incidents: list[IncidentData]


class OneIncidentData(BaseModel):
    """The incident as it is now."""

    incident: IncidentData


class OneIncident(Parameters):
    """Which incident."""

    incident_id: Annotated[
        str,
        Field(
            description="Its id in the inbox.",
            pattern=r"^[0-9a-f]{20}$",
            examples=["8d4e44e43bfc7991e554"],
            json_schema_extra={"in": "path"},
        ),
    ]


class ActionBody(Body):
    """What a person does with it."""

    action: Action
    until: Moment | None = Field(None, description="For `snooze`.")
