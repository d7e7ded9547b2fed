"""What a script is told while the warehouse is slow, down, refuses, or breaks off."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from api_driver import Api
from databricks.sql.exc import ServerOperationError
from databricks_side import settings_of
from loopback.faults import Fault
from loopback.server import Loopback, loopback_warehouse
from page_driver import MakePage, app_of
from spend_records import publish, record

from dbspend360.app import create_app
from dbspend360.errors import (
    DBSpendError,
    LostReply,
    NoData,
    NotYet,
    TookTooLong,
    TooLarge,
    Unreachable,
    WarehouseError,
)
from dbspend360.models.answer import Answer
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse
from dbspend360.warehouse.databricks.failures import told

NOW = datetime.now(UTC)
MARCH = "start_date=2026-03-01&end_date=2026-03-10"
PATHS = [
    "/api/job-spends",
    "/api/job-spends/summary",
    "/api/job-spends/trend",
    "/api/job-spends/top",
    "/api/job-spends/changes",
    "/api/filters/presets",
    "/api/job/10/breakdown?run_id=1",
]


class Failing(Warehouse):
    """Always fails in the same way."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        raise self.error


ERRORS: dict[str, tuple[DBSpendError, int, str, str | None]] = {
    "waking": (NotYet("q", "It is waking up.", since=NOW), 503, "warehouse_waking", "3"),
    "down": (Unreachable("q", "It is down."), 503, "warehouse_unavailable", "10"),
    "refused": (WarehouseError("q", "It said no."), 502, "warehouse_refused", None),
    "empty": (NoData("q", "There is no data yet."), 503, "no_data", None),
    "slow": (TookTooLong("q", "It gave up."), 504, "warehouse_timeout", None),
    "large": (TooLarge("q", "Too much."), 422, "answer_too_large", None),
    "lost": (LostReply("q", "Nobody knows."), 502, "outcome_unknown", None),
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("error", "status", "code", "after"), ERRORS.values(), ids=ERRORS)
def test_each_failure_has_its_status_and_code(
    tmp_path: Path, path: str, error: DBSpendError, status: int, code: str, after: str | None
) -> None:
    api = Api(app_of(tmp_path, warehouse=Failing(error)))
    response = api.get(path)
    assert response.status_code == status
    assert response.headers.get("Retry-After") == after
    assert response.headers["Cache-Control"] == "no-store"
    assert response.get_json()["error"] == {"code": code, "message": str(error), "details": []}


@pytest.mark.parametrize("media", ["text/csv", "application/x-ndjson"])
@pytest.mark.parametrize(("error", "status", "code", "after"), ERRORS.values(), ids=ERRORS)
def test_a_file_that_cannot_begin_is_an_error_as_json(
    tmp_path: Path, media: str, error: DBSpendError, status: int, code: str, after: str | None
) -> None:
    api = Api(app_of(tmp_path, warehouse=Failing(error)))
    refusal = api.refusal("/api/job-spends", MARCH, headers={"Accept": media})
    assert (refusal.status, refusal.code) == (status, code)


def test_a_mistake_in_a_warehouse_tells_nobody_its_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    api = Api(app_of(tmp_path, warehouse=Failing(RuntimeError("password=secret"))))
    refusal = api.refusal("/api/job-spends", MARCH)
    assert (refusal.status, refusal.code) == (500, "internal_error")
    assert "secret" not in refusal.message
    assert "password=secret" in caplog.text


def test_without_data_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    refusal = Api(app_of(tmp_path / "data")).refusal("/api/summary")
    assert (refusal.status, refusal.code) == (503, "no_data")
    assert "dbspend360 import" in refusal.message


def test_a_bad_request_is_refused_whatever_the_warehouse_does(tmp_path: Path) -> None:
    api = Api(app_of(tmp_path, warehouse=Failing(Unreachable("q", "It is down."))))
    assert api.refusal("/api/job-spends", "page=0").status == 400


# Databricks


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with loopback_warehouse() as warehouse:
        warehouse.engine.make_spends(
            rows="SELECT 'j' AS job_id, CAST(range AS VARCHAR) AS run_id, "
            "DATE '2026-03-01' AS usage_date, 1.5 AS databricks_cost FROM range(50000)"
        )
        yield warehouse


@pytest.fixture
def remote(loopback: Loopback, tmp_path: Path) -> Iterator[Api]:
    with remote_api(loopback, tmp_path) as api:
        yield api


@contextmanager
def remote_api(loopback: Loopback, folder: Path, **changes: Any) -> Iterator[Api]:
    """The API over the loopback warehouse."""
    chosen = {"data_dir": folder, "reply_seconds": 2, "cache_seconds": 0, "connections": 2}
    settings = settings_of(loopback, **{**chosen, **changes})
    server = create_app(settings, today=lambda: date(2026, 3, 20))
    try:
        yield Api(server)
    finally:
        server.extensions["dbspend360"].close()


def test_a_warehouse_that_falls_dead_is_answered_from_before_and_says_so(
    loopback: Loopback, remote: Api
) -> None:
    before = remote.whole("/api/summary", MARCH)
    loopback.stop()
    after = remote.whole("/api/summary", MARCH)
    assert after["data"] == before["data"]
    assert (after["meta"]["stale"], before["meta"]["stale"]) == (True, False)
    assert after["meta"]["as_of"] == before["meta"]["as_of"]
    assert after["meta"]["warning"].startswith("The warehouse does not answer right now: ")
    other = remote.refusal("/api/summary", "start_date=2026-03-02&end_date=2026-03-02")
    assert other.status == 503


def test_an_old_answer_has_an_etag_of_its_own(loopback: Loopback, remote: Api) -> None:
    tag = remote.get("/api/summary", MARCH).headers["ETag"]
    loopback.stop()
    assert remote.get("/api/summary", MARCH, If_None_Match=tag).status_code == 200


def test_a_sleeping_warehouse_says_when_to_ask_again(loopback: Loopback, tmp_path: Path) -> None:
    with remote_api(loopback, tmp_path, patience_seconds=1) as api:
        loopback.faults.add(Fault("delay", rpc="ExecuteStatement", seconds=2, times=None))
        response = api.get("/api/summary", MARCH)
        assert (response.status_code, response.headers["Retry-After"]) == (503, "3")
        loopback.faults.clear()


def test_a_statement_that_ran_out_of_time_is_504() -> None:
    words = "[STATEMENT_TIMEOUT] the statement was cancelled. SQLSTATE: 57KD0"
    error = told(ServerOperationError(words, {}), "q")  # type: ignore[no-untyped-call]
    assert (error.status, error.code) == (504, "warehouse_timeout")
    assert "STATEMENT_TIMEOUT" not in str(error)


@pytest.mark.parametrize("media", ["text/csv", "application/x-ndjson"])
def test_a_client_that_hangs_up_gives_its_connection_back(
    loopback: Loopback, remote: Api, media: str
) -> None:
    for _ in range(5):  # more than there are connections
        response = remote.get("/api/job-spends", MARCH, Accept=media)
        parts = response.iter_encoded()
        next(parts)
        response.close()
    assert loopback.open_operations == 0
    assert remote.get("/api/job-spends", MARCH, Accept=media).get_data().count(b"\n") >= 50_000


@pytest.mark.parametrize("media", ["text/csv", "application/x-ndjson"])
def test_head_of_a_file_gives_its_connection_back(
    loopback: Loopback, remote: Api, media: str
) -> None:
    for _ in range(5):
        head = remote.client.head(f"/api/job-spends?{MARCH}", headers={"Accept": media})
        assert head.status_code == 200
    assert loopback.open_operations == 0


def test_a_file_that_breaks_off_is_never_taken_for_whole(loopback: Loopback, remote: Api) -> None:
    response = remote.get("/api/job-spends", MARCH, Accept="text/csv")
    loopback.faults.add(Fault("drop", rpc="FetchResults", times=None))
    with pytest.raises(DBSpendError):
        response.get_data()
    loopback.faults.clear()
    response.close()


# Many at once


def test_two_who_ask_at_once_never_get_each_others_answers(page: MakePage) -> None:
    records = [record(job=str(n), run=str(n), name=f"job {n}") for n in range(1, 9)]
    server = page(*records, cache_url="simple", cache_seconds=60).client.application

    def jobs_of(n: int) -> set[str]:
        api = Api(server)
        found = set()
        for _ in range(10):
            whole = api.whole("/api/job-spends", f"{MARCH}&job_id={n}")
            assert whole["meta"]["filters_applied"]["job_id"] == str(n)
            found |= {row["job_id"] for row in whole["data"]["job_spends"]}
        return found

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(jobs_of, range(1, 9)))
    assert found == [{str(n)} for n in range(1, 9)]


def test_an_import_between_two_parts_of_a_file_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    publish(folder, *(record(run=str(n)) for n in range(5000)))
    response = Api(app_of(folder)).get("/api/job-spends", MARCH, Accept="application/x-ndjson")
    parts = response.iter_encoded()
    first = next(parts)
    publish(folder, record(run="new"))
    rest = b"".join(parts)
    response.close()
    assert (first + rest).count(b"\n") == 5000
    assert b'"new"' not in rest


def test_a_slow_reader_does_not_hold_the_others_up(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    publish(folder, *(record(run=str(n)) for n in range(5000)))
    server = app_of(folder)
    slow = Api(server).get("/api/job-spends", MARCH, Accept="text/csv")
    next(slow.iter_encoded())
    began = time.monotonic()
    Api(server).whole("/api/summary", MARCH)
    assert time.monotonic() - began < 2
    slow.close()
