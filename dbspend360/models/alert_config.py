"""What one person wants to be told about."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from dbspend360.models.view_query import Problem

MOST_RECIPIENTS = 50
MOST_APPRISE_URLS = 10
MOST_USD = Decimal(10_000_000)
MOST_PERCENT = Decimal(100_000)

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://[^\s]+", re.IGNORECASE)
_ON_THE_SERVER = {"dbus", "file", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"}


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("is not a number")
    if isinstance(value, str):
        value = value.strip().replace(",", "").removeprefix("$").removesuffix("%").strip()
    if value == "":
        raise ValueError("is empty: write a number, or switch this rule off")
    if isinstance(value, str | int | float | Decimal):
        return _finite(value)
    return value


def _finite(value: str | float | Decimal) -> Decimal:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("is not a number") from None
    if not found.is_finite():
        raise ValueError("is not a number")
    return found


def _between(least: Decimal, most: Decimal, unit: str) -> AfterValidator:
    def check(value: Decimal) -> Decimal:
        if not least <= value <= most:
            raise ValueError(f"must be from {least:,} to {most:,} {unit}")
        return value.quantize(Decimal("0.01"))

    return AfterValidator(check)


def _listed(value: object) -> object:
    """A text of a form is taken apart at commas, semicolons, spaces and lines."""
    if isinstance(value, str):
        return [each for each in re.split(r"[,;\s]+", value) if each]
    return value


def address(text: str) -> str:
    """A mail address that can stand in a header (ValueError if it is none)."""
    if len(text) > 254 or not _ADDRESS.fullmatch(text):
        raise ValueError(f"'{_shown(text)}' is not a mail address such as dana@example.com")
    return text


def _addresses(given: tuple[str, ...]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for each in given:
        kept.setdefault(address(each.strip()).lower(), each.strip())
    if len(kept) > MOST_RECIPIENTS:
        raise ValueError(f"are {len(kept)}; {MOST_RECIPIENTS} is the most")
    return tuple(kept.values())


def _apprise_urls(given: tuple[str, ...]) -> tuple[str, ...]:
    for each in given:
        # The address itself is a secret: it is not repeated.
        if len(each) > 2_000 or not each.isprintable() or not _SCHEME.fullmatch(each):
            raise ValueError("one is not an address such as slack://token@channel")
        if each.partition("://")[0].lower() in _ON_THE_SERVER:
            raise ValueError("one would write on the server itself, which is not allowed")
    if len(set(given)) > MOST_APPRISE_URLS:
        raise ValueError(f"are {len(set(given))}; {MOST_APPRISE_URLS} is the most")
    return tuple(dict.fromkeys(given))


def _plain(text: str) -> str:
    if not text.isprintable():
        raise ValueError("holds a character that cannot be shown")
    return text.strip()


Usd = Annotated[Decimal, BeforeValidator(_number)]
Listed = BeforeValidator(_listed)
Recipients = Annotated[tuple[str, ...], Listed, AfterValidator(_addresses)]


class AlertConfig(BaseModel):
    """When to say something, and to whom. None switches a rule off.

    The defaults are what counts before a person has saved anything: they show, and mail nobody.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold_amount: Annotated[Usd, _between(Decimal("0.01"), MOST_USD, "dollars")] | None = (
        Decimal(1200)
    )
    threshold_percentage: Annotated[Usd, _between(Decimal(1), MOST_PERCENT, "percent")] | None = (
        Decimal(1000)
    )
    minimum_increase_usd: Annotated[Usd, _between(Decimal(0), MOST_USD, "dollars")] = Decimal(20)
    email_notifications: bool = True
    dashboard_highlights: bool = True
    recipients: Recipients = ()
    apprise_urls: Annotated[tuple[str, ...], Listed, AfterValidator(_apprise_urls)] = ()
    job_name: Annotated[str, Field(max_length=300), AfterValidator(_plain)] = ""
    digest_hour: Annotated[int, Field(ge=0, le=23)] | None = None  # UTC; None: at once

    @model_validator(mode="after")
    def a_rule_must_be_on(self) -> "AlertConfig":
        """Refuse a configuration that mails about nothing."""
        tells = self.dashboard_highlights or self.email_notifications
        if tells and self.threshold_amount is None and self.threshold_percentage is None:
            raise ValueError("Both rules are off: set one, or switch mail and highlights off too")
        return self

    def covers(self, job_name: str, job_id: str) -> bool:
        """Whether a job is in the scope: part of its name in any case, or its whole id."""
        wanted = self.job_name
        return not wanted or wanted.lower() in job_name.lower() or wanted == job_id


def read_config(fields: Mapping[str, Any]) -> AlertConfig | tuple[Problem, ...]:
    """A configuration out of what a form or a script sent, or all that is wrong with it.

    A problem's `field` is the name of the field, or "rules" when they do not go together.
    """
    try:
        return AlertConfig.model_validate(fields)
    except ValidationError as error:
        found: dict[str, Problem] = {}
        for each in error.errors():
            field = str(each["loc"][0]) if each["loc"] else "rules"
            found.setdefault(field, Problem(field, _words(dict(each))))
        return tuple(found.values())


def _words(error: dict[str, Any]) -> str:
    limits = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(limits["error"])
    plain = {
        "extra_forbidden": "is not a part of the alert settings",
        "decimal_type": "is not a number",
        "bool_parsing": "is not true or false",
        "bool_type": "is not true or false",
        "int_parsing": "must be an hour from 0 to 23, or empty for at once",
        "int_type": "must be an hour from 0 to 23, or empty for at once",
        "int_from_float": "must be an hour from 0 to 23, or empty for at once",
        "greater_than_equal": "must be an hour from 0 to 23, or empty for at once",
        "less_than_equal": "must be an hour from 0 to 23, or empty for at once",
        "string_too_long": "is longer than {max_length} characters",
        "string_type": "is not a text",
        "tuple_type": "is not a list",
    }
    return plain.get(error["type"], str(error["msg"]).lower()).format(**limits)


def _shown(text: str) -> str:
    short = text if len(text) <= 40 else f"{text[:40]}…"
    return "".join(each if each.isprintable() else "?" for each in short)
