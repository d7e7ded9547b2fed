"""`/api/alerts/…`: the rules, the inbox, and what a person does with an incident."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from dbspend360.api import examples
from dbspend360.api.alert_answers import (
    ActionBody,
    AlertConfigBody,
    AlertConfigData,
    AlertsData,
    CrossingData,
    EventData,
    IncidentData,
    MessageData,
    OneIncident,
    OneIncidentData,
)
from dbspend360.api.body import REFUSALS, read_body
from dbspend360.api.envelope import Reply, of_now
from dbspend360.api.operation import Operation
from dbspend360.api.parameters import Nothing
from dbspend360.api.reading import problems_in, refuse, validated
from dbspend360.errors import (
    BadView,
    Conflict,
    LostReply,
    NotFound,
    StoreError,
    Unreachable,
    WarehouseError,
)
from dbspend360.models.alert_config import AlertConfig, read_config
from dbspend360.models.delivery import Delivery
from dbspend360.models.incident import Incident, State
from dbspend360.models.view_query import Problem
from dbspend360.services.alert_desk import AlertDesk
from dbspend360.services.alert_rows import KeptConfig
from dbspend360.services.current_user import current_user

SCRIPT = "a script"  # who did it, until there is a sign-in
_ABOUT_CONFIG = ("updated_at", "problem")  # come with the rules and are none
_STORE = (BadView, StoreError, WarehouseError, Unreachable)
_CHANGE = (*_STORE, Conflict, LostReply)


class Alerts:
    """Answers what the page `/alerts` shows, and does what it does."""

    def __init__(self, desk: AlertDesk) -> None:
        self._desk = desk

    def config(self, _asked: Nothing) -> Reply:
        """The person's configuration."""
        return of_now(_config(self._desk.config(current_user())))

    def save(self, _asked: Nothing) -> Reply:
        """Keep another one.

        Raises:
            BadView: with all that is wrong with it.
            Conflict: it was changed since it was read.
        """
        fields = read_body()
        rules = {name: value for name, value in fields.items() if name not in _ABOUT_CONFIG}
        found, asked = read_config(rules), validated(AlertConfigBody, fields)
        if not isinstance(found, AlertConfig) or isinstance(asked, list):
            refuse([*problems_in(found), *problems_in(asked)])
            raise BadView("The configuration makes no sense.")
        return of_now(_config(self._desk.save(current_user(), found, seen=asked.updated_at)))

    def inbox(self, _asked: Nothing) -> Reply:
        """All incidents."""
        user = current_user()
        messages = self._desk.deliveries(user)
        incidents = [_incident(each, messages) for each in self._desk.incidents(user)]
        count = sum(each.state is State.OPEN for each in incidents)
        return of_now(AlertsData(open_count=count, incidents=incidents))

    def act(self, asked: OneIncident) -> Reply:
        """Do something with one.

        Raises:
            NotFound: there is no such incident.
            Conflict: that does not go with its state.
        """
        body = _action(read_body())
        user, who = current_user(), current_user() or SCRIPT
        incident = self._does(body)(user, asked.incident_id, who)
        return of_now(OneIncidentData(incident=_incident(incident, self._desk.deliveries(user))))

    def _does(self, body: ActionBody) -> Callable[[str, str, str], Incident]:
        desk = self._desk
        if body.action == "snooze":
            if body.until is None:
                refuse([Problem("until", "is needed to snooze")])
            until = body.until or datetime.now(UTC)
            return lambda user, id_, who: desk.snooze(user, id_, until=until, who=who)
        plain = {
            "acknowledge": desk.acknowledge,
            "expected": desk.expect,
            "resolve": desk.resolve,
            "reopen": desk.reopen,
        }[body.action]
        return lambda user, id_, who: plain(user, id_, who=who)


def operations(desk: AlertDesk) -> list[Operation]:
    """The addresses of the alerts."""
    answering = Alerts(desk)
    return [
        Operation(
            path="/api/alerts",
            name="listAlerts",
            summary="The inbox of alerts",
            description="Incidents: one for each rule and job, however many runs crossed it.",
            parameters=Nothing,
            data=AlertsData,
            answer=answering.inbox,
            example=examples.ALERTS,
            errors=_STORE,
        ),
        Operation(
            path="/api/alerts/config",
            name="getAlertConfig",
            summary="The alert settings",
            description="What counts until then where nothing was saved.",
            parameters=Nothing,
            data=AlertConfigData,
            answer=answering.config,
            example=examples.ALERT_CONFIG,
            errors=_STORE,
        ),
        Operation(
            path="/api/alerts/config",
            name="saveAlertConfig",
            summary="Save the alert settings",
            description="All of them; `updated_at` as it was read, so that nobody loses what "
            "another has saved meanwhile.",
            parameters=Nothing,
            data=AlertConfigData,
            answer=answering.save,
            example=examples.ALERT_CONFIG,
            errors=_CHANGE,
            method="PUT",
            body=AlertConfigBody,
            body_example=examples.ALERT_CONFIG,
            refusals=REFUSALS,
        ),
        Operation(
            path="/api/alerts/incidents/{incident_id}",
            name="changeIncident",
            summary="Do something with an incident",
            description="`acknowledge`: somebody is on it. `snooze`: silence `until` then. "
            "`expected`: silence until it is half as much again. `resolve`, `reopen`.",
            parameters=OneIncident,
            data=OneIncidentData,
            answer=answering.act,
            example=examples.INCIDENT,
            errors=(*_CHANGE, NotFound),
            method="POST",
            body=ActionBody,
            body_example=examples.ACTION,
            refusals=REFUSALS,
        ),
    ]


def _config(kept: KeptConfig) -> AlertConfigData:
    config = kept.config.model_dump()
    return AlertConfigData(**config, updated_at=kept.updated_at, problem=kept.problem or None)


def _action(fields: Mapping[str, Any]) -> ActionBody:
    found = validated(ActionBody, fields)
    if isinstance(found, list):
        refuse(found)
        raise BadView("The request makes no sense.")
    return found


def _incident(incident: Incident, messages: list[Delivery]) -> IncidentData:
    about = [
        each
        for each in messages
        if any(notice.startswith(f"{incident.id}-") for notice in each.incidents)
    ]
    return IncidentData(
        incident_id=incident.id,
        rule=incident.rule,
        state=incident.state,
        workspace_id=incident.workspace_id,
        job_id=incident.job_id,
        job_name=incident.job_name,
        opened_at=incident.opened_at,
        changed_at=incident.changed_at,
        snoozed_until=incident.snoozed_until,
        impact_usd=incident.impact,
        alert_count=incident.alert_count,
        alerts=[
            CrossingData(
                usage_date=each.usage_date,
                run_id=each.run_id,
                subject=each.subject,
                reason=each.reason,
                total_cost=each.cost,
                expected_cost=each.expected,
                excess_usd=each.excess,
                is_early=each.is_early,
            )
            for each in incident.alerts
        ],
        history=[EventData(at=each.at, who=each.who, what=each.what) for each in incident.history],
        messages=[
            MessageData(message_id=each.id, place=each.place, stage=each.stage, words=each.words)
            for each in about
        ],
    )
