"""`POST /api/export/pdf`: the page's view as JSON, its report as an answer."""

import io
import json
from typing import Any, BinaryIO

import jsonschema_rs
import pytest
from api_driver import Api, Refusal, refusal_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from page_driver import MakePage, Page
from pypdf import PdfReader
from spend_records import record
from werkzeug.test import TestResponse

from dbspend360.api.parameters import ExportedView
from dbspend360.models.report import FileFormat
from dbspend360.services import exporting
from dbspend360.services.report import Report

PATH = "/api/export/pdf"
MARCH = {"start_date": "2026-03-01", "end_date": "2026-03-10"}


@pytest.fixture
def visitor(page: MakePage) -> Page:
    return page(record(), record(run="2", name="train_model", ec2="100"))


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> list[Report]:
    """Instead of being printed, reports are kept here."""
    kept: list[Report] = []

    def keep(report: Report, rows: Any, file: BinaryIO, _progress: Any) -> int:
        kept.append(report)
        file.write(b"%PDF-fake")
        return sum(map(len, rows))

    monkeypatch.setitem(exporting.WRITERS, FileFormat.PDF, keep)
    return kept


def asked(visitor: Page, body: Any, **headers: str) -> TestResponse:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return visitor.client.post(PATH, data=text, content_type="application/json", headers=named)


def refused(visitor: Page, body: Any, **headers: str) -> Refusal:
    return refusal_of(asked(visitor, body, **headers))


def test_a_view_as_json_is_answered_with_its_report(visitor: Page) -> None:
    response = asked(visitor, {**MARCH, "job_name": "train"})
    assert (response.status_code, response.content_type) == (200, "application/pdf")
    assert response.content_length == len(response.get_data())
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="job-spends_2026-03-01_2026-03-10_by-run.pdf"'
    )
    text = PdfReader(io.BytesIO(response.get_data())).pages[0].extract_text()
    assert "$104.00" in text


@pytest.mark.parametrize(
    ("body", "query"),
    [
        ({}, ""),
        ({"preset": "last_month"}, "preset=last_month"),
        ({"preset": None, "start_date": None, "sort": None}, ""),
        ({**MARCH, "group_by": "job", "sort": "-runs"}, "group_by=job&sort=-runs"),
        ({**MARCH, "where": ["total_cost.greaterThan.1", "run_id.contains.1"]}, ""),
        ({**MARCH, "job_id": "10", "workspace_id": "", "cluster_id": "c1"}, ""),
        ({**MARCH, "job_name": "a&b=c é 💸"}, ""),
        ({**MARCH, "alerts": "only", "group_by": "day"}, ""),
    ],
)
def test_the_view_is_the_one_of_the_link(
    visitor: Page, reports: list[Report], body: dict[str, Any], query: str
) -> None:
    assert asked(visitor, body).status_code == 200
    parts = {name: value for name, value in body.items() if value}
    link = visitor.client.get("/export/job-spends.pdf", query_string=parts)
    assert link.status_code == 200
    assert reports[0].view == reports[1].view


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"start_date": "2026-02-30"}, "start_date"),
        ({"start_date": "2026-03-02", "end_date": "2026-03-01"}, "start_date"),
        ({"preset": "last_eon"}, "preset"),
        ({"preset": "today", "start_date": "2026-03-01"}, "preset"),
        ({"group_by": "galaxy"}, "group_by"),
        ({"group_by": 1}, "group_by"),
        ({"sort": "'; DROP TABLE"}, "sort"),
        ({"where": "total_cost"}, "where"),
        ({"where": [["x"]]}, "where"),
        ({"where": {"a": "b"}}, "where"),
        ({"where": ["total_cost.greaterThan.1"] * 21}, "where"),
        ({"job_name": "x" * 301}, "job_name"),
        ({"job_name": "a\0b"}, "job_name"),
        ({"job_name": ["a"]}, "job_name"),
        ({"job_id": 123456789012345678}, "job_id"),
        ({"alerts": "all"}, "alerts"),
        ({"alerts": True}, "alerts"),
        ({"page": "1"}, "page"),
        ({"title": "x"}, "title"),
        ({"": "x"}, "query"),
        ({"x" * 1000: "x"}, "x" * 40 + "…"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(
    visitor: Page, reports: list[Report], body: dict[str, Any], field: str
) -> None:
    found = refused(visitor, body)
    assert (found.status, found.code) == (400, "bad_request")
    assert field in found.fields
    assert reports == []


@pytest.mark.parametrize(
    "body", ["", "[]", "null", '"x"', "{", b"\xff", "[" * 50_000, '{"job_name": "\\ud800"}']
)
def test_what_is_no_view_at_all_is_refused(visitor: Page, body: str | bytes) -> None:
    assert refused(visitor, body).status == 400


def test_only_json_from_our_own_pages_is_read(visitor: Page) -> None:
    assert refused(visitor, {}, Origin="https://evil.example").status == 403
    assert refused(visitor, {}, Sec_Fetch_Site="cross-site").status == 403
    assert refused(visitor, " " * 100_001).status == 413
    form = refusal_of(visitor.client.post(PATH, data={"preset": "today"}))
    assert (form.status, form.code) == (403, "csrf")  # what any page may send


def test_it_is_a_pdf_or_nothing(visitor: Page, reports: list[Report]) -> None:
    assert refused(visitor, MARCH, Accept="application/json").status == 406
    assert asked(visitor, MARCH, Accept="application/pdf").status_code == 200
    assert asked(visitor, MARCH, Accept="*/*").status_code == 200
    assert refusal_of(visitor.client.get(PATH)).status == 405
    assert refusal_of(visitor.client.post(f"{PATH}?preset=today", json={})).status == 400


def test_what_the_writer_refuses_has_the_envelope_of_errors(
    visitor: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_all: Any) -> int:
        raise OSError(28, "No space left on device")

    writers: Any = exporting.WRITERS
    monkeypatch.setitem(writers, FileFormat.PDF, full)
    assert (refused(visitor, MARCH).status, refused(visitor, MARCH).code) == (507, "no_room")


WORDS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=20),
    st.sampled_from(["today", "2026-03-01", "job", "-total_cost", "only", "runs.equals.1"]),
)
BODIES = st.dictionaries(
    st.one_of(st.sampled_from(list(ExportedView.model_fields)), st.text(max_size=8)),
    st.one_of(WORDS, st.lists(WORDS, max_size=3)),
    max_size=5,
)


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(body=BODIES)
def test_whatever_is_sent_is_answered_as_described(
    visitor: Page, reports: list[Report], body: dict[str, Any]
) -> None:
    response = asked(visitor, body)
    if response.status_code == 200:
        described = ExportedView.model_json_schema()
        sent = {name: value for name, value in body.items() if value is not None}
        if not isinstance(sent.get("where"), str):  # one alone is taken for a list
            jsonschema_rs.Draft202012Validator(described).validate(sent)
    else:
        assert refusal_of(response).status == 400


def test_the_description_says_what_is_read_and_answered(shared_api: Api) -> None:
    document = shared_api.client.get("/api/openapi.json").get_json()
    operation = document["paths"][PATH]["post"]
    assert list(operation["responses"]["200"]["content"]) == ["application/pdf"]
    assert {"400", "403", "406", "413", "415", "500", "503", "507"} <= set(operation["responses"])
    schema = document["components"]["schemas"]["ExportedView"]
    assert list(schema["properties"]) == list(ExportedView.model_fields)
