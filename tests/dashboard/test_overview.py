"""What the page shows, asked as the browser asks it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from page_driver import MakePage, Page, app_of, elements, words
from shared_figures import CASES, Figures
from spend_records import TODAY, publish, record

from dbspend360.dashboard import ids
from dbspend360.errors import WarehouseError
from dbspend360.models.answer import Answer
from dbspend360.models.columns import Grouping
from dbspend360.models.run import run_text
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse
from dbspend360.warehouse.embedded import EmbeddedWarehouse

MARCH = "start_date=2026-03-01&end_date=2026-03-10"

# The shared data


@pytest.mark.parametrize("figures", CASES.values(), ids=CASES)
def test_every_card_shows_the_exact_figure(shared_page: Page, figures: Figures) -> None:
    cards = shared_page.cards(figures.query)
    assert Decimal(cards["card-total-spend"]) == figures.total
    assert cards["card-jobs"] == str(figures.total_jobs)
    assert cards["card-runs"] == str(figures.total_runs)
    databricks, ec2 = cards["card-split"].split(";")
    assert Decimal(databricks) == figures.databricks
    if figures.average is None or figures.highest is None:
        assert (cards["card-average-run"], cards["card-highest-run"]) == ("", "")
        return
    assert Decimal(ec2 or 0) == figures.ec2
    assert abs(Decimal(cards["card-average-run"]) - figures.average) < Decimal("1e-20")
    assert Decimal(cards["card-highest-run"]) == figures.highest


@pytest.mark.parametrize("figures", CASES.values(), ids=CASES)
def test_the_highest_run_links_to_its_breakdown(shared_page: Page, figures: Figures) -> None:
    cards = shared_page.overview(figures.query)["cards"]["children"]
    links = [each["props"]["data-change"] for each in elements(cards) if each["type"] == "A"]
    assert len(links) == (1 if figures.highest_run else 0)
    for link in links:
        assert figures.highest_run is not None
        assert run_text(figures.highest_run) in link


@pytest.mark.parametrize("figures", CASES.values(), ids=CASES)
def test_the_chart_has_the_figures_of_every_day(shared_page: Page, figures: Figures) -> None:
    figure = shared_page.overview(figures.query)[ids.TREND_SOURCE]["data"]
    if not figures.days:
        assert figure is None
        return
    databricks, ec2, *_ = figure["data"]
    drawn = {
        date.fromisoformat(day): (e, d)
        for day, e, d in zip(databricks["x"], ec2["y"], databricks["y"], strict=True)
    }
    for day, (e, d) in drawn.items():
        expected = figures.days.get(day, (Decimal(0), Decimal(0)))
        assert (e, d) == tuple(float(cost) for cost in expected)
    assert set(figures.days) <= set(drawn)


@pytest.mark.parametrize("figures", CASES.values(), ids=CASES)
def test_the_top_jobs_have_their_exact_costs(shared_page: Page, figures: Figures) -> None:
    drawn = shared_page.overview(figures.query)[ids.CHART_TOP_JOBS]["children"]
    rows = [each["props"] for each in elements(drawn) if "data-change" in each["props"]]
    costs = [Decimal(each["data-value"]) for each in rows]
    assert costs[: len(figures.top_jobs)] == [cost for _, _, cost in figures.top_jobs]
    for row, (workspace, job, _) in zip(rows, figures.top_jobs, strict=False):
        assert workspace in row["data-change"]
        assert job in row["data-change"]


@pytest.mark.parametrize("grouping", Grouping)
@pytest.mark.parametrize("figures", CASES.values(), ids=CASES)
def test_the_pinned_total_is_the_same_by_every_grouping(
    shared_page: Page, figures: Figures, grouping: Grouping
) -> None:
    answer = shared_page.rows(f"{figures.query}&group_by={grouping}")
    total = answer["total"]
    assert Decimal(total["total_cost"] or 0) == figures.total
    assert Decimal(total["ec2_cost"] or 0) == figures.ec2
    assert Decimal(total["databricks_cost"] or 0) == figures.databricks
    assert (total["records"] or 0) == figures.records
    assert len(answer["rows"]) == min(200, answer["count"])


# What the cards say


def test_unknown_ec2_is_said_and_never_shown_as_nothing(page: MakePage) -> None:
    overview = page(record(ec2=None), record(ec2=None, cluster=None, run="2")).overview(MARCH)
    [split] = [each for each in elements(overview) if each["props"].get("id") == ids.CARD_SPLIT]
    said = words(split)
    assert "2 records have no EC2 cost yet: 1 serverless, 1 still to come" in said
    assert "EC2 —" in said
    assert "$0.00" not in said
    assert "EC2 —" in str([each["props"].get("title") for each in elements(overview)])


def test_part_known_ec2_shows_what_is_known(page: MakePage) -> None:
    said = words(page(record(), record(ec2=None)).overview(MARCH)["cards"])
    assert "EC2 $10" in said
    assert "1 record has no EC2 cost yet" in said


def test_nothing_ran_says_where_the_nearest_data_is(page: MakePage) -> None:
    overview = page(record("2026-01-05")).overview(MARCH)
    state = overview[ids.TREND_STATE]["children"]
    assert "Nothing ran from 1 Mar 2026 to 10 Mar 2026" in words(state)
    assert "5 Jan 2026" in words(state)
    [link] = [each["props"] for each in elements(state) if each["type"] == "A"]
    assert link["href"] == "?start_date=2025-12-27&end_date=2026-01-05"
    assert overview[ids.TREND_SOURCE]["data"] is None
    assert "—" in words(overview["cards"])
    assert "NaN" not in str(overview)


def test_a_filter_that_matches_nothing_can_be_cleared(page: MakePage) -> None:
    state = page(record()).overview(f"{MARCH}&job_name=no-such-job")[ids.TREND_STATE]["children"]
    assert "Clear the job filter" in words(state)


def test_runs_that_net_to_nothing_are_shown_and_not_divided_by(page: MakePage) -> None:
    answer = page(record(), record(ec2="-10", databricks="-4"))
    cards = answer.cards(MARCH)
    assert (Decimal(cards["card-total-spend"]), cards["card-runs"]) == (Decimal(0), "1")
    assert Decimal(cards["card-average-run"]) == 0


def test_a_total_below_nothing_is_drawn(page: MakePage) -> None:
    visitor = page(record(ec2="-100"))
    assert Decimal(visitor.cards(MARCH)["card-total-spend"]) == Decimal(-96)
    assert "−$96.00" in words(visitor.overview(MARCH)["cards"])


def test_change_is_told_only_when_the_data_reaches_back_far_enough(page: MakePage) -> None:
    whole = page(record("2026-02-19", "1"), record("2026-03-01", "2", ec2="24"))
    assert "100 %" in words(whole.overview(MARCH)["cards"])
    cut = page(record("2026-02-20", "1"), record("2026-03-01", "2", ec2="24"))
    assert "100 %" not in words(cut.overview(MARCH)["cards"])


def test_odd_links_are_said_part_by_part(page: MakePage) -> None:
    visitor = page(record())
    said = words(visitor.overview("start_date=x&preset=y&colour=z")[ids.VIEW_MESSAGES])
    for part in ("start_date", "preset", "colour"):
        assert f"{part}:" in said
    said = words(visitor.rows("start_date=x&group_by=y&sort=z&where=w")["messages"])
    for part in ("group_by", "sort", "where"):
        assert f"{part}:" in said
    assert "start_date:" not in said  # the overview says it


def test_a_message_is_text_and_never_html(page: MakePage) -> None:
    shown = page(record()).overview("%3Cimg%20src=x&preset=%3Cscript%3E")[ids.VIEW_MESSAGES][
        "children"
    ]
    assert {each["type"] for each in elements(shown)} <= {"Div", "Span", "Strong", "Ul", "Li"}
    assert "<script>" in words(shown)


def test_demo_data_is_called_demo_data(page: MakePage, tmp_path: Any) -> None:
    visitor = page(record())
    assert "Demo data" not in words(visitor.overview()[ids.VIEW_MESSAGES])
    publish(tmp_path / "data", record(), origin="demo")
    assert "Demo data" in words(visitor.overview()[ids.VIEW_MESSAGES])


def test_chips_name_the_exact_ids_and_drop_them(page: MakePage) -> None:
    visitor = page(record(workspace="w1"))
    query = f"{MARCH}&job_id=10&workspace_id=w1&cluster_id=c1"
    chips = visitor.overview(query)[ids.FILTER_CHIPS]["children"]
    said = [words(each) for each in chips]
    assert said == ["Job nightly_load", "Workspace w1", "Cluster c1"]
    assert all("job_id" not in each["props"]["href"] for each in chips[:1])


def test_the_controls_learn_what_the_server_made_of_the_link(page: MakePage) -> None:
    shown = page(record("2026-03-15")).overview("preset=last_7_days&job_name=x")["shown"]["data"]
    assert shown["preset"] == "last_7_days"
    assert (shown["start_date"], shown["end_date"]) == ("2026-03-09", "2026-03-15")
    assert shown["job_name"] == "x"


def test_two_visitors_never_see_each_others_filters(page: MakePage) -> None:
    one = page(record(job="1", name="ann"), record(job="2", name="bob", ec2="99"))
    other = Page(one.client.application)
    for visitor, name, cost in ((one, "ann", 14), (other, "bob", 103), (one, "ann", 14)):
        cards = visitor.cards(f"{MARCH}&job_name={name}")
        assert Decimal(cards["card-total-spend"]) == cost


def test_a_new_version_shows_with_the_next_question(page: MakePage, tmp_path: Any) -> None:
    visitor = page(record(), cache_seconds=3600, cache_url="simple")
    assert visitor.cards(MARCH)["card-runs"] == "1"
    publish(tmp_path / "data", record(), record(run="2"))
    assert visitor.cards(MARCH)["card-runs"] == "2"


# Rows


def test_a_row_has_an_id_that_says_what_a_click_changes(page: MakePage) -> None:
    visitor = page(record(workspace="w/1", job="j 1", run="r%1"))

    def click(grouping: str) -> str:
        [row] = visitor.rows(f"{MARCH}&group_by={grouping}")["rows"]
        return str(row["id"]).removesuffix("#0")

    assert click("run") == click("record") == "run=w%252F1%2Fj%25201%2Fr%25251"
    assert click("day") == (
        "group_by=&sort=&where=&preset=&start_date=2026-03-01&end_date=2026-03-01"
    )
    assert click("job") == "group_by=&sort=&where=&workspace_id=w%2F1&job_id=j+1"
    assert click("cluster") == "group_by=&sort=&where=&cluster_id=c1"


def test_every_row_of_a_page_has_an_id_of_its_own(page: MakePage) -> None:
    visitor = page(*[record()] * 5)
    rows = visitor.rows(f"{MARCH}&group_by=record")["rows"]
    later = visitor.rows(f"{MARCH}&group_by=record", start=2, end=4)["rows"]
    assert len({row["id"] for row in rows}) == 5
    assert [row["id"] for row in later] == [row["id"] for row in rows[2:4]]


def test_costs_travel_as_exact_texts(page: MakePage) -> None:
    [row] = page(record(ec2="0.000001", databricks="-0.000002")).rows(MARCH)["rows"]
    assert (row["ec2_cost"], row["total_cost"]) == ("0.000001", "-0.000001")


def test_unknown_ec2_is_null_in_rows_and_total(page: MakePage) -> None:
    answer = page(record(ec2=None)).rows(MARCH)
    assert (answer["rows"][0]["ec2_cost"], answer["total"]["ec2_cost"]) == (None, None)


def test_the_answer_to_rows_carries_the_token_of_its_question(page: MakePage) -> None:
    visitor = page(record())
    assert visitor.rows(MARCH)["token"] == 7
    assert visitor.rows(MARCH, start=-1)["token"] == 7


def test_a_table_without_rows_is_an_answer_too(page: MakePage) -> None:
    answer = page(record()).rows(f"{MARCH}&job_name=nothing")
    assert (answer["rows"], answer["count"]) == ([], 0)
    assert "All 0 runs" in answer["total"].values()


# Bodies no browser of ours sends

ODD: list[Any] = [
    None,
    5,
    -1.5,
    True,
    [],
    ["x"],
    "text",
    {},
    {"query": 5},
    {"query": ["x"]},
    {"query": {}},
]
ODD_QUERIES = [
    "x" * 20_000,
    "sort=\ud800",
    "job_name=\ud800&group_by=\udfff",
    "\0",
    "where=total_cost.equals.1e999999999",
    "start_date=0001-01-01",
    "end_date=9999-12-31",
    "%",
    "&&&===",
]
EVERY_QUESTION = ["view.data", "rows-question.data", "run-question.data"]


@pytest.mark.parametrize("source", EVERY_QUESTION)
@pytest.mark.parametrize("body", ODD, ids=repr)
def test_an_odd_question_gets_a_sentence(shared_page: Page, source: str, body: Any) -> None:
    response = shared_page.post(source, body)
    assert response.status_code < 500, response.get_data(as_text=True)[:300]
    assert "Traceback" not in response.get_data(as_text=True)


@pytest.mark.parametrize("source", EVERY_QUESTION)
@pytest.mark.parametrize("query", ODD_QUERIES, ids=lambda query: repr(query[:20]))
def test_an_odd_query_gets_an_answer(shared_page: Page, source: str, query: str) -> None:
    body = {"query": query, "start": 0, "end": 10, "run": "1", "token": 1, "again": 0}
    assert shared_page.post(source, body).status_code == 200


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (-1, 5),
        (5, 5),
        (10, 2),
        (None, None),
        ("0", "5"),
        (True, 5),
        (0.0, 5.0),
        ([0], [5]),
        (0, 10**400),
        (10**18, 10**18 + 1),
    ],
    ids=lambda value: repr(value)[:12],
)
def test_rows_that_cannot_be_are_refused_in_a_sentence(
    shared_page: Page, start: Any, end: Any
) -> None:
    answer = shared_page.rows("", start=start, end=end)
    assert "rows that cannot be" in answer["error"]


def test_a_number_that_json_does_not_have_is_refused(shared_page: Page) -> None:
    asked = {"query": "", "start": 0, "end": float("inf"), "token": 1}
    answer = shared_page.post("rows-question.data", asked)
    assert answer.status_code == 400
    assert answer.get_json()["error"]["code"] == "bad_request"


def test_nobody_gets_more_rows_than_a_page(shared_page: Page) -> None:
    assert len(shared_page.rows(CASES["all"].query, start=0, end=10**9)["rows"]) == 200


# One part that fails


class Failing(Warehouse):
    """A warehouse that has bad luck with some questions."""

    def __init__(self, inner: EmbeddedWarehouse, *names: str) -> None:
        self.inner = inner
        self.names = names

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        if question.name in self.names or "everything" in self.names:
            raise WarehouseError(question.name, "It is having a bad day.")
        return self.inner.query(question, values)


def failing(tmp_path: Any, *names: str) -> Page:
    publish(tmp_path / "data", record())
    warehouse = Failing(EmbeddedWarehouse(tmp_path / "data"), *names)
    return Page(app_of(tmp_path / "data", warehouse=warehouse, today=TODAY))


PARTS = {
    "period_summary": ("cards", "children"),
    "daily_spend": (ids.TREND_STATE, "children"),
    "top_jobs": (ids.CHART_TOP_JOBS, "children"),
}


@pytest.mark.parametrize("name", [*PARTS, "data_bounds"])
def test_one_part_that_fails_leaves_the_others_be(tmp_path: Any, name: str) -> None:
    overview = failing(tmp_path, name).overview(MARCH)
    for question, (part, attribute) in PARTS.items():
        shown = overview[part][attribute]
        failed = "having a bad day" in words(shown)
        assert failed is (question == name)
        if failed:
            actions = [each["props"].get("data-action") for each in elements(shown)]
            assert "retry" in actions
    assert (overview[ids.TREND_SOURCE]["data"] is None) is (name == "daily_spend")
    assert ("$14.00" in words(overview["cards"])) is (name != "period_summary")
    assert ("nightly_load" in words(overview[ids.CHART_TOP_JOBS])) is (name != "top_jobs")


def test_a_warehouse_that_is_down_still_gets_a_page(tmp_path: Any) -> None:
    visitor = failing(tmp_path, "everything")
    overview = visitor.overview()
    for part, attribute in PARTS.values():
        assert "having a bad day" in words(overview[part][attribute])
    assert "did not answer" in words(overview[ids.FRESHNESS])
    assert visitor.rows()["error"] == "It is having a bad day."
    assert "having a bad day" in words(visitor.breakdown("1")[ids.BREAKDOWN_REASON]["children"])
    assert visitor.client.get("/").status_code == 200


def test_the_nearest_dates_that_fail_spoil_only_their_own_place(tmp_path: Any) -> None:
    query = "start_date=2020-01-01&end_date=2020-01-02&job_name=load"
    overview = failing(tmp_path, "nearest_dates").overview(query)
    assert "having a bad day" in words(overview[ids.TREND_STATE])
    assert "nothing ran" in words(overview["cards"])


def test_a_table_whose_page_fails_says_so(tmp_path: Any) -> None:
    visitor = failing(tmp_path, "spend_by_run.page")
    assert visitor.rows(MARCH)["error"] == "It is having a bad day."
    assert "error" not in visitor.rows(f"{MARCH}&group_by=day")


def test_before_the_first_import_every_part_says_what_to_do(tmp_path: Any) -> None:
    visitor = Page(app_of(tmp_path / "data"))
    overview = visitor.overview()
    for part, attribute in PARTS.values():
        assert "dbspend360 import" in words(overview[part][attribute])
    assert "dbspend360 import" in visitor.rows()["error"]
