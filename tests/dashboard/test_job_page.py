"""The page of a job: its parts, asked as the browser asks them."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from page_driver import Json, MakePage, Page, app_of, elements, words
from shared_figures import CASES
from spend_records import record

from dbspend360.dashboard import ids
from dbspend360.errors import WarehouseError
from dbspend360.models.answer import Answer
from dbspend360.models.job import job_path
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse
from dbspend360.warehouse.embedded import EmbeddedWarehouse

MARCH = "start_date=2026-03-06&end_date=2026-03-10"
PARTS = (ids.JOB_RUNS, ids.JOB_CLUSTERS, ids.JOB_ALERTS, ids.JOB_NAMES)


def opened(visitor: Page, path: str = "/job/10", query: Json = MARCH) -> dict[str, Json]:
    of_job = Page(visitor.client.application, "/jobs/")
    asked = {"path": path, "query": query, "again": 0, "forget": False}
    return of_job.answer("job-question.data", asked)


def said(answer: dict[str, Json]) -> dict[str, str]:
    return {name: words(value["children"]) for name, value in answer.items() if "children" in value}


def card(answer: dict[str, Json], name: str) -> str:
    found = [each["props"] for each in elements(answer[ids.JOB_CARDS]["children"])]
    [value] = [each["data-value"] for each in found if each.get("id") == name]
    return str(value)


def is_unknown(answer: dict[str, Json]) -> bool:
    return answer[ids.JOB_PARTS]["hidden"] is True and "no such job" in said(answer)[ids.JOB_HEAD]


@pytest.mark.parametrize("place", range(5))
def test_a_job_costs_what_is_expected(shared_page: Page, place: int) -> None:
    figures = CASES["last30"]
    workspace, job, cost = figures.top_jobs[place]
    answer = opened(shared_page, job_path(workspace, job), figures.query)
    assert Decimal(card(answer, "card-total-spend")) == cost
    days = answer[ids.JOB_CHART_SOURCE]["data"]["data"]
    drawn = sum(Decimal(str(each)) for bars in days for each in bars["y"])
    assert drawn == cost
    runs = [each for each in elements(answer[ids.JOB_RUNS]["children"]) if each["type"] == "Tr"]
    rows = [each["props"] for each in runs if "data-value" in each["props"]]
    assert len(rows) == min(50, int(card(answer, "card-runs")))
    if len(rows) < 50:
        assert sum(Decimal(each["data-value"]) for each in rows) == cost


def test_a_job_has_its_names_the_latest_first(page: MakePage) -> None:
    visitor = page(
        record("2026-01-01", name="old"),
        record("2026-02-01", name=None),
        record("2026-03-07", name="new"),
        record("2026-03-07", job="11", name="other"),
    )
    answer = said(opened(visitor))
    assert "new" in answer[ids.JOB_HEAD]
    assert answer[ids.JOB_NAMES] == ("new7 Mar 2026 without a name1 Feb 2026 old1 Jan 2026")


def test_an_id_of_two_workspaces_is_two_jobs(page: MakePage) -> None:
    visitor = page(
        record("2026-03-07", workspace="w1", name="one", ec2="1", databricks="0"),
        record("2026-03-08", workspace="w2", name="two", ec2="5", databricks="0"),
    )
    latest, older = opened(visitor), opened(visitor, "/job/w1/10")
    assert (card(latest, "card-total-spend"), card(older, "card-total-spend")) == (
        "5.000000",
        "1.000000",
    )
    assert "The same id: workspace w1" in said(latest)[ids.JOB_HEAD]
    assert "The same id: workspace w2" in said(older)[ids.JOB_HEAD]
    assert said(older)[ids.JOB_NAMES] == "one7 Mar 2026"
    assert is_unknown(opened(visitor, "/job/w3/10"))


ODD = [
    "a/b",
    "..",
    "?x=1#y",
    "<b>x</b>",
    "' OR 1=1 --",
    "100%",
    "%2F",
    "売上 🚀",
    "_dash-layout",
    "\\",
]


@pytest.mark.parametrize("job", ODD)
def test_a_job_may_have_any_id(page: MakePage, job: str) -> None:
    visitor = page(record("2026-03-07", job=job, workspace=job), record("2026-03-07", job="10"))
    answer = opened(visitor, job_path(job, job))
    assert card(answer, "card-runs") == "1"
    assert visitor.client.get(job_path(job, job)).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/job/nobody", "/job/", "/job/a/b/c", "/job/%00", "/job/" + "x" * 400, "", "/job/' OR ''='"],
)
def test_a_job_that_nobody_knows_is_said_to_be_unknown(page: MakePage, path: str) -> None:
    answer = opened(page(record("2026-03-07")), path, f"{MARCH}&group_by=job")
    assert is_unknown(answer)
    [link] = [each["props"] for each in elements(answer[ids.JOB_HEAD]) if each["type"] == "A"]
    assert link["href"] == f"/?{MARCH}&group_by=job"


def test_a_job_that_did_not_run_in_these_days_is_known_all_the_same(page: MakePage) -> None:
    answer = said(opened(page(record("2026-01-01"))))
    assert "nightly_load" in answer[ids.JOB_HEAD]
    assert answer[ids.JOB_RUNS] == "No run of this job in these days."
    assert answer[ids.JOB_CLUSTERS] == "None in these days."
    assert "1 Jan 2026" in answer[ids.JOB_NAMES]


def test_unknown_costs_and_corrections_are_what_they_are(page: MakePage) -> None:
    answer = said(
        opened(
            page(
                record("2026-03-07", "1", ec2=None, databricks="2", cluster=None),
                record("2026-03-08", "2", ec2="-5", databricks="-0.5"),
            )
        )
    )
    runs = answer[ids.JOB_RUNS]
    assert "— $2.00 $2.00" in runs
    assert "−$5.00 −$0.50 −$5.50" in runs
    assert "All 2 runs −$5.00 $1.50 −$3.50" in runs
    assert "serverless" in answer[ids.JOB_CLUSTERS]


def test_the_period_before_is_told_where_it_is_known(page: MakePage) -> None:
    whole = page(record("2026-03-01"), record("2026-03-07", "2", ec2="24"))
    assert "▲ 100 %" in said(opened(whole))[ids.JOB_CARDS]
    cut = page(record("2026-03-02"), record("2026-03-07", "2", ec2="24"))
    assert "the 5 days before are not all in the data" in said(opened(cut))[ids.JOB_CARDS]


def test_the_runs_are_the_newest_first_and_lead_to_their_breakdown(page: MakePage) -> None:
    visitor = page(*(record(f"2026-03-0{n}", str(n), workspace="w") for n in (6, 8, 7)))
    drawn = elements(opened(visitor, "/job/w/10")[ids.JOB_RUNS]["children"])
    links = [each["props"] for each in drawn if each["type"] == "A"]
    assert [each["data-change"] for each in links] == [
        f'{{"run": "w/10/{run}"}}' for run in (8, 7, 6)
    ]
    assert links[0]["href"] == f"?{MARCH}&run=w%2F10%2F8"


def test_a_normal_day_is_told_from_five_days_on(page: MakePage) -> None:
    days = [record(f"2026-02-0{n}", str(n), ec2=str(n), databricks="0") for n in range(1, 6)]
    answer = opened(page(*days, record("2026-03-10", "9")))
    assert "a normal day: $1.40 to $4.60" in said(answer)[ids.JOB_CHART_NOTE]
    [band] = answer[ids.JOB_CHART_SOURCE]["data"]["layout"]["shapes"]
    assert (band["y0"], band["y1"]) == (1.4, 4.6)
    learning = opened(page(*days[1:], record("2026-03-10", "9")))
    assert "learning what is normal" in said(learning)[ids.JOB_CHART_NOTE]
    assert learning[ids.JOB_CHART_SOURCE]["data"]["layout"]["shapes"] == []


def test_what_crosses_a_rule_is_listed_and_leads_to_its_run(page: MakePage) -> None:
    steady = [record(f"2026-03-0{n}", str(n), ec2="1", databricks="0") for n in range(1, 8)]
    visitor = page(*steady, record("2026-03-08", "dear", ec2="9000", databricks="0"))
    answer = opened(visitor)
    assert "A run cost $9,000.00" in said(answer)[ids.JOB_ALERTS]
    changes = [each["props"].get("data-change") for each in elements(answer[ids.JOB_ALERTS])]
    assert '{"run": "/10/dear"}' in changes
    assert "normal" in said(answer)[ids.JOB_RUNS]


def test_a_name_is_text_and_never_html(page: MakePage) -> None:
    answer = opened(page(record("2026-03-07", name="<img src=x onerror=alert(1)>")))
    assert "<img src=x onerror=alert(1)>" in said(answer)[ids.JOB_HEAD]
    assert "Img" not in {each["type"] for each in elements(answer[ids.JOB_HEAD])}


def test_filters_of_the_dashboard_are_kept_for_the_way_back_and_nothing_else(
    page: MakePage,
) -> None:
    visitor = page(record("2026-03-07"), record("2026-03-07", job="11", name="other"))
    answer = opened(visitor, query=f"{MARCH}&job_id=11&where=total_cost.lessThan.0&cluster_id=z")
    assert card(answer, "card-runs") == "1"
    [back, *_] = [each["props"] for each in elements(answer[ids.JOB_HEAD]) if each["type"] == "A"]
    for kept in ("job_id=11", "where=total_cost.lessThan.0", "cluster_id=z"):
        assert kept in back["href"]


class Counting(Warehouse):
    """Notes what is asked, and refuses some of it."""

    def __init__(self, inner: Warehouse, refused: str = "") -> None:
        self.inner, self.refused = inner, refused
        self.asked: Counter[str] = Counter()

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        self.asked[question.name] += 1
        if question.name == self.refused:
            raise WarehouseError(question.name, "It was too much.")
        return self.inner.query(question, values)


def counted(visitor: Page, refused: str = "") -> tuple[Counting, dict[str, Json]]:
    warehouse = Counting(EmbeddedWarehouse(visitor.folder), refused)
    guest = Page(app_of(visitor.folder, warehouse=warehouse, cache_seconds=300, cache_url="simple"))
    return warehouse, opened(guest)


def test_nothing_is_asked_twice(page: MakePage) -> None:
    warehouse, _ = counted(page(record("2026-03-07")))
    parts = ("job_names", "period_summary", "daily_spend", "spend_by_run.page")
    for each in (*parts, "spend_by_cluster.page"):
        assert warehouse.asked[each] == 1, warehouse.asked


@pytest.mark.parametrize(
    ("refused", "part", "name"),
    [
        ("period_summary", ids.JOB_CARDS, "The summary"),
        ("daily_spend", ids.JOB_CHART_STATE, "The chart"),
        ("spend_by_run.page", ids.JOB_RUNS, "The runs"),
        ("spend_by_cluster.page", ids.JOB_CLUSTERS, "The clusters"),
        ("job_names", ids.JOB_HEAD, "The job"),
    ],
)
def test_a_part_that_fails_says_so_and_can_be_asked_again(
    page: MakePage, refused: str, part: str, name: str
) -> None:
    _, answer = counted(page(record("2026-03-07")), refused)
    assert f"{name} could not be loaded. " in said(answer)[part]
    assert "Retry" in said(answer)[part]
    others = [said(answer).get(each, "") for each in PARTS if each != part]
    assert not any("could not be loaded" in each for each in others)


def test_alerts_that_cannot_be_looked_up_are_not_said_to_be_none(page: MakePage) -> None:
    _, answer = counted(page(record("2026-03-07")), "striking")
    assert said(answer)[ids.JOB_ALERTS] == "They are not all known right now."
    assert "Alerts could not be looked up" in said(answer)[ids.JOB_MESSAGES]
    assert said(opened(page(record("2026-03-07"))))[ids.JOB_ALERTS] == "No alerts in these days."


@pytest.mark.parametrize(
    "body",
    [None, 5, [], "x", {}, {"path": 5}, {"path": "/job/1", "query": 5}, {"path": ["/job/1"]}],
    ids=repr,
)
def test_an_odd_question_gets_a_sentence(page: MakePage, body: Any) -> None:
    of_job = Page(page(record()).client.application, "/jobs/")
    response = of_job.post("job-question.data", body)
    assert response.status_code < 500
    assert "Traceback" not in response.get_data(as_text=True)


def test_the_earliest_day_of_all_has_a_page(page: MakePage) -> None:
    early = "start_date=1971-01-01&end_date=1971-01-02"
    assert "nightly_load" in said(opened(page(record()), query=early))[ids.JOB_HEAD]


def test_the_links_to_a_job_lead_there(page: MakePage) -> None:
    visitor = page(
        record("2026-03-01"), record("2026-03-07", "2", job="a/b", workspace="w", ec2="99")
    )
    overview = visitor.overview(MARCH)
    for part in (ids.CHART_TOP_JOBS, ids.CHANGES):
        links = [each["props"] for each in elements(overview[part]) if each["type"] == "A"]
        assert f"/job/w/a%2Fb?{MARCH}" in [each["href"] for each in links]
    title = visitor.breakdown("w/a%2Fb/2", MARCH)[ids.BREAKDOWN_TITLE]["children"]
    assert title["props"]["href"] == f"/job/w/a%2Fb?{MARCH}"


def test_a_day_that_is_not_complete_is_hatched(page: MakePage) -> None:
    visitor = page(record("2026-03-10"))
    today = date(2026, 3, 11)
    answer = opened(Page(app_of(visitor.folder, today=today)))
    assert "not complete yet" in said(answer)[ids.JOB_CHART_NOTE]
