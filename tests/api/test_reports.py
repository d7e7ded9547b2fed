"""Schedules and deliveries as a script sees them, and what is refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from api_driver import Api, Json, exact, refusal_of
from mail_server import MailServer, mail_server
from page_driver import app_of
from processes import wait_for
from report_app import ReportApp
from spend_records import publish, record
from werkzeug.test import TestResponse

from dbspend360.api.alerts import SCRIPT
from dbspend360.services.report_rows import SCHEDULE
from dbspend360.store.places import make_store

SCHEDULES, DELIVERIES = "/api/reports/schedule", "/api/reports/deliveries"
PLAN: dict[str, Any] = {"name": "Costs", "recipients": ["dana@example.com"], "kind": "csv"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path / "data", record(str(datetime.now(UTC).date() - timedelta(days=1))))
    return tmp_path / "data"


@pytest.fixture
def api(folder: Path) -> Api:
    return Api(app_of(folder))


def post(api: Api, path: str = SCHEDULES, **body: Any) -> TestResponse:
    return api.client.post(path, json=body)


def saved(api: Api, **fields: Any) -> Json:
    response = post(api, **PLAN | fields)
    assert response.status_code == 200, response.get_data(as_text=True)
    return exact(response)["data"]["schedule"]


# Schedules


def test_what_is_saved_is_listed(api: Api) -> None:
    assert api.data(SCHEDULES) == {"schedules": [], "unreadable": []}
    made = saved(api, every="weekly", weekday="friday", zone="Europe/Berlin", minute=30)
    assert made["words"] == "every Friday at 08:30 Europe/Berlin"
    assert datetime.fromisoformat(made["next_at"]) > datetime.now(UTC)
    assert api.data(SCHEDULES)["schedules"] == [made]


def test_it_is_changed_by_whoever_read_it(api: Api) -> None:
    made = saved(api)
    seen = {"schedule_id": made["schedule_id"], "updated_at": made["updated_at"]}
    changed = saved(api, **seen, is_paused=True)
    assert (changed["is_paused"], changed["next_at"]) == (True, None)
    assert changed["schedule_id"] == made["schedule_id"]
    late = refusal_of(post(api, **PLAN, **seen))
    assert (late.status, late.code) == (409, "conflict")
    blind = refusal_of(post(api, **PLAN, schedule_id=made["schedule_id"]))
    assert (blind.status, blind.fields) == (400, ("updated_at",))


def test_it_is_deleted_by_its_id(api: Api) -> None:
    made = saved(api)
    address = f"{SCHEDULES}?schedule_id={made['schedule_id']}"
    assert exact(api.client.delete(address))["data"] == {"schedule_id": made["schedule_id"]}
    assert api.data(SCHEDULES)["schedules"] == []
    assert refusal_of(api.client.delete(address)).status == 404


def test_one_that_cannot_be_read_is_listed_apart(api: Api, folder: Path) -> None:
    store = make_store("", folder)
    store.prepare()
    store.put("", f"{SCHEDULE}odd", "{", seen=None)
    [odd] = api.data(SCHEDULES)["unreadable"]
    assert odd["problem"].startswith("This schedule cannot be read.")
    assert api.client.delete(f"{SCHEDULES}?schedule_id={odd['schedule_id']}").status_code == 200


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"month_day": 32}, ("month_day",)),
        ({"month_day": 0}, ("month_day",)),
        ({"zone": "Mars/Phobos"}, ("zone",)),
        ({"hour": 24, "minute": 60}, ("hour", "minute")),
        ({"recipients": [f"p{n}@example.com" for n in range(500)]}, ("recipients",)),
        ({"recipients": ["a@example.com\r\nBcc: b@example.com"]}, ("recipients",)),
        ({"recipients": []}, ("recipients",)),
        ({"recipients": None}, ("recipients",)),
        ({"query": "group_by=x"}, ("query",)),
        ({"name": "x\r\nBcc: b@example.com" * 9}, ("name",)),
        ({"name": None}, ("name",)),
        ({"message": "\u0000"}, ("message",)),
        ({"kind": "exe"}, ("kind",)),
        ({"updated_at": "yesterday"}, ("updated_at",)),
        ({"schedule_id": 5}, ("schedule_id",)),
        ({"when": "now"}, ("when",)),
    ],
)
def test_all_that_makes_no_sense_is_told_by_its_name(
    api: Api, fields: dict[str, Any], names: tuple[str, ...]
) -> None:
    refused = refusal_of(post(api, **PLAN | fields))
    assert (refused.status, refused.code, refused.fields) == (400, "bad_request", names)
    assert api.data(SCHEDULES)["schedules"] == []


@pytest.mark.parametrize("id_", ["nothere", "..", "%00", "x" * 39, "é"])
def test_an_id_that_is_none_finds_nothing(api: Api, id_: str) -> None:
    assert api.client.delete(f"{SCHEDULES}?schedule_id={id_}").status_code in (400, 404)
    changed = {"schedule_id": id_, "updated_at": "2026-03-01T00:00:00Z"}
    assert refusal_of(post(api, **PLAN, **changed)).status == 404
    assert refusal_of(post(api, DELIVERIES, schedule_id=id_)).status == 404
    assert not api.client.get(f"/reports/files/{id_}").headers.get("Content-Disposition")


def test_a_foreign_page_changes_nothing(api: Api) -> None:
    made = saved(api)
    elsewhere = {"Origin": "https://evil.example"}
    address = f"{SCHEDULES}?schedule_id={made['schedule_id']}"
    for response in (
        api.client.delete(address, headers=elsewhere),
        api.client.post(SCHEDULES, json=PLAN, headers=elsewhere),
        api.client.post(DELIVERIES, json={"schedule_id": "x"}, headers=elsewhere),
    ):
        assert refusal_of(response).status == 403
    assert len(api.data(SCHEDULES)["schedules"]) == 1


def test_what_the_settings_forbid_is_refused_by_name(folder: Path) -> None:
    api = Api(app_of(folder, mail_domains="example.org"))
    refused = refusal_of(post(api, **PLAN))
    assert (refused.status, refused.code) == (403, "not_allowed")
    assert refused.fields == ("recipients",)
    assert "dana@example.com" in refused.message
    nobody = refusal_of(post(Api(app_of(folder, mail_reports="nobody")), **PLAN))
    assert nobody.code == "not_allowed"


# Deliveries


@pytest.fixture
def server(tmp_path: Path) -> Any:
    with mail_server(tmp_path / "mail") as running:
        yield running


def test_send_now_is_in_the_history_with_its_file(folder: Path, server: MailServer) -> None:
    api = Api(app_of(folder, **server.settings()))
    made = saved(api, query="preset=yesterday&group_by=job")
    asked = exact(post(api, DELIVERIES, schedule_id=made["schedule_id"]))["data"]["delivery"]
    assert asked["schedule_id"] == made["schedule_id"]
    wait_for(lambda: api.data(DELIVERIES)["deliveries"][0]["stage"] == "sent")
    [found] = api.data(DELIVERIES)["deliveries"]
    assert (found["delivery_id"], found["is_kept"]) == (asked["delivery_id"], True)
    app = ReportApp(folder, server, datetime.now(UTC) + timedelta(hours=1))
    assert app.reports.run() == []
    assert app.only.order.who == SCRIPT
    assert len(server.mailbox.mails) == 1
    file = api.client.get(f"/reports/files/{found['delivery_id']}")
    assert file.headers["Content-Disposition"] == f"attachment; filename={found['file_name']}"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert len(file.get_data()) == found["file_bytes"]
    file.close()


def test_a_file_that_is_gone_is_a_sentence(folder: Path, server: MailServer) -> None:
    api = Api(app_of(folder))
    answer = api.client.get("/reports/files/mail-1")
    assert (answer.status_code, answer.get_data(as_text=True)) == (
        404,
        "There is no such delivery.\n",
    )
