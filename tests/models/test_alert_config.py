from decimal import Decimal
from typing import Any

import pytest

from dbspend360.models.alert_config import MOST_RECIPIENTS, AlertConfig, read_config

FIFTY = [f"person{n}@example.com" for n in range(MOST_RECIPIENTS)]


def problem(**fields: Any) -> str:
    """What is wrong with the one field that is."""
    found = read_config(fields)
    assert isinstance(found, tuple)
    [each] = found
    assert each.field in (*fields, "rules")
    return each.problem


def config(**fields: Any) -> AlertConfig:
    found = read_config(fields)
    assert isinstance(found, AlertConfig)
    return found


def test_without_being_asked_it_shows_and_mails_nobody() -> None:
    default = config()
    assert default.dashboard_highlights
    assert default.recipients == default.apprise_urls == ()
    assert default.minimum_increase_usd == 20


@pytest.mark.parametrize("name", ["threshold_amount", "threshold_percentage"])
@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("-1", "must be from"),
        (0, "must be from"),
        ("1e99", "must be from"),
        ("nan", "is not a number"),
        ("sNaN", "is not a number"),
        (float("inf"), "is not a number"),
        ("ten", "is not a number"),
        (True, "is not a number"),
        ([1], "is not a number"),
        ("", "is empty: write a number, or switch this rule off"),
        (" ", "is empty: write a number, or switch this rule off"),
    ],
)
def test_a_threshold_that_makes_no_sense_is_told(name: str, value: object, words: str) -> None:
    assert problem(**{name: value}).startswith(words)


@pytest.mark.parametrize("value", ["1,250.50", "$1,250.50", " 1250.5 ", 1250.5, "1250.500"])
def test_an_amount_may_be_written_as_people_do(value: object) -> None:
    assert config(threshold_amount=value).threshold_amount == Decimal("1250.50")


def test_the_increase_may_be_nothing_but_not_less() -> None:
    assert config(minimum_increase_usd=0).minimum_increase_usd == 0
    assert "must be from 0" in problem(minimum_increase_usd=-1)
    assert "must be from 0" in problem(minimum_increase_usd=float("1e300"))


def test_a_rule_is_off_with_none_and_one_must_be_on() -> None:
    assert config(threshold_amount=None).threshold_amount is None
    assert problem(threshold_amount=None, threshold_percentage=None).startswith("Both rules")
    silent = {"email_notifications": False, "dashboard_highlights": False}
    assert config(threshold_amount=None, threshold_percentage=None, **silent)


def test_recipients_may_be_a_text_and_each_counts_once() -> None:
    text = "dana@example.com; amir@example.com,\n Dana@example.com"
    assert config(recipients=text).recipients == ("dana@example.com", "amir@example.com")


def test_fifty_recipients_are_enough() -> None:
    assert len(config(recipients=FIFTY).recipients) == MOST_RECIPIENTS
    many = [f"person{n}@example.com" for n in range(500)]
    assert problem(recipients=many) == "are 500; 50 is the most"


@pytest.mark.parametrize(
    "address",
    [
        "dana",
        "dana@",
        "@example.com",
        "dana@example..com",
        "Dana <dana@example.com>",
        "dana@example.com\r\nBcc: all@example.com",
        "dana@example.com\0",
        "dana@exa\nmple.com",
        "da na@example.com",
        "dana@-example.com",
        "a" * 250 + "@example.com",
        "däna@example.com",
    ],
)
def test_what_is_no_address_is_refused_and_shown_safely(address: str) -> None:
    words = problem(recipients=[address])
    assert "is not a mail address" in words
    assert words.isprintable()


@pytest.mark.parametrize("url", ["slack", "://x", "json://a b", "json://a\r\nX: y", "a" * 3000])
def test_what_is_no_apprise_address_is_refused_without_repeating_it(url: str) -> None:
    assert problem(apprise_urls=[url]) == "one is not an address such as slack://token@channel"


def test_an_apprise_address_must_not_write_on_the_server() -> None:
    assert "on the server itself" in problem(apprise_urls=["syslog://local"])
    assert "10 is the most" in problem(apprise_urls=[f"json://host/{n}" for n in range(11)])


@pytest.mark.parametrize("hour", [-1, 24, 7.5, "noon", [7]])
def test_the_hour_is_one_of_the_day(hour: object) -> None:
    assert problem(digest_hour=hour) == "must be an hour from 0 to 23, or empty for at once"


def test_a_scope_is_plain_text() -> None:
    assert config(job_name=" 売上 load ").job_name == "売上 load"
    assert "cannot be shown" in problem(job_name="x\ny")
    assert "longer than 300" in problem(job_name="x" * 301)


def test_what_is_no_part_of_it_is_told_by_name() -> None:
    assert problem(treshold=5) == "is not a part of the alert settings"
    assert problem(email_notifications="maybe") == "is not true or false"


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = read_config({"threshold_amount": -5, "recipients": "x", "digest_hour": 99})
    assert isinstance(found, tuple)
    assert {each.field for each in found} == {"threshold_amount", "recipients", "digest_hour"}


def test_it_survives_being_kept_as_json() -> None:
    full = config(recipients=FIFTY, threshold_amount="0.01", digest_hour=0, job_name="a")
    assert AlertConfig.model_validate_json(full.model_dump_json()) == full
