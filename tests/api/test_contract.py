"""The shapes that scripts rely on: envelope, errors, paging, validators, formats."""

import gzip
import json
import zlib
from datetime import UTC, datetime
from typing import Any

import brotli
import pytest
from api_driver import Api, Refusal, exact
from backports import zstd
from page_driver import MakePage, app_of
from spend_records import record

MARCH = "start_date=2026-03-01&end_date=2026-03-10"
VIEWS = [
    "/api/job-spends",
    "/api/job-spends/summary",
    "/api/summary",
    "/api/job-spends/trend",
    "/api/job-spends/top",
    "/api/job-spends/changes",
]
EVERY_ADDRESS = [
    *VIEWS,
    "/api/job-spends/forecast",
    "/api/filters/presets",
    "/api/job/10/breakdown?run_id=1",
]


@pytest.fixture
def api(page: MakePage) -> Api:
    """Three runs of one job."""
    visitor = page(*(record(run=str(n), ec2=str(n)) for n in (1, 2, 3)))
    return Api(visitor.client.application)


# The envelope


@pytest.mark.parametrize("path", EVERY_ADDRESS)
def test_every_answer_has_the_envelope(api: Api, path: str) -> None:
    answer = exact(api.get(path))
    assert list(answer) == ["success", "data", "meta"]
    assert answer["success"] is True
    meta = answer["meta"]
    assert set(meta) == {"filters_applied", "stale", "cache_hit", "query_time_ms", "as_of"}
    assert (meta["stale"], meta["cache_hit"]) == (False, False)
    assert meta["query_time_ms"] >= 0
    age = datetime.now(UTC) - datetime.fromisoformat(meta["as_of"])
    assert -1 < age.total_seconds() < 60


def test_the_filters_are_said_in_the_words_of_the_parameters(api: Api) -> None:
    query = f"{MARCH}&job_name=load&group_by=job&sort=-runs&where=runs.greaterThan.1"
    meta = api.whole("/api/job-spends", query)["meta"]
    assert meta["filters_applied"] == {
        "start_date": "2026-03-01",
        "end_date": "2026-03-10",
        "job_name": "load",
        "group_by": "job",
        "sort": "-runs",
        "where": ["runs.greaterThan.1"],
    }


def test_the_default_view_is_the_last_thirty_days(api: Api) -> None:
    applied = api.whole("/api/summary")["meta"]["filters_applied"]
    assert applied == {
        "start_date": "2026-01-31",
        "end_date": "2026-03-01",
        "preset": "last_30_days",
    }


def test_a_remembered_answer_says_so_and_since_when(page: MakePage) -> None:
    api = Api(page(record(), cache_seconds=60).client.application)
    first, second = (api.whole("/api/summary")["meta"] for _ in range(2))
    assert (first["cache_hit"], second["cache_hit"]) == (False, True)
    assert second["as_of"] == first["as_of"]


def test_nothing_found_is_empty_and_adds_up_to_nothing(api: Api) -> None:
    data = api.data("/api/job-spends", f"{MARCH}&job_name=nothing")
    assert data["job_spends"] == []
    assert data["pagination"] == {"page": 1, "per_page": 50, "total": 0, "pages": 0}
    assert data["totals"]["total_cost"] == 0
    summary = api.data("/api/summary", f"{MARCH}&job_name=nothing")
    assert (summary["total_spend"], summary["avg_cost"], summary["highest_run"]) == (0, None, None)


def test_unknown_is_null_and_a_correction_is_below_zero(page: MakePage) -> None:
    api = Api(page(record(ec2=None, databricks="-4")).client.application)
    [row] = api.data("/api/job-spends", MARCH)["job_spends"]
    assert (row["ec2_cost"], row["databricks_cost"], row["total_cost"]) == (None, -4, -4)
    assert api.data("/api/summary", MARCH)["ec2_cost"] is None


def test_other_alphabets_arrive_whole(page: MakePage) -> None:
    api = Api(page(record(name='売上 été 💸 "x"')).client.application)
    [row] = api.data("/api/job-spends", f"{MARCH}&job_name=%E5%A3%B2")["job_spends"]
    assert row["job_name"] == '売上 été 💸 "x"'


# Pages


def test_pages_put_together_are_all_rows_once(api: Api) -> None:
    pages = [api.data("/api/job-spends", f"{MARCH}&per_page=2&page={page}") for page in (1, 2)]
    runs = [row["run_id"] for page in pages for row in page["job_spends"]]
    assert runs == ["3", "2", "1"]
    assert pages[1]["pagination"] == {"page": 2, "per_page": 2, "total": 3, "pages": 2}


def test_a_page_past_the_end_is_not_found(api: Api) -> None:
    refusal = api.refusal("/api/job-spends", f"{MARCH}&per_page=2&page=3")
    assert (refusal.status, refusal.code) == (404, "not_found")
    assert refusal.message == "There is no page 3: there are 2 of 2 rows each."


# Errors


def test_a_run_that_is_not_there_is_not_found(api: Api) -> None:
    assert api.refusal("/api/job/10/breakdown", "run_id=99").status == 404
    assert api.refusal("/api/job/11/breakdown", "run_id=1").status == 404
    assert api.refusal("/api/job/10/breakdown", "run_id=1&workspace_id=7").status == 404
    assert api.refusal("/api/job/10/breakdown") == Refusal(
        400, "bad_request", "run_id: is needed.", ("run_id",)
    )


def test_without_a_workspace_the_newest_run_is_taken(page: MakePage) -> None:
    records = [record("2026-03-01", workspace="7"), record("2026-03-02", workspace="8")]
    api = Api(page(*records).client.application)
    newest = api.data("/api/job/10/breakdown", "run_id=1")
    assert newest["run"]["workspace_id"] == "8"
    assert len(newest["records"]) == 1
    older = api.data("/api/job/10/breakdown", "run_id=1&workspace_id=7")
    assert older["run"]["workspace_id"] == "7"


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/nothing", "/api//summary", "/api/summary/"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_that_is_not_there_is_json(api: Api, path: str, method: str) -> None:
    refusal = api.refusal(path, method=method)
    assert (refusal.status, refusal.code) == (404, "not_found")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", [*EVERY_ADDRESS, "/api/docs", "/api/openapi.json"])
def test_another_method_is_refused_with_those_that_do(api: Api, path: str, method: str) -> None:
    response = api.client.open(path, method=method)
    assert response.status_code == 405
    assert response.get_json()["error"]["code"] == "method_not_allowed"
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_the_page_keeps_its_own_errors(api: Api) -> None:
    assert api.client.get("/apiary").content_type.startswith("text/html")
    assert api.client.post("/").content_type.startswith("text/html")


def test_a_mistake_of_ours_is_a_sentence_and_the_log_has_the_rest(
    tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    server = app_of(tmp_path / "data")

    def broken() -> str:
        raise RuntimeError("SELECT secret FROM spends")

    server.view_functions["api.listPresets"] = broken
    response = server.test_client().get("/api/filters/presets")
    assert response.status_code == 500
    assert response.get_json()["error"] == {
        "code": "internal_error",
        "message": "Something went wrong on the server. The log says what.",
        "details": [],
    }
    assert "secret" not in response.get_data(as_text=True)
    assert "RuntimeError: SELECT secret FROM spends" in caplog.text


# Validators


@pytest.mark.parametrize("path", EVERY_ADDRESS)
def test_what_a_client_has_already_is_not_sent_again(api: Api, path: str) -> None:
    first = api.get(path)
    assert first.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    again = api.get(path, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = api.get(path, If_None_Match='W/"other"')
    assert (other.status_code, other.headers["ETag"]) == (200, first.headers["ETag"])


def test_the_etag_follows_the_data_and_the_view(api: Api, page: MakePage) -> None:
    tag = api.get("/api/summary", MARCH).headers["ETag"]
    assert api.get("/api/summary", f"{MARCH}&job_name=load").headers["ETag"] != tag
    changed = Api(page(record(), record(run="9")).client.application)
    assert changed.get("/api/summary", MARCH).headers["ETag"] != tag


@pytest.mark.parametrize("path", EVERY_ADDRESS)
def test_head_says_the_same_without_the_body(api: Api, path: str) -> None:
    head, get = api.client.head(path), api.client.get(path)
    assert (head.status_code, head.get_data()) == (200, b"")
    assert head.headers["ETag"] == get.headers["ETag"]
    assert head.content_type == get.content_type


# Compression

INFLATE = {
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": brotli.decompress,
    "zstd": zstd.decompress,
}


@pytest.mark.parametrize("encoding", INFLATE)
@pytest.mark.parametrize("media", ["application/json", "text/csv", "application/x-ndjson"])
def test_every_format_is_compressed_for_those_who_take_it(
    api: Api, media: str, encoding: str
) -> None:
    plain = api.get("/api/job-spends", MARCH, Accept=media)
    packed = api.get("/api/job-spends", MARCH, Accept=media, Accept_Encoding=encoding)
    assert packed.headers["Content-Encoding"] == encoding
    assert packed.headers["Vary"] == "Accept, Accept-Encoding"
    inflated = INFLATE[encoding](packed.get_data())
    if media == "application/json":
        assert json.loads(inflated)["data"] == plain.get_json()["data"]
        assert packed.headers["ETag"] == plain.headers["ETag"]
    else:
        assert inflated == plain.get_data()


def test_a_compressed_answer_is_not_sent_again_either(api: Api) -> None:
    first = api.get("/api/job-spends", MARCH, Accept_Encoding="gzip")
    tag = first.headers["ETag"]
    again = api.get("/api/job-spends", MARCH, Accept_Encoding="gzip", If_None_Match=tag)
    assert (again.status_code, again.get_data()) == (304, b"")


# Formats


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/*", "text/csv; charset=utf-8"),
        ("application/x-ndjson", "application/x-ndjson"),
        ("text/csv;q=0.5, application/json;q=0.4", "text/csv; charset=utf-8"),
        ("text/csv;q=0.4, application/json;q=0.5", "application/json"),
        ("application/json;q=0, text/csv;q=0.1", "text/csv; charset=utf-8"),
    ],
)
def test_the_client_gets_the_format_that_it_likes_best(api: Api, accept: str, media: str) -> None:
    headers = {"Accept": accept} if accept else {}
    response = api.get("/api/job-spends", MARCH, **headers)
    assert response.content_type == media
    assert "Accept" in response.headers["Vary"].split(", ")


@pytest.mark.parametrize("accept", ["text/html", "image/png", "application/json;q=0", "nonsense"])
@pytest.mark.parametrize("path", EVERY_ADDRESS)
def test_a_format_that_there_is_not_is_refused_as_json(api: Api, path: str, accept: str) -> None:
    refusal = api.refusal(path, headers={"Accept": accept})
    assert (refusal.status, refusal.code) == (406, "not_acceptable")


def test_only_the_rows_come_as_a_file(api: Api) -> None:
    for path in VIEWS[1:]:
        assert api.refusal(path, headers={"Accept": "text/csv"}).status == 406


@pytest.mark.parametrize("media", ["text/csv", "application/x-ndjson"])
def test_a_file_has_no_pages(api: Api, media: str) -> None:
    refusal = api.refusal(
        "/api/job-spends", f"{MARCH}&page=1&per_page=5", headers={"Accept": media}
    )
    assert (refusal.status, refusal.fields) == (400, ("page", "per_page"))


def test_nothing_found_is_a_header_or_no_line(api: Api) -> None:
    query = f"{MARCH}&job_name=nothing"
    assert api.get("/api/job-spends", query, Accept="text/csv").get_data().count(b"\n") == 1
    assert api.get("/api/job-spends", query, Accept="application/x-ndjson").get_data() == b""


def test_a_file_is_named_after_its_view(api: Api) -> None:
    response = api.get("/api/job-spends", f"{MARCH}&group_by=day", Accept="application/x-ndjson")
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="job-spends_2026-03-01_2026-03-10_by-day.ndjson"'
    )
    assert response.headers["Cache-Control"] == "private, no-cache"
