"""The fields of the schedule form: what they show of a schedule, and what they say."""

from typing import Any
from urllib.parse import urlsplit

from dbspend360.dashboard import ids
from dbspend360.dashboard.form_parts import field_sentence
from dbspend360.errors import BadView
from dbspend360.models.report import FileFormat
from dbspend360.models.schedule import Every, Schedule, Weekday, read_schedule
from dbspend360.models.view_query import Problem

# The fields in the order in which scripts get them; assets/reports.js has the same names.
FIELDS = {
    ids.FIELD_NAME: "name",
    ids.FIELD_LINK: "link",
    ids.FIELD_KIND: "kind",
    ids.FIELD_REPORT_RECIPIENTS: "recipients",
    ids.FIELD_MESSAGE: "message",
    ids.FIELD_EVERY: "every",
    ids.FIELD_WEEKDAY: "weekday",
    ids.FIELD_MONTH_DAY: "month_day",
    ids.FIELD_TIME: "time",
    ids.FIELD_ZONE: "zone",
}
_TITLES = {
    "name": "The name",
    "link": "The link",
    "kind": "The file",
    "recipients": "The recipients",
    "message": "The message",
    "every": "How often",
    "weekday": "The day",
    "month_day": "The day",
    "time": "The time",
    "zone": "The time zone",
}
_ASKED_AS = {"query": "link", "hour": "time", "minute": "time"}  # in the form
_NOT_A_LINK = "is not one of the dashboard: open the view you want, and copy its address"
_NO_TIME = "must be one such as 08:00"
NEW_TIME = "08:00"


def new_values(query: str = "", name: str = "") -> dict[str, Any]:
    """What the fields show of a schedule that is not made yet; the browser adds its time zone."""
    return {
        "name": name,
        "link": link_of(query),
        "kind": FileFormat.PDF.value,
        "recipients": "",
        "message": "",
        "every": Every.WEEKLY.value,
        "weekday": Weekday.MONDAY.value,
        "month_day": "1",
        "time": NEW_TIME,
        "zone": "",
    }


def form_values(schedule: Schedule) -> dict[str, Any]:
    """What the fields show of a schedule."""
    return {
        "name": schedule.name,
        "link": link_of(schedule.query),
        "kind": schedule.kind.value,
        "recipients": "\n".join(schedule.recipients),
        "message": schedule.message,
        "every": schedule.every.value,
        "weekday": schedule.weekday.value,
        "month_day": str(schedule.month_day),
        "time": f"{schedule.hour:02}:{schedule.minute:02}",
        "zone": schedule.zone,
    }


def link_of(query: str) -> str:
    """A view's address, as short as it can be."""
    return f"/?{query}" if query else "/"


def query_of(link: str) -> str:
    """The query of a link that somebody pasted, whatever stands before it.

    Raises:
        ValueError: it leads to something else than the dashboard.
    """
    plain = link.strip()
    if "=" in plain and not plain.startswith(("/", "http:", "https:", "?")):
        return plain
    parts = urlsplit(plain)
    is_elsewhere = parts.path.strip("/").rpartition("/")[2] in _OTHER_PAGES
    if is_elsewhere or parts.scheme not in ("", "http", "https"):
        raise ValueError(_NOT_A_LINK)
    if parts.path and not parts.netloc and not plain.startswith("/"):
        raise ValueError(_NOT_A_LINK)
    return parts.query


_OTHER_PAGES = {"alerts", "reports", "check", "docs", "job-spends.csv", "openapi.json"}


def read_form(values: object, *, is_paused: bool = False) -> Schedule | tuple[Problem, ...]:
    """The schedule that the fields say, or what is wrong with them.

    Raises:
        BadView: it is not what a form sends.
    """
    if not isinstance(values, dict) or set(values) != set(FIELDS.values()):
        raise BadView("The form was not understood. Reload the page.")
    fields = {name: "" if value is None else value for name, value in values.items()}
    link, when = fields.pop("link"), fields.pop("time")
    hour, minute, odd = *_clock(when), []
    try:
        query = query_of(str(link))
    except ValueError as error:
        query, odd = "", [Problem("link", str(error))]
    wanted = {"query": query, "hour": hour, "minute": minute, "is_paused": is_paused}
    found = read_schedule(fields | wanted)
    if isinstance(found, Schedule):
        return tuple(odd) or found
    return (*odd, *(_in_form(each) for each in found))


def _clock(text: object) -> tuple[str, str]:
    hour, _, rest = str(text).partition(":")
    return hour, rest.partition(":")[0]  # some browsers add seconds


def _in_form(problem: Problem) -> Problem:
    name = _ASKED_AS.get(problem.field, problem.field)
    return Problem(name, _NO_TIME if name == "time" else problem.problem)


def sentence(problem: Problem) -> str:
    """What is wrong, as it stands below the field."""
    return field_sentence(problem, _TITLES)
