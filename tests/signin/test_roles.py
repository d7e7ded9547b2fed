"""What each role may do, by every door, and that nobody sees what is another's."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from background_driver import Background, question
from flask import Flask, request
from flask.testing import FlaskClient
from page_driver import Page, app_of
from pypdf import PdfReader
from spend_records import publish, record

from dbspend360.models.person import RIGHTS, Deed, Person, Role
from dbspend360.services.audit_reading import Wanted, entries
from dbspend360.signin.routes import NEEDED
from dbspend360.store.places import make_store

ROLES = [None, *Role]
RULES = {"threshold_amount": 77, "updated_at": None}
SCHEDULE = {"name": "Daily", "recipients": ["dana@example.com"], "kind": "csv"}
SOME = "0123456789abcdef"
INCIDENT = f"/api/alerts/incidents/{SOME}0123"


def whoever_says() -> Person | None:
    """A test's way to sign in: two headers."""
    name, role = request.headers.get("X-Who", ""), request.headers.get("X-Role", "")
    return Person(name, Role(role) if role else None) if name else None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path / "data", record(), record("2026-03-18", "dear", ec2="9000"))
    return tmp_path / "data"


@pytest.fixture
def server(folder: Path) -> Flask:
    return app_of(folder, ways=[whoever_says], smtp_url="smtp://127.0.0.1:9", mail_from="a@b.co")


def headers(role: Role | None, who: str = "pat") -> dict[str, str]:
    return {"X-Who": who, "X-Role": role or ""}


class As(FlaskClient):
    """Asks as somebody, whatever it asks."""

    said: dict[str, str]

    def open(self, *args: Any, **more: Any) -> Any:
        given = dict(more.pop("headers", None) or {})
        return super().open(*args, headers=self.said | given, **more)


def visitor(server: Flask, role: Role | None, who: str = "pat") -> As:
    server.test_client_class = As
    client = server.test_client(use_cookies=False)
    assert isinstance(client, As)
    client.said = headers(role, who)
    return client


def kept(folder: Path) -> list[tuple[str, str]]:
    found = make_store("", folder)
    found.prepare()
    return [(each.user_id, each.key) for each in found.with_key("")]


@pytest.mark.parametrize("role", ROLES)
def test_every_address_goes_by_the_role(server: Flask, role: Role | None) -> None:
    client = visitor(server, role)
    allowed = RIGHTS[role] if role else frozenset()
    for rule in server.url_map.iter_rules():
        deed = NEEDED.get(rule.rule)
        if deed is None or "GET" not in (rule.methods or ()):
            continue
        with client.get(re.sub("<[^>]*>", "x", rule.rule)) as answer:
            assert (answer.status_code == 403) == (deed not in allowed), rule.rule


Deeds = dict[str, tuple[Deed, Callable[[FlaskClient], int]]]

DEEDS: Deeds = {
    "rules": (Deed.CHANGE, lambda it: it.put("/api/alerts/config", json=RULES).status_code),
    "incident": (
        Deed.CHANGE,
        lambda it: (
            it.post(f"/api/alerts/incidents/{SOME}0123", json={"action": "resolve"}).status_code
        ),
    ),
    "schedule": (
        Deed.CHANGE,
        lambda it: it.post("/api/reports/schedule", json=SCHEDULE).status_code,
    ),
    "delete": (
        Deed.CHANGE,
        lambda it: it.delete("/api/reports/schedule?schedule_id=x").status_code,
    ),
    "mail": (
        Deed.MAIL,
        lambda it: (
            it.post(
                "/api/reports/deliveries",
                json={"schedule_id": SOME},
            ).status_code
        ),
    ),
    "pdf": (Deed.READ, lambda it: it.post("/api/export/pdf", json={}).status_code),
    "csv": (Deed.READ, lambda it: it.get("/export/job-spends.csv").status_code),
    "xlsx": (Deed.READ, lambda it: it.get("/export/job-spends.xlsx").status_code),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("what", DEEDS)
def test_every_deed_of_the_api_goes_by_the_role(
    server: Flask, folder: Path, role: Role | None, what: str
) -> None:
    deed, do = DEEDS[what]
    before = kept(folder)
    status = do(visitor(server, role))
    allowed = RIGHTS[role] if role else frozenset()
    assert (status == 403) == (deed not in allowed), status
    if status == 403:
        assert kept(folder) == before


def callback(server: Flask, root: str, source: str, role: Role, value: Any) -> str:
    page = Page(server, root)
    page.client = visitor(server, role)
    return page.post(source, value).get_data(as_text=True)


@pytest.mark.parametrize(
    ("root", "source", "value"),
    [
        ("/alerts/", "inbox-question.data", {"deed": {"what": "resolve", "id": "x"}}),
        ("/reports/", "reports-question.data", {"deed": {"what": "pause", "id": SOME}}),
        ("/", "view-question.data", {"query": "?preset=today", "save": "Mine", "over": False}),
    ],
)
def test_a_viewer_is_told_by_the_page_too(
    server: Flask, folder: Path, root: str, source: str, value: Any
) -> None:
    server.test_client_class = As
    As.said = headers(Role.VIEWER)
    before = kept(folder)
    assert "As viewer you may not change anything here" in callback(
        server, root, source, Role.VIEWER, value
    )
    assert kept(folder) == before
    said = callback(server, root, source, Role.EDITOR, value)
    assert "you may not" not in said


def test_what_is_not_allowed_is_not_offered(server: Flask) -> None:
    for role in Role:
        html = visitor(server, role).get("/alerts").get_data(as_text=True)
        rights = " ".join(sorted(RIGHTS[role]))
        assert f'data-rights="{rights}"' in html
        assert 'data-page="alerts"' in html


def test_everything_is_noted_with_who_and_what_became_of_it(server: Flask, folder: Path) -> None:
    visitor(server, Role.EDITOR, "dana").put("/api/alerts/config", json=RULES)
    visitor(server, Role.VIEWER, "vic").put("/api/alerts/config", json=RULES)
    visitor(server, Role.VIEWER, "vic").get("/export/job-spends.csv?preset=today").close()
    found = list(entries(folder / "audit", Wanted()))
    assert [(each["who"], each["what"], each["outcome"]) for each in found] == [
        ("vic", "export.csv", "done"),
        ("vic", "alerts.save", "refused"),
        ("dana", "alerts.save", "done"),
    ]
    assert found[0]["about"]["query"] == "preset=today"
    assert found[0]["address"] == "127.0.0.1"
    assert found[0]["request_id"]


# Nobody sees another's


@pytest.fixture
def two(server: Flask) -> tuple[As, As]:
    return visitor(server, Role.EDITOR, "ann"), visitor(server, Role.EDITOR, "bob")


def test_two_people_see_the_same_spend_and_their_own_settings(two: tuple[As, As]) -> None:
    ann, bob = two
    assert ann.put("/api/alerts/config", json=RULES).status_code == 200
    assert ann.post("/api/reports/schedule", json=SCHEDULE).status_code == 200
    for address in ("/api/alerts", "/api/alerts/config", "/api/reports/schedule"):
        mine, theirs = (it.get(address).get_json()["data"] for it in two)
        assert "77" not in json.dumps(theirs.get("threshold_amount", ""))
        assert "Daily" not in json.dumps(theirs), address
        assert address == "/api/alerts" or mine != theirs
    assert ann.get("/api/summary").get_json()["data"] == bob.get("/api/summary").get_json()["data"]
    [schedule] = ann.get("/api/reports/schedule").get_json()["data"]["schedules"]
    gone = bob.delete(f"/api/reports/schedule?schedule_id={schedule['schedule_id']}")
    assert gone.status_code == 404


def test_highlights_are_everybodys_own(two: tuple[As, As]) -> None:
    ann, bob = two
    for it, amount in ((ann, 5), (bob, 1_000_000)):
        body = {"threshold_amount": amount, "threshold_percentage": None, "updated_at": None}
        assert it.put("/api/alerts/config", json=body).status_code == 200
    marked = []
    for it in (ann, bob, ann):
        query = "/export/job-spends.csv?alerts=only&start_date=2026-03-01&end_date=2026-03-20"
        with it.get(query) as answer:
            marked.append(len(answer.get_data(as_text=True).splitlines()))
    assert marked[0] > marked[1]
    assert marked[0] == marked[2]


def test_alerts_in_a_report_are_everybodys_own(two: tuple[As, As]) -> None:
    ann, bob = two
    for it, amount in ((ann, 5), (bob, 1_000_000)):
        body = {"threshold_amount": amount, "threshold_percentage": None, "updated_at": None}
        assert it.put("/api/alerts/config", json=body).status_code == 200
    view = {"start_date": "2026-03-01", "end_date": "2026-03-20"}
    texts = []
    for it in (ann, bob, ann):
        with it.post("/api/export/pdf", json=view) as answer:
            pages = PdfReader(io.BytesIO(answer.get_data())).pages
        texts.append("".join(page.extract_text() for page in pages))
    assert ["the dearest first" in each for each in texts] == [True, False, True]
    assert ["No alerts" in each for each in texts] == [False, True, False]


def test_two_who_ask_the_same_get_a_job_each(server: Flask) -> None:
    jobs = []
    for who in ("ann", "bob"):
        page = Page.__new__(Page)
        page.client, page.root = visitor(server, Role.VIEWER, who), "/"
        jobs.append(Background(page, question()))
    assert jobs[0].handle["cacheKey"] != jobs[1].handle["cacheKey"]
    for job in jobs:
        assert "href" in job.followed()


def test_a_large_file_is_made_for_whoever_ordered_it_and_for_nobody_else(
    server: Flask, folder: Path
) -> None:
    ann, bob = (visitor(server, Role.VIEWER, who) for who in ("ann", "bob"))
    page = Page.__new__(Page)
    page.client, page.root = ann, "/"
    answer = Background(page, question()).followed()
    assert "href" in answer, answer
    assert bob.get(answer["href"]).status_code == 404
    with ann.get(answer["href"]) as file:
        assert file.status_code == 200
    noted = next(entries(folder / "audit", Wanted(what="export.xlsx")))
    assert (noted["who"], noted["outcome"]) == ("ann", "done")
