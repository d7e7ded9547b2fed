"""The page's answers are given again as text only while a new one would say the same."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alert_driver import desk_in, rows_in
from page_driver import Page, app_of, words
from prometheus_client.parser import text_string_to_metric_families
from spend_records import publish, record

from dbspend360.app import create_app
from dbspend360.dashboard import ids
from dbspend360.dashboard.kept import may_be_kept
from dbspend360.dashboard.overview import Overview
from dbspend360.dashboard.overview_parts import OverviewParts
from dbspend360.dashboard.rows_answer import RowsAnswer
from dbspend360.errors import StoreError, WarehouseError
from dbspend360.models.alert import Rule
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.answer import Answer
from dbspend360.models.incident import Incident, State
from dbspend360.models.person import EVERYBODY, Person, Role
from dbspend360.services.budgets import Budgets
from dbspend360.services.kept_answers import KeptAnswers
from dbspend360.services.wide_costs import WideCosts
from dbspend360.settings import Settings
from dbspend360.warehouse.base import Question, Rows, Warehouse
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.spends import SpendRepository

Json = Any
NEVER = 1_000  # dollars that no run costs
MARCH = "start_date=2026-03-01&end_date=2026-03-10"
DEAR = [record(f"2026-03-{n:02}", f"r{n}") for n in range(1, 10)]
DEAR += [record("2026-03-10", "dear", ec2="100", databricks="40")]
NOW = datetime(2026, 3, 20, tzinfo=UTC)
INCIDENT = Incident("one", Rule.AMOUNT, "", "10", "nightly_load", State.OPEN, NOW, NOW)
ANN, BOB = Person("ann", Role.EDITOR), Person("bob", Role.EDITOR)

SAVE_RULES = """
import sys
from pathlib import Path
from alert_driver import desk_in
from dbspend360.models.alert_config import AlertConfig
desk = desk_in(Path(sys.argv[1]))
desk.save("", AlertConfig(threshold_amount=100), seen=desk.config("").updated_at)
"""


class Who:
    """Whoever asks next."""

    person = EVERYBODY

    def __call__(self) -> Person:
        return self.person


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path / "data", *DEAR)
    return tmp_path / "data"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was made, and not given again."""
    found: list[str] = []
    for name, room, method in (("overview", Overview, "parts"), ("rows", RowsAnswer, "of")):
        monkeypatch.setattr(room, method, noting(found, name, getattr(room, method)))
    return found


def noting(found: list[str], name: str, make: Callable[..., Json]) -> Callable[..., Json]:
    def noted(*given: object) -> Json:
        found.append(name)
        return make(*given)

    return noted


def page_of(folder: Path, **settings: Any) -> Page:
    chosen: dict[str, Any] = {"cache_url": "simple", "cache_seconds": 300} | settings
    page = Page(app_of(folder, **chosen))
    page.folder = folder
    return page


@pytest.fixture
def page(folder: Path) -> Page:
    return page_of(folder)


def overview_text(page: Page, query: Json = MARCH, **asked: Json) -> str:
    given = {"query": query, "again": 0, "forget": False} | asked
    return page.post("view.data", given).get_data(as_text=True)


def rows_text(page: Page, query: Json = MARCH, **asked: Json) -> str:
    given = {"query": query, "start": 0, "end": 100, "token": 7} | asked
    return page.post("rows-question.data", given).get_data(as_text=True)


ASK = {"overview": overview_text, "rows": rows_text}


def both(page: Page) -> tuple[str, str]:
    return overview_text(page), rows_text(page)


def marked(page: Page) -> int:
    """How many rows are marked as alerts."""
    return sum("alert" in each for each in page.rows(MARCH)["rows"])


def save_rules(folder: Path, amount: int, user: str = "") -> None:
    desk = desk_in(folder)
    rules = {"threshold_amount": amount, "threshold_percentage": None}
    seen = desk.config(user).updated_at
    desk.save(user, AlertConfig.model_validate(rules), seen=seen)


def test_the_same_question_gets_the_same_text_without_being_made_again(
    page: Page, made: list[str]
) -> None:
    first = both(page)
    assert both(page) == first
    assert made == ["overview", "rows"]


def test_what_is_kept_is_what_would_be_made(folder: Path, page: Page) -> None:
    both(page)
    for name, ask in ASK.items():
        kept, new = (json.loads(ask(each)) for each in (page, page_of(folder, cache_seconds=0)))
        kept["response"].pop("freshness", None)  # the moment it was asked for
        new["response"].pop("freshness", None)
        assert kept == new, name


def test_other_questions_get_their_own_answers(page: Page, made: list[str]) -> None:
    queries = [MARCH, "start_date=2026-03-05", "start_date=2026-03-03", f"{MARCH}&group_by=job"]
    for name, ask in ASK.items():
        first = [ask(page, each) for each in queries]
        assert [ask(page, each) for each in queries] == first
        assert len(set(first)) == len(queries), name
    assert made == ["overview"] * 4 + ["rows"] * 4


def test_another_block_of_rows_is_another_answer(page: Page, made: list[str]) -> None:
    blocks = [(0, 5), (5, 10), (0, 10)]
    for start, end in blocks * 2:
        ids = [each["run_id"] for each in page.rows(MARCH, start=start, end=end)["rows"]]
        assert len(ids) == end - start
    assert made == ["rows"] * 3


@pytest.mark.parametrize("odd", [True, 0.0, "0", None])
def test_an_odd_block_is_refused_however_often_a_good_one_was_answered(
    page: Page, odd: Json
) -> None:
    rows_text(page, start=0)
    for _ in range(2):
        answer = json.loads(rows_text(page, start=odd))["response"]["rows-answer"]["data"]
        assert "rows that cannot be" in answer["error"]


# Echoes

TOKENS: list[Json] = [
    1,
    None,
    1.5,
    "é 日本 \U0001f600",
    "half \ud800 of a letter",
    '" , \\ "} </script><!-- \u2028 \x00',
    {"a": [1, {"b": "</b>"}], "": None},
    [],
    10**30,
]


@pytest.mark.parametrize("token", TOKENS, ids=repr)
@pytest.mark.parametrize(("name", "field"), [("overview", "again"), ("rows", "token")])
def test_each_request_gets_its_own_token_back_as_dash_would_write_it(
    page: Page, made: list[str], name: str, field: str, token: Json
) -> None:
    first = ASK[name](page, **{field: token})
    ASK[name](page, **{field: "another"})
    assert ASK[name](page, **{field: token}) == first
    assert made == [name]
    assert "</" not in first
    answer = json.loads(first)["response"]
    told = answer["shown"] if name == "overview" else answer["rows-answer"]
    assert told["data"][field] == token
    fresh = json.loads(ASK[name](page_of(page.folder, cache_seconds=0), **{field: token}))
    assert list(fresh["response"]) == list(answer)


def test_without_a_token_none_comes_back(page: Page) -> None:
    for _ in range(2):
        asked = {"query": MARCH, "start": 0, "end": 5}
        answer = page.answer("rows-question.data", asked)["rows-answer"]["data"]
        assert answer["token"] is None


# Who asks


def test_nobody_gets_what_another_was_answered(folder: Path, made: list[str]) -> None:
    who = Who()
    page = page_of(folder, ways=[who])
    save_rules(folder, 100, "ann")
    save_rules(folder, NEVER, "bob")
    for _ in range(2):
        who.person = ANN
        assert marked(page) == 1
        who.person = BOB
        assert marked(page) == 0
    assert made == ["rows"] * 2


def test_people_with_the_same_settings_are_two(folder: Path, made: list[str]) -> None:
    who = Who()
    page = page_of(folder, ways=[who])
    for who.person in (ANN, BOB, ANN, BOB):
        rows_text(page)
    assert made == ["rows"] * 2


def test_another_role_is_told_what_it_may_do(tmp_path: Path) -> None:
    publish(tmp_path / "data", *DEAR, origin="demo")
    who = Who()
    page = page_of(tmp_path / "data", ways=[who])
    for _ in range(2):
        for role, may in ((Role.ADMIN, True), (Role.VIEWER, False)):
            who.person = Person("ann", role)
            assert ("import a file" in words(page.overview(MARCH)[ids.VIEW_MESSAGES])) is may


# What changes


def test_rules_that_were_changed_elsewhere_count_at_once(folder: Path, page: Page) -> None:
    for amount, many in ((100, 1), (NEVER, 0), (1, 10), (100, 1)):
        save_rules(folder, amount)
        assert [marked(page) for _ in range(2)] == [many] * 2


def test_rules_that_another_process_saves_count_at_once(folder: Path, page: Page) -> None:
    save_rules(folder, NEVER)
    assert [marked(page) for _ in range(2)] == [0, 0]
    tests = str(Path(__file__).parent.parent)
    command = [sys.executable, "-c", SAVE_RULES, str(folder)]
    subprocess.run(command, check=True, env={"PYTHONPATH": tests})
    assert marked(page) == 1


def test_rules_that_the_same_worker_saves_count_at_once(page: Page) -> None:
    before = marked(page)
    body = {"threshold_amount": 1, "threshold_percentage": None, "updated_at": None}
    assert page.client.put("/api/alerts/config", json=body).status_code == 200
    assert marked(page) == 10 != before


def test_the_bell_counts_what_was_opened_and_looked_after(folder: Path, page: Page) -> None:
    assert words(page.overview(MARCH)["bell"]) == "Alerts"
    rows = rows_in(folder)
    rows.put("", INCIDENT, seen=None)
    assert words(page.overview(MARCH)["bell"]) == "Alerts 1"
    desk_in(folder).acknowledge("", "one", who="ann")
    assert words(page.overview(MARCH)["bell"]) == "Alerts"


def test_a_budget_shows_at_once(page: Page, made: list[str]) -> None:
    assert "Set a budget" in words(page.overview(MARCH)["cards"])
    asked = {"query": MARCH, "deed": "save", "amount": "900", "seen": "", "number": 1}
    page.answer("budget-question.data", asked)
    assert "Change the budget" in words(page.overview(MARCH)["cards"])


def test_refresh_makes_it_anew_here_and_in_other_processes(folder: Path, made: list[str]) -> None:
    one, other = (page_of(folder, cache_url="file") for _ in range(2))
    for each in (one, other):
        both(each)
        both(each)
    made.clear()
    one.overview(MARCH, forget=True)
    for each in (one, other):
        both(each)
    assert made == ["overview", *["overview", "rows"] * 2]


def test_new_data_shows_at_once(folder: Path, page: Page) -> None:
    for records in (DEAR[:3], DEAR[:4]):
        publish(folder, *records)
        for _ in range(2):
            assert page.rows(MARCH)["count"] == len(records)
            assert page.cards(MARCH)["card-runs"] == str(len(records))


def test_another_day_is_another_answer(folder: Path, made: list[str]) -> None:
    today = [date(2026, 3, 20)]
    settings = Settings(data_dir=folder, cache_url="simple", log_level="ERROR")
    page = Page(create_app(settings, today=lambda: today[0]))
    both(page)
    today[0] = date(2026, 3, 21)
    both(page)
    assert made == ["overview", "rows"] * 2


def test_what_is_to_be_said_of_the_data_is_never_old(folder: Path, page: Page) -> None:
    assert "Demo data" not in words(page.overview(MARCH)[ids.VIEW_MESSAGES])
    pointer = folder / "current.json"
    pointer.write_text(pointer.read_text().replace('"import"', '"demo"'))
    assert "Demo data" in words(page.overview(MARCH)[ids.VIEW_MESSAGES])


def test_an_answer_runs_out_with_its_oldest_part(
    page: Page, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = KeptAnswers.keep

    def aged(kept: Any, key: Any, answer: Any) -> None:
        keep(kept, key, replace(answer, as_of=answer.as_of - timedelta(seconds=300)))

    monkeypatch.setattr(KeptAnswers, "keep", aged)
    for _ in range(2):
        both(page)
    assert made == ["overview", "rows"] * 2


# What is not kept


class Failing(Warehouse):
    """A warehouse in front of a warehouse that fails where it is told to."""

    def __init__(self, inner: Warehouse) -> None:
        self.inner = inner
        self.failing = ""

    def query(self, question: Question, values: Any) -> Answer[Rows]:
        if question.name == self.failing:
            raise WarehouseError(question.name, "It did not work.")
        return self.inner.query(question, values)


@pytest.mark.parametrize(
    "failing",
    [
        "period_summary",
        "daily_spend",
        "top_jobs",
        "job_changes",
        "striking",
        "spend_by_run.totals",
        "spend_by_run.page",
    ],
)
def test_what_failed_is_not_said_twice(folder: Path, failing: str) -> None:
    warehouse = Failing(EmbeddedWarehouse(folder))
    page = page_of(folder, warehouse=warehouse)
    warehouse.failing = failing
    broken = both(page)
    warehouse.failing = ""
    mended = both(page)
    assert mended != broken
    assert both(page) == mended


def test_rows_without_their_marks_are_not_said_twice(folder: Path) -> None:
    save_rules(folder, 100)
    warehouse = Failing(EmbeddedWarehouse(folder))
    page = page_of(folder, warehouse=warehouse)
    warehouse.failing = "striking"
    assert marked(page) == 0
    warehouse.failing = ""
    assert marked(page) == 1


def test_a_budget_that_cannot_be_read_is_missed_only_once(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"query": MARCH, "deed": "save", "amount": "900", "seen": "", "number": 1}
    page.answer("budget-question.data", asked)
    with monkeypatch.context() as broken:
        broken.setattr(Budgets, "of", refusing)
        assert "Set a budget" in words(page.overview(MARCH)["cards"])
    assert "Change the budget" in words(page.overview(MARCH)["cards"])


def refusing(*_: object) -> None:
    raise StoreError("It did not work.")


@pytest.fixture
def parts(page: Page, monkeypatch: pytest.MonkeyPatch) -> OverviewParts:
    """Those of an overview that may be kept."""
    seen: list[OverviewParts] = []

    def noted(found: OverviewParts, _marks_as_of: object) -> None:
        seen.append(found)

    with monkeypatch.context() as listening:
        listening.setattr(OverviewParts, "as_of", noted)
        page.overview(MARCH)
    return seen[0]


@pytest.mark.parametrize("name", [each.name for each in fields(OverviewParts)])
def test_one_part_that_failed_or_is_old_is_enough(parts: OverviewParts, name: str) -> None:
    assert parts.as_of(NOW) == NOW
    old = replace(getattr(parts, name), outage="It sleeps.")
    for part in (old, WarehouseError("x", "It did not work.")):
        assert replace(parts, **{name: part}).as_of(NOW) is None


def test_the_oldest_part_counts(parts: OverviewParts) -> None:
    for name in ("bounds", "summary", "days", "jobs", "moved", "month"):
        older = replace(getattr(parts, name), asked_at=NOW - timedelta(days=1))
        assert replace(parts, **{name: older}).as_of(NOW) == NOW - timedelta(days=1)
    assert parts.as_of(None) is None


def test_a_number_at_the_bell_that_is_not_known_is_asked_for_again(parts: OverviewParts) -> None:
    unknown: Answer[int | None] = Answer(None, NOW, cached=False)
    assert replace(parts, number=unknown).as_of(NOW) is None


@pytest.mark.parametrize(
    "query", [f"{MARCH}&job_id=10", "start_date=2025-01-01&end_date=2025-01-02"]
)
def test_an_overview_with_a_question_of_its_own_is_made_each_time(
    page: Page, made: list[str], query: str
) -> None:
    assert overview_text(page, query) == overview_text(page, query)
    assert made == ["overview"] * 2


def test_alerts_only_and_very_long_queries_are_made_each_time(page: Page, made: list[str]) -> None:
    save_rules(page.folder, 100)
    for query in (f"{MARCH}&alerts=only", f"{MARCH}&x={'y' * 4_000}"):
        assert rows_text(page, query) == rows_text(page, query)
    assert made == ["rows"] * 4


def test_nothing_is_kept_where_nothing_is_to_be_remembered(folder: Path, made: list[str]) -> None:
    page = page_of(folder, cache_seconds=0)
    for _ in range(2):
        both(page)
    assert made == ["overview", "rows"] * 2


def test_nothing_is_kept_where_settings_are_in_a_database_elsewhere(
    folder: Path, made: list[str]
) -> None:
    page = page_of(folder, state_url="postgresql://127.0.0.1:1/none")
    for _ in range(2):
        rows_text(page)
    assert made == ["rows"] * 2


def test_a_file_of_settings_that_is_broken_is_not_asked_to_keep(
    folder: Path, made: list[str]
) -> None:
    (folder / "state.sqlite").write_bytes(b"no database" * 100)
    page = page_of(folder)
    for _ in range(2):
        assert "could not be looked up" in words(page.overview(MARCH)[ids.VIEW_MESSAGES])
    assert made == ["overview"] * 2


@pytest.mark.parametrize("asked", [None, 5, "x", [], {"query": 5}, {"query": ["x"]}, {}])
def test_what_nobody_asks_is_answered_as_before(page: Page, asked: Json) -> None:
    for source in ("view.data", "rows-question.data"):
        both(page)
        assert page.post(source, asked).status_code == 200


# While newer marks are looked for


def test_marks_that_are_about_to_be_others_are_not_kept(folder: Path) -> None:
    costs = WideCosts(SpendRepository(EmbeddedWarehouse(folder)))  # its bounds are always new
    first, last = date(2026, 3, 1), date(2026, 3, 10)
    assert costs.looked_as_of() is not None
    costs.crossed(first, last, AlertConfig(threshold_amount=None), date.max)
    assert costs.looked_as_of() is None


def test_without_a_making_there_is_nothing_to_keep() -> None:
    may_be_kept(NOW)


# What is counted


def from_memory(page: Page, question: str) -> float:
    """How many times the question was answered from memory."""
    text = page.client.get("/metrics").get_data(as_text=True)
    [family] = [
        each for each in text_string_to_metric_families(text) if each.name == "dbspend360_questions"
    ]
    labels = {"question": question, "answered_by": "memory"}
    return sum(each.value for each in family.samples if each.labels == labels)


@pytest.mark.parametrize("question", ["period_summary", "spend_by_run.totals", "top_jobs"])
def test_an_answer_that_is_given_again_counts_the_questions_it_answers(
    page: Page, question: str
) -> None:
    both(page)
    before = from_memory(page, question)
    both(page)
    assert from_memory(page, question) == before + 1
