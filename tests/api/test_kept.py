"""An answer is given again as bytes only while a new one would say the same."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from api_driver import Api
from page_driver import app_of
from spend_records import publish, record

from dbspend360.api.envelope import Written
from dbspend360.app import create_app
from dbspend360.models.answer import Answer
from dbspend360.services.kept_answers import LARGEST_BYTES, MOST_BYTES, KeptAnswers
from dbspend360.settings import Settings
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse
from dbspend360.warehouse.embedded import EmbeddedWarehouse

MARCH = "start_date=2026-03-01&end_date=2026-03-10"
KEPT = (
    ("/api/summary", MARCH),
    ("/api/job-spends/trend", MARCH),
    ("/api/job-spends/top", MARCH),
    ("/api/job-spends/changes", MARCH),
    ("/api/job-spends", MARCH),
    ("/api/filters/presets", ""),
)


class Asked(Warehouse):
    """A warehouse in front of a warehouse that counts."""

    def __init__(self, inner: Warehouse) -> None:
        self._inner = inner
        self.names: list[str] = []

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        self.names.append(question.name)
        return self._inner.query(question, values)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path / "data", record("2026-03-02"))
    return tmp_path / "data"


def api_of(folder: Path, **settings: Any) -> Api:
    chosen: dict[str, Any] = {"cache_url": "simple", "cache_seconds": 300} | settings
    return Api(app_of(folder, **chosen))


def total(api: Api) -> Any:
    return api.data("/api/summary", MARCH)["total_spend"]


@pytest.mark.parametrize(("path", "query"), KEPT)
def test_the_second_answer_is_the_first_and_says_that_it_is_remembered(
    folder: Path, path: str, query: str
) -> None:
    api = api_of(folder)
    first, second = (api.whole(path, query) for _ in range(2))
    assert second["data"] == first["data"]
    assert (first["meta"]["cache_hit"], second["meta"]["cache_hit"]) == (False, True)
    same = ("as_of", "filters_applied", "stale")
    assert [first["meta"][name] for name in same] == [second["meta"][name] for name in same]
    assert list(first["meta"]) == list(second["meta"])


def test_what_is_known_asks_nobody(folder: Path) -> None:
    counting = Asked(EmbeddedWarehouse(folder))
    settings = Settings(data_dir=folder, cache_url="simple", log_level="ERROR")
    api = Api(create_app(settings, counting, today=lambda: date(2026, 3, 20)))
    tag = api.get("/api/summary", MARCH).headers["ETag"]
    counting.names.clear()
    again = api.get("/api/summary", MARCH, If_None_Match=tag)
    assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", tag)
    assert api.get("/api/summary", MARCH, If_None_Match='W/"other"').status_code == 200
    assert counting.names == []


def test_what_is_kept_has_all_that_every_request_gets(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    api = api_of(folder, log_level="INFO")
    new = api.get("/api/summary", MARCH)
    with caplog.at_level(logging.INFO, logger="dbspend360.requests"):
        caplog.clear()
        again = api.get("/api/summary", MARCH)
        known = api.get("/api/summary", MARCH, If_None_Match=new.headers["ETag"])
    lines = [each for each in caplog.records if each.name == "dbspend360.requests"]
    assert [(vars(each)["route"], vars(each)["status"]) for each in lines] == [
        ("/api/summary", 200),
        ("/api/summary", 304),
    ]
    assert len({each.headers["X-Request-ID"] for each in (new, again, known)}) == 3
    assert sorted(again.headers.keys()) == sorted(new.headers.keys())
    assert set(new.headers.keys()) - set(known.headers.keys()) == {"Content-Type", "Content-Length"}
    assert again.headers["Vary"] == known.headers["Vary"] == "Accept, Accept-Encoding"
    assert len(again.headers.getlist("Content-Security-Policy")) == 1


def test_new_data_shows_at_once(folder: Path) -> None:
    api = api_of(folder)
    before = total(api)
    publish(folder, record("2026-03-02"), record("2026-03-03"))
    assert total(api) == 2 * before


def test_without_data_there_is_a_refusal_however_often_it_was_answered(folder: Path) -> None:
    api = api_of(folder)
    total(api)
    (folder / "current.json").unlink()
    assert api.refusal("/api/summary", MARCH).code == "no_data"
    publish(folder, record("2026-03-02"))
    total(api)


def test_refresh_asks_again(folder: Path) -> None:
    server = app_of(folder, cache_url="simple", cache_seconds=300)
    api = Api(server)
    for _ in range(2):
        api.whole("/api/summary", MARCH)
    server.extensions["dbspend360"].forget()
    assert api.whole("/api/summary", MARCH)["meta"]["cache_hit"] is False


def test_refresh_in_one_process_is_heard_in_the_others(folder: Path) -> None:
    one, other = (app_of(folder, cache_url="file", cache_seconds=300) for _ in range(2))
    for server in (one, other):
        Api(server).whole("/api/summary", MARCH)
    one.extensions["dbspend360"].forget()
    assert Api(other).whole("/api/summary", MARCH)["meta"]["cache_hit"] is False


def test_nothing_is_kept_where_nothing_is_to_be_remembered(folder: Path) -> None:
    api = api_of(folder, cache_seconds=0)
    hits = [api.whole("/api/summary", MARCH)["meta"]["cache_hit"] for _ in range(2)]
    assert hits == [False, False]


def test_tomorrow_a_preset_means_other_days(folder: Path) -> None:
    today = [date(2026, 3, 20)]
    settings = Settings(data_dir=folder, cache_url="simple", log_level="ERROR")
    api = Api(create_app(settings, today=lambda: today[0]))
    first = api.data("/api/filters/presets")
    today[0] = date(2026, 3, 21)
    assert api.data("/api/filters/presets") != first


def test_other_questions_get_their_own_answers(folder: Path) -> None:
    api = api_of(folder)
    asked = [MARCH, f"{MARCH}&job_name=x", f"{MARCH}&group_by=job", "start_date=2026-03-03"]
    applied = [api.whole("/api/job-spends", each)["meta"]["filters_applied"] for each in asked * 2]
    assert applied[:4] == applied[4:]
    assert len({str(each) for each in applied}) == 4


def test_files_and_refusals_are_what_they_were(folder: Path) -> None:
    api = api_of(folder)
    api.whole("/api/job-spends", MARCH)
    csv = api.get("/api/job-spends", MARCH, Accept="text/csv")
    assert csv.mimetype == "text/csv"
    assert api.get("/api/job-spends", MARCH, Accept="image/png").status_code == 406
    for _ in range(2):
        assert api.refusal("/api/summary", "start_date=nonsense").status == 400
    assert api.whole("/api/job-spends", MARCH)["meta"]["cache_hit"] is True


def test_what_belongs_to_somebody_is_never_kept(folder: Path) -> None:
    api = api_of(folder)
    for path in ("/api/alerts/config", "/api/alerts"):
        hits = [api.get(path).get_json()["meta"]["cache_hit"] for _ in range(2)]
        assert hits == [False, False], path


# The keeping itself


NEW = Written(b"{}", "tag", datetime.now(UTC), is_stale=False, is_cached=False)


@pytest.fixture
def kept() -> KeptAnswers[Written]:
    return KeptAnswers(lambda: "now", seconds=300)


def test_an_answer_runs_out_with_its_oldest_part(kept: KeptAnswers[Written]) -> None:
    for age, is_found in ((299, True), (301, False)):
        kept.keep("it", replace(NEW, as_of=datetime.now(UTC) - timedelta(seconds=age)))
        assert bool(kept.find("it")) is is_found


def test_the_last_good_answer_of_an_outage_is_not_kept(kept: KeptAnswers[Written]) -> None:
    kept.keep("it", replace(NEW, is_stale=True))
    assert kept.find("it") is None


def test_while_the_memory_is_lost_nothing_is_kept() -> None:
    kept = KeptAnswers[Written](lambda: None, seconds=300)
    kept.keep(kept.key("it"), NEW)
    assert kept.key("it") is None
    assert kept.find(None) is None


def test_what_was_asked_longest_ago_makes_room(kept: KeptAnswers[Written]) -> None:
    large = replace(NEW, as_of=datetime.now(UTC), body=bytes(LARGEST_BYTES))
    many = MOST_BYTES // LARGEST_BYTES
    for n in range(many):
        kept.keep(n, large)
    assert kept.find(0)  # so that 1 is now the oldest
    kept.keep("one more", large)
    assert kept.find(1) is None
    assert all(kept.find(n) for n in (0, *range(2, many), "one more"))
    kept.keep("too large", replace(large, body=bytes(LARGEST_BYTES + 1)))
    assert kept.find("too large") is None
