"""The words of a mail: what, expected against actual, dollars, where to look, how to silence it."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from dbspend360.models.alert import Rule
from dbspend360.models.delivery import Message
from dbspend360.models.incident import Crossing, Incident
from dbspend360.models.summary import ZERO
from dbspend360.services.alert_links import incident_link, view_link
from dbspend360.services.mail_message import one_line
from dbspend360.theme import UNKNOWN, day, plural, usd

MOST_LISTED = 5
_ONCE = (
    "You get this once for each incident, and again only when it gets much worse, or after a day "
    "when there is something new."
)
_FONT = "font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif"
_QUIET = "color:#5b6472"
_LINK = "color:#3f51cf"


def message(incidents: Sequence[Incident], base: str) -> Message:
    """One incident, or all of a digest; `base` is where people open the app."""
    subject = _subject(incidents)
    return Message(
        subject=one_line(subject),
        text="\n\n".join([*(_text(each, base) for each in incidents), _text_end(base)]),
        html=_page(subject, [_html(each, base) for each in incidents], base),
    )


def _subject(incidents: Sequence[Incident]) -> str:
    if len(incidents) > 1:
        dearest = max(incidents, key=lambda each: each.impact)
        return f"{plural(len(incidents), 'alert')}, first of all {dearest.title}"
    [incident] = incidents
    worst = incident.worst
    if worst is None:
        return incident.rule.words
    above = "the threshold" if incident.rule is Rule.AMOUNT else "normal"
    cost, more = usd(worst.cost), usd(worst.excess)
    return f"{incident.title}: {cost} on {day(worst.usage_date)}, {more} above {above}"


def _facts(incident: Incident) -> list[tuple[str, str]]:
    worst = incident.worst
    if worst is None:
        return [("What", incident.history[-1].what if incident.history else incident.rule.words)]
    limit = "Threshold" if incident.rule is Rule.AMOUNT else "Expected"
    return [
        ("What", f"{worst.subject}: {worst.reason}"),
        ("Day (UTC)", day(worst.usage_date)),
        (limit, usd(worst.expected)),
        ("Actual", f"{usd(worst.cost)} ({_split(worst)})"),
        ("More", usd(worst.excess)),
        ("Job id", incident.job_id),
        *([("Workspace", incident.workspace_id)] if incident.workspace_id else []),
    ]


def _split(worst: Crossing) -> str:
    ec2 = worst.cost - worst.databricks_cost
    return f"Databricks {usd(worst.databricks_cost)}, EC2 {usd(ec2) if ec2 else UNKNOWN}"


def _others(incident: Incident) -> list[str]:
    """The other alerts, newest first."""
    others = [each for each in reversed(incident.alerts) if each is not incident.worst]
    more = incident.alert_count - 1 - min(len(others), MOST_LISTED)
    lines = [_line(each) for each in others[:MOST_LISTED]]
    return [*lines, f"and {more:,} more"] if more > 0 else lines


def _line(each: Crossing) -> str:
    return f"{day(each.usage_date)}: {each.subject}, {each.reason}"


def _text(incident: Incident, base: str) -> str:
    lines = [incident.title, *(f"  {name}: {value}" for name, value in _facts(incident))]
    lines += [f"  - {each}" for each in _others(incident)]
    lines += [f"  See it: {view_link(base, incident)}"]
    lines += [f"  Acknowledge, snooze or call it expected: {incident_link(base, incident)}"]
    return "\n".join(lines)


def _text_end(base: str) -> str:
    return f"{_ONCE}\nChange the rules or stop these mails: {base}/alerts"


def _html(incident: Incident, base: str) -> str:
    rows = "".join(
        f'<tr><td style="{_QUIET};padding:2px 16px 2px 0;vertical-align:top">{escape(name)}</td>'
        f'<td style="padding:2px 0">{escape(value)}</td></tr>'
        for name, value in _facts(incident)
    )
    others = "".join(f"<li>{escape(each)}</li>" for each in _others(incident))
    listed = (
        f'<ul style="{_QUIET};font-size:13px;padding-left:18px">{others}</ul>' if others else ""
    )
    links = (
        _link("See it on the dashboard", view_link(base, incident)),
        _link("Acknowledge, snooze or call it expected", incident_link(base, incident)),
    )
    return (
        '<div style="border-left:4px solid #3f51cf;padding:4px 0 4px 16px;margin:0 0 28px">'
        f'<h2 style="font-size:18px;margin:0 0 8px">{escape(incident.title)}</h2>'
        f"{_bars(incident)}"
        f'<table style="border-collapse:collapse;font-size:14px">{rows}</table>{listed}'
        f'<p style="margin:12px 0 0;font-size:14px">{" · ".join(links)}</p></div>'
    )


def _link(words: str, address: str) -> str:
    return f'<a style="{_LINK}" href="{escape(address)}">{escape(words)}</a>'


def _bars(incident: Incident) -> str:
    """The actual cost, split in two, above the expected: boxes, no picture to be blocked."""
    worst = incident.worst
    if worst is None or worst.cost <= 0:
        return ""
    databricks = max(worst.databricks_cost, ZERO)
    actual = _box(databricks / worst.cost, "#3f51cf") + _box(1 - databricks / worst.cost, "#35b3a2")
    expected = _box(worst.expected / worst.cost, "#c3c8d1")
    return f'<div style="margin:0 0 10px"><div>{actual}</div><div>{expected}</div></div>'


def _box(share: Decimal, colour: str) -> str:
    width = round(float(min(max(share, ZERO), Decimal(1))) * 300)
    style = f"display:inline-block;height:6px;width:{width}px;background:{colour}"
    return f'<span style="{style}"></span>'


def _page(subject: str, parts: Sequence[str], base: str) -> str:
    end = f"{_ONCE} {_link('Change the rules or stop these mails', f'{base}/alerts')}."
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>"
        f'<body style="{_FONT};color:#1c2430;background:#ffffff;margin:0;padding:24px">'
        f'<div style="max-width:600px">{"".join(parts)}'
        f'<p style="{_QUIET};font-size:13px">{end}</p></div></body></html>'
    )
