"""Addresses that a mail leads to."""

from datetime import timedelta

from dbspend360.models.incident import Incident
from dbspend360.models.presets import Preset
from dbspend360.models.run import run_text
from dbspend360.models.summary import RunKey
from dbspend360.models.view_query import write_query
from dbspend360.models.view_state import ViewState
from dbspend360.settings import Settings

_BEFORE = timedelta(days=29)  # shown in front of the day in question, to compare it with


def server_address(host: str, port: int) -> str:
    """Where a browser of this machine finds the app."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    bracketed = f"[{reachable}]" if ":" in reachable and "[" not in reachable else reachable
    return f"http://{bracketed}:{port}"


def public_url(settings: Settings) -> str:
    """Where people open the app, without a slash at the end."""
    own = server_address(settings.host.strip("[]"), settings.port)
    return (settings.public_url or own).rstrip("/")


def incident_link(base: str, incident: Incident) -> str:
    """The incident in the inbox."""
    return f"{base}/alerts?incident={incident.id}"


def view_link(base: str, incident: Incident) -> str:
    """The dashboard with the job's thirty days up to the worst alert, its run open."""
    worst = incident.worst
    if worst is None:
        return f"{base}/?preset={Preset.LAST_7_DAYS}"
    view = ViewState(
        start_date=worst.usage_date - _BEFORE,
        end_date=worst.usage_date,
        workspace_id=incident.workspace_id,
        job_id=incident.job_id,
    )
    key = RunKey(incident.workspace_id, incident.job_id, worst.run_id or "")
    return f"{base}/?{write_query(view, run=run_text(key) if worst.run_id else '')}"
