"""The fields of the alert form: what they show of a configuration, and what they say."""

from typing import Any

from dbspend360.dashboard import ids
from dbspend360.dashboard.form_parts import field_sentence
from dbspend360.errors import BadView
from dbspend360.models.alert_config import AlertConfig, read_config
from dbspend360.models.view_query import Problem

# The fields in the order in which scripts get them; assets/alerts.js has the same names.
FIELDS = {
    ids.FIELD_AMOUNT_ON: "amount_on",
    ids.FIELD_AMOUNT: "threshold_amount",
    ids.FIELD_PERCENTAGE_ON: "percentage_on",
    ids.FIELD_PERCENTAGE: "threshold_percentage",
    ids.FIELD_MINIMUM: "minimum_increase_usd",
    ids.FIELD_JOB: "job_name",
    ids.FIELD_HIGHLIGHTS: "dashboard_highlights",
    ids.FIELD_EMAIL: "email_notifications",
    ids.FIELD_RECIPIENTS: "recipients",
    ids.FIELD_DIGEST: "digest_hour",
    ids.FIELD_APPRISE: "apprise_urls",
}
BELOW_A_SWITCH = (ids.FIELD_AMOUNT, ids.FIELD_PERCENTAGE, ids.FIELD_MINIMUM)
_TITLES = {
    "threshold_amount": "The amount",
    "threshold_percentage": "The increase",
    "minimum_increase_usd": "The minimum",
    "job_name": "The job name",
    "recipients": "The recipients",
    "digest_hour": "The time",
    "apprise_urls": "The addresses",
}
WITH_ERROR = {field: name for field, name in FIELDS.items() if name in _TITLES}
AT_ONCE = "at_once"  # the browser takes an empty value for none chosen


def form_values(config: AlertConfig) -> dict[str, Any]:
    """What the fields show of a configuration."""
    hour = config.digest_hour
    return {
        "amount_on": config.threshold_amount is not None,
        "threshold_amount": _number(config.threshold_amount),
        "percentage_on": config.threshold_percentage is not None,
        "threshold_percentage": _number(config.threshold_percentage),
        "minimum_increase_usd": _number(config.minimum_increase_usd),
        "job_name": config.job_name,
        "dashboard_highlights": config.dashboard_highlights,
        "email_notifications": config.email_notifications,
        "recipients": "\n".join(config.recipients),
        "digest_hour": AT_ONCE if hour is None else str(hour),
        "apprise_urls": "\n".join(config.apprise_urls),
    }


def _number(value: Any) -> str:  # noqa: ANN401 - Decimal or None
    text = "" if value is None else f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_form(values: object) -> AlertConfig | tuple[Problem, ...]:
    """The configuration that the fields say, or what is wrong with them.

    Raises:
        BadView: it is not what a form sends.
    """
    if not isinstance(values, dict) or set(values) != set(FIELDS.values()):
        raise BadView("The form was not understood. Reload the page.")
    fields = {name: "" if value is None else value for name, value in values.items()}
    for switch, name in (("amount_on", "threshold_amount"), _PERCENTAGE):
        if not fields.pop(switch):
            fields[name] = None
    minimum = {"minimum_increase_usd": fields["minimum_increase_usd"]}
    if fields["threshold_percentage"] is None and isinstance(read_config(minimum), tuple):
        # It counts for nothing then, so nonsense in it is not in the way.
        fields.pop("minimum_increase_usd")
    if fields["digest_hour"] == AT_ONCE:
        fields["digest_hour"] = None
    return read_config(fields)


_PERCENTAGE = ("percentage_on", "threshold_percentage")


def sentence(problem: Problem) -> str:
    """What is wrong, as it stands below the field."""
    return field_sentence(problem, _TITLES)
