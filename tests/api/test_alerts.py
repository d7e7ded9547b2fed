"""The alerts as a script sees them: settings, inbox, and what is refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from api_driver import Api, Json, Refusal, exact, refusal_of
from page_driver import app_of
from spend_records import TODAY, publish, record
from werkzeug.test import TestResponse

from dbspend360.api.alerts import SCRIPT
from dbspend360.models.alert_config import UNTIL_SAVED
from dbspend360.services.alert_rows import CONFIG, UNREADABLE
from dbspend360.services.run_due import RunDue
from dbspend360.settings import Settings
from dbspend360.store.places import make_store
from dbspend360.warehouse.source import make_source

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
SOON = datetime.now(UTC).date() + timedelta(days=40)
SETTINGS = "/api/alerts/config"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A job that had a run of $5,004."""
    publish(tmp_path / "data", record("2026-03-18", "dear", ec2="5000"))
    return tmp_path / "data"


@pytest.fixture
def api(folder: Path) -> Api:
    return Api(app_of(folder))


@pytest.fixture
def incident(api: Api, folder: Path) -> Json:
    """As the check has just opened it."""
    settings = Settings(data_dir=folder, cache_seconds=0)
    source = make_source(settings)
    RunDue(settings, source, now=lambda: NOW).run()
    source.close()
    [found] = api.data("/api/alerts")["incidents"]
    return found


def put(api: Api, body: Any, **headers: str) -> TestResponse:
    return api.client.put(SETTINGS, json=body, headers=headers)


def act(api: Api, incident: Json, **body: Any) -> TestResponse:
    return api.client.post(f"/api/alerts/incidents/{incident['incident_id']}", json=body)


# Settings


def test_before_anything_is_saved_the_defaults_are_told(api: Api) -> None:
    found = api.data(SETTINGS)
    for name in ("threshold_amount", "threshold_percentage", "minimum_increase_usd"):
        assert found[name] == getattr(UNTIL_SAVED, name)
    assert (found["updated_at"], found["problem"]) == (None, None)


def test_what_is_saved_is_read_again(api: Api) -> None:
    wanted = {
        "threshold_amount": 250.10,
        "threshold_percentage": None,
        "minimum_increase_usd": "5",
        "recipients": ["dana@example.com"],
        "job_name": "nightly",
        "digest_hour": 7.0,
    }
    saved = exact(put(api, wanted | {"updated_at": None}))["data"]
    assert saved == api.data(SETTINGS)
    assert str(saved["threshold_amount"]) == "250.100000"
    assert (saved["threshold_percentage"], saved["digest_hour"]) == (None, 7)
    again = put(api, wanted | {"updated_at": saved["updated_at"], "digest_hour": None})
    assert exact(again)["data"]["digest_hour"] is None


def test_whoever_read_it_before_it_was_changed_changes_nothing(api: Api) -> None:
    first = put(api, {"updated_at": None}).get_json()["data"]["updated_at"]
    put(api, {"updated_at": first, "job_name": "mine"})
    for seen in (first, None):
        refused = refusal_of(put(api, {"updated_at": seen, "job_name": "yours"}))
        assert (refused.status, refused.code) == (409, "conflict")
    assert api.data(SETTINGS)["job_name"] == "mine"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"threshold_amount": -1}, ("threshold_amount",)),
        ({"threshold_amount": "NaN"}, ("threshold_amount",)),
        ({"threshold_percentage": ""}, ("threshold_percentage",)),
        ({"threshold_amount": 10**400}, ("threshold_amount",)),
        ({"minimum_increase_usd": None}, ("minimum_increase_usd",)),
        ({"recipients": [f"p{n}@example.com" for n in range(500)]}, ("recipients",)),
        ({"recipients": ["a@example.com\r\nBcc: b@example.com"]}, ("recipients",)),
        ({"recipients": 5, "digest_hour": 24}, ("recipients", "digest_hour")),
        ({"treshold": 1}, ("treshold",)),
        ({"threshold_amount": None, "threshold_percentage": None}, ("rules",)),
        ({"updated_at": "yesterday"}, ("updated_at",)),
        ({"updated_at": "1700000000"}, ("updated_at",)),
        ({"recipients": "dana@example.com"}, ("recipients",)),
        ({"dashboard_highlights": 1, "digest_hour": "7"}, ("dashboard_highlights", "digest_hour")),
        ([], ("body",)),
    ],
)
def test_all_that_makes_no_sense_is_told_by_its_name(
    api: Api, body: Any, fields: tuple[str, ...]
) -> None:
    refused = refusal_of(put(api, body))
    assert (refused.status, refused.fields) == (400, fields)
    assert api.data(SETTINGS)["updated_at"] is None


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 50_000, b'{"threshold_amount": NaN}', b"9" * 5_000],
    ids=["nothing", "half", "bytes", "deep", "NaN", "digits"],
)
def test_what_is_no_json_is_refused(api: Api, body: bytes) -> None:
    response = api.client.put(SETTINGS, data=body, content_type="application/json")
    assert refusal_of(response).status == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_read(api: Api, kind: str) -> None:
    response = api.client.put(SETTINGS, data=b"{}", content_type=kind)
    assert refusal_of(response).code == "unsupported_media_type"


def test_a_large_body_is_not_read(api: Api) -> None:
    refused = refusal_of(put(api, {"job_name": "x" * 100_000}))
    assert (refused.status, refused.code) == (413, "too_large")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 403),  # without a token
        ({}, 200),
    ],
)
def test_a_foreign_page_changes_nothing(api: Api, headers: dict[str, str], status: int) -> None:
    assert put(api, {"updated_at": None}, **headers).status_code == status
    assert (api.data(SETTINGS)["updated_at"] is None) is (status == 403)


def test_settings_that_cannot_be_read_are_told_and_can_be_saved_again(
    api: Api, folder: Path
) -> None:
    store = make_store("", folder)
    store.prepare()
    store.put("", CONFIG, '{"threshold_amount": "-5"}', seen=None)
    store.close()
    found = api.data(SETTINGS)
    assert found["problem"] == UNREADABLE
    assert put(api, found | {"threshold_amount": 5}).status_code == 200
    assert api.data(SETTINGS)["problem"] is None


# The inbox


def test_an_empty_inbox_is_empty(api: Api) -> None:
    assert api.data("/api/alerts") == {"open_count": 0, "incidents": []}


def test_the_inbox_says_what_and_why(api: Api, incident: Json) -> None:
    assert (incident["rule"], incident["state"], incident["alert_count"]) == ("amount", "open", 1)
    [alert] = incident["alerts"]
    assert alert["subject"] == "A run cost $5,004.00"
    assert alert["reason"].startswith("at or above $5,000.00")
    assert str(alert["excess_usd"]) == "4.000000"
    assert api.data("/api/alerts")["open_count"] == 1


@pytest.mark.parametrize(
    ("body", "state", "words"),
    [
        ({"action": "acknowledge"}, "acknowledged", "Acknowledged"),
        ({"action": "expected"}, "expected", "Called expected"),
        ({"action": "resolve"}, "resolved", "Resolved"),
        (
            {"action": "snooze", "until": f"{SOON:%Y-%m-%d}T08:00:00+01:00"},
            "snoozed",
            f"Snoozed until {SOON:%Y-%m-%d} 07:00 UTC",
        ),
    ],
)
def test_what_a_script_does_is_done_and_noted(
    api: Api, incident: Json, body: Json, state: str, words: str
) -> None:
    changed = exact(act(api, incident, **body))["data"]["incident"]
    assert changed["state"] == state
    assert (changed["history"][-1]["who"], changed["history"][-1]["what"]) == (SCRIPT, words)
    assert exact(act(api, incident, action="reopen"))["data"]["incident"]["state"] == "open"


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        ({"action": "snooze"}, 400, ("until",)),
        ({"action": "snooze", "until": "2126-03-21T08:00:00"}, 400, ("until",)),
        ({"action": "snooze", "until": "9999-12-31T23:59:59-12:00"}, 409, ()),
        ({"action": "snooze", "until": "0001-01-01T00:00:00+12:00"}, 409, ()),
        ({"action": "snooze", "until": "2020-03-21T08:00:00Z"}, 409, ()),
        ({"action": "reopen"}, 409, ()),
        ({"action": "delete"}, 400, ("action",)),
        ({"action": "snooze", "until": 1900000000}, 400, ("until",)),
        ({"action": "snooze", "until": "2126-02-30T08:00:00Z"}, 400, ("until",)),
        ({}, 400, ("action",)),
        ({"action": "resolve", "who": "root"}, 400, ("who",)),
    ],
)
def test_what_does_not_go_is_refused(
    api: Api, incident: Json, body: Json, status: int, fields: tuple[str, ...]
) -> None:
    refused = refusal_of(act(api, incident, **body))
    assert (refused.status, refused.fields) == (status, fields)


def test_an_incident_that_is_not_there_is_not_found(api: Api) -> None:
    refused = refusal_of(act(api, {"incident_id": "0" * 20}, action="resolve"))
    assert (refused.status, refused.code) == (404, "not_found")
    odd = refusal_of(act(api, {"incident_id": "..%2F"}, action="resolve"))
    assert odd.status in (400, 404)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/alerts", {"GET", "HEAD"}),
        (SETTINGS, {"GET", "HEAD", "PUT"}),
        (f"/api/alerts/incidents/{'0' * 20}", {"POST"}),
    ],
)
def test_another_method_is_refused_with_those_that_do(
    api: Api, path: str, allowed: set[str]
) -> None:
    response = api.client.delete(path)
    assert refusal_of(response) == Refusal(
        405, "method_not_allowed", "This address does not take this method.", ()
    )
    assert set(response.headers["Allow"].split(", ")) == allowed


def test_without_its_store_the_inbox_says_so(folder: Path) -> None:
    (folder / "state.sqlite").mkdir()
    refused = Api(app_of(folder)).refusal("/api/alerts")
    assert (refused.status, refused.code) == (503, "settings_unavailable")
