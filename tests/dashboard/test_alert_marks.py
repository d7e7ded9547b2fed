"""What the dashboard shows of alerts: marks in table, charts, breakdown and header."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from alert_driver import desk_in
from page_driver import MakePage, Page, elements, words
from spend_records import Record, publish, record, view

from dbspend360.dashboard import ids
from dbspend360.dashboard.header import bell
from dbspend360.dashboard.trend import legend, trend_figure
from dbspend360.errors import StoreError
from dbspend360.models.alert_config import AlertConfig
from dbspend360.models.summary import DaySpend
from dbspend360.services.alert_desk import AlertDesk

MARCH = "start_date=2026-03-01&end_date=2026-03-10"
FIVE_DAYS = view("start_date=2026-03-06&end_date=2026-03-10")
# Ten runs at $14, then one at $140 on the tenth.
DEAR = [record(f"2026-03-{n:02}", f"r{n}") for n in range(1, 10)]
DEAR += [record("2026-03-10", "dear", ec2="100", databricks="40")]


def with_rules(visitor: Page, **rules: Any) -> Page:
    """The visitor after saving these rules; others are off."""
    off: dict[str, Any] = {"threshold_amount": None, "threshold_percentage": None}
    desk = desk_in(visitor.folder)
    seen = desk.config("").updated_at
    desk.save("", AlertConfig.model_validate(off | rules), seen=seen)
    return visitor


@pytest.fixture
def visitor(page: MakePage) -> Page:
    return with_rules(page(*DEAR), threshold_percentage=100)


def marks(visitor: Page, query: str) -> list[dict[str, Any]]:
    return [each["alert"] for each in visitor.rows(query)["rows"] if "alert" in each]


# Table


def test_a_run_says_how_many_times_its_normal_it_cost(visitor: Page) -> None:
    [mark] = marks(visitor, MARCH)
    assert mark["words"] == "10x normal"
    assert mark["hint"] == "A run cost $140.00: 10x this job's normal of $14.00"
    assert mark["early"] is False


@pytest.mark.parametrize("grouping", ["job", "day"])
def test_a_job_and_a_day_say_how_many_alerts_they_have(visitor: Page, grouping: str) -> None:
    [mark] = marks(visitor, f"{MARCH}&group_by={grouping}")
    assert mark["words"] == "1 alert"
    assert "10x this job's normal" in mark["hint"]


def test_a_record_is_marked_with_its_run_and_a_cluster_never(visitor: Page) -> None:
    assert len(marks(visitor, f"{MARCH}&group_by=record")) == 1
    assert marks(visitor, f"{MARCH}&group_by=cluster") == []


def test_rows_that_were_drawn_before_follow_rules_records_and_place(page: MakePage) -> None:
    visitor = page(*DEAR, cache_seconds=300, cache_url="simple")
    for percentage, count in ((100, 1), (100, 1), (5000, 0), (100, 1)):
        with_rules(visitor, threshold_percentage=percentage)
        assert len(marks(visitor, MARCH)) == count
    pairs = [visitor.rows(MARCH, start=n, end=n + 2)["rows"] for n in (0, 2, 0)]
    assert pairs[0] == pairs[2] != pairs[1]
    publish(visitor.folder, *DEAR[:9])
    assert len(visitor.rows(MARCH)["rows"]) == 9
    assert marks(visitor, MARCH) == []


def test_an_amount_is_named_where_the_normal_says_nothing(page: MakePage) -> None:
    visitor = with_rules(page(*DEAR[:9], record("2026-03-10", ec2="16")), threshold_amount=20)
    [mark] = marks(visitor, MARCH)
    assert mark["words"] == "over $20"
    assert "at or above $20.00, 1.4x this job's normal of $14.00" in mark["hint"]


def test_days_that_are_not_final_alert_as_early(page: MakePage) -> None:
    late = record("2026-03-19", "late", ec2="100", databricks="40")
    visitor = with_rules(page(*DEAR[:9], late), threshold_percentage=100)
    [mark] = marks(visitor, "start_date=2026-03-01&end_date=2026-03-20")
    assert mark["early"] is True
    assert "early: the cost may still change" in mark["hint"]


def test_nothing_is_marked_when_the_person_says_so(visitor: Page) -> None:
    with_rules(visitor, threshold_percentage=100, dashboard_highlights=False)
    assert marks(visitor, MARCH) == []
    overview = visitor.overview(MARCH)
    assert "alert" not in words(overview[ids.TREND_LEGEND])
    assert "10x" not in words(visitor.breakdown("dear", MARCH)[ids.BREAKDOWN_REASON])


def test_a_name_in_a_hint_is_text(page: MakePage) -> None:
    sly = "<img src=x onerror=alert(1)>"
    records = [record(f"2026-03-{n:02}", f"r{n}", name=sly) for n in range(1, 10)]
    visitor = with_rules(
        page(*records, record("2026-03-10", name=sly, ec2="99")), threshold_percentage=100
    )
    top = visitor.overview(MARCH)[ids.CHART_TOP_JOBS]
    links = [each["props"] for each in elements(top) if each["type"] == "A"]
    [row] = [each for each in links if "data-value" in each]
    assert row["title"].startswith(sly)
    assert "1 alert:" in row["title"]
    assert any("alert" in each["props"].get("className", "") for each in elements(top))


# A lookup that fails


def test_a_store_that_is_away_leaves_table_and_page_as_they_are(
    page: MakePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = page(*DEAR)

    def away(*_: object) -> Any:
        raise StoreError("The settings of users cannot be read.")

    monkeypatch.setattr(AlertDesk, "config", away)
    assert len(visitor.rows(MARCH)["rows"]) == 10
    overview = visitor.overview(MARCH)
    assert visitor.cards(MARCH)["card-runs"] == "10"
    assert "Alerts could not be looked up" in words(overview[ids.VIEW_MESSAGES])
    assert words(overview["bell"]) == "Alerts"
    assert words(visitor.breakdown("dear", MARCH)[ids.BREAKDOWN_TITLE]) == "nightly_load"
    assert "cannot be read" in visitor.rows(f"{MARCH}&alerts=only")["error"]


def test_even_a_fault_of_ours_leaves_the_table_as_it_is(
    page: MakePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = page(*DEAR)

    def broken(*_: object) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(AlertDesk, "config", broken)
    assert len(visitor.rows(MARCH)["rows"]) == 10


# Alerts only


def only(visitor: Page, grouping: str) -> list[dict[str, Any]]:
    answer = visitor.rows(f"{MARCH}&group_by={grouping}&alerts=only")
    assert answer["count"] == len(answer["rows"])
    rows: list[dict[str, Any]] = answer["rows"]
    return rows


def test_alerts_only_narrows_rows_and_total(page: MakePage) -> None:
    visitor = with_rules(
        page(*DEAR, record("2026-03-04", "other", job="11", name="calm")), threshold_percentage=100
    )
    assert [each["run_id"] for each in only(visitor, "run")] == ["dear"]
    assert [each["run_id"] for each in only(visitor, "record")] == ["dear"]
    assert [each["job_id"] for each in only(visitor, "job")] == ["10"]
    assert [each["usage_date"] for each in only(visitor, "day")] == ["2026-03-10"]
    answer = visitor.rows(f"{MARCH}&alerts=only")
    assert Decimal(answer["total"]["total_cost"]) == 140
    assert "Cards and charts still show everything" in words(answer["messages"])


def test_alerts_only_goes_with_conditions_and_into_the_file(visitor: Page) -> None:
    query = f"{MARCH}&alerts=only&where=total_cost.lessThan.100"
    assert visitor.rows(query)["count"] == 0
    text = visitor.client.get(f"/export/job-spends.csv?{MARCH}&alerts=only").get_data(as_text=True)
    assert len(text.splitlines()) == 2
    assert "dear" in text


def test_alerts_only_without_any_alert_is_an_empty_table(page: MakePage) -> None:
    visitor = with_rules(page(*DEAR), threshold_amount=100_000)
    for grouping in ("run", "job", "day", "record"):
        assert only(visitor, grouping) == []


def test_a_cluster_has_no_alerts_and_the_page_says_so(visitor: Page) -> None:
    answer = visitor.rows(f"{MARCH}&group_by=cluster&alerts=only")
    assert answer["count"] == 1
    assert "a cluster has none of its own" in words(answer["messages"])


@pytest.mark.parametrize("odd", ["sql' OR 1=1 --", "\x1e", "ünïcode/売上"])
def test_ids_are_values_wherever_they_come_from(page: MakePage, odd: str) -> None:
    many = [record(f"2026-03-{n:02}", f"r{n}", job=odd, workspace=odd) for n in range(1, 10)]
    dear = record("2026-03-10", odd, job=odd, workspace=odd, ec2="500")
    visitor = with_rules(page(*many, dear), threshold_percentage=100)
    assert [each["run_id"] for each in only(visitor, "run")] == [odd]


# Charts and header


def spent(day: str, cost: str) -> DaySpend:
    return DaySpend(date.fromisoformat(day), Decimal(0), Decimal(cost), 0)


def test_a_day_with_alerts_has_a_dot_above_its_bar() -> None:
    days = [spent("2026-03-06", "10"), spent("2026-03-08", "100")]
    alerts = {date(2026, 3, 8): 2, date(2026, 3, 9): 1}
    figure = trend_figure(days, FIVE_DAYS, date(2100, 1, 1), alerts)
    dots = figure["data"][3]
    assert dots["x"] == ["2026-03-08", "2026-03-09"]
    assert dots["y"] == [105, 5]
    assert dots["customdata"] == ["2 alerts", "1 alert"]
    assert dots["marker"]["color"] == "var(--bad)"


def test_without_alerts_there_is_no_dot_and_no_word_of_it() -> None:
    figure = trend_figure([spent("2026-03-06", "10")], FIVE_DAYS, date(2100, 1, 1), {})
    assert len(figure["data"]) == 3
    assert "alert" not in words(legend(FIVE_DAYS, date(2100, 1, 1)))
    assert "alert" in words(legend(FIVE_DAYS, date(2100, 1, 1), has_alerts=True))


def test_a_total_below_nothing_has_its_dot_above_the_line() -> None:
    figure = trend_figure(
        [spent("2026-03-06", "-10")], FIVE_DAYS, date(2100, 1, 1), {date(2026, 3, 6): 1}
    )
    assert figure["data"][3]["y"] == [0]


@pytest.mark.parametrize(
    ("number", "said"), [(None, "Alerts"), (0, "Alerts"), (3, "Alerts 3"), (2000, "Alerts 99+")]
)
def test_the_bell_counts_open_incidents(number: int | None, said: str) -> None:
    assert words(bell(number)) == said


# Breakdown


def test_the_breakdown_says_first_why_the_run_is_an_alert(visitor: Page) -> None:
    reason = visitor.breakdown("dear", MARCH)[ids.BREAKDOWN_REASON]["children"]
    assert words(reason[0]) == "10x this job's normal of $14.00."
    assert len(reason) == 1  # the same is not said twice


def test_a_run_that_is_none_is_compared_as_before(visitor: Page) -> None:
    reason = visitor.breakdown("r9", MARCH)[ids.BREAKDOWN_REASON]
    assert words(reason).startswith("Normal for this job.")


def test_a_day_that_crossed_a_rule_is_said_below_the_run(page: MakePage) -> None:
    twins: list[Record] = [record("2026-03-10", f"t{n}", ec2="60", databricks="0") for n in (1, 2)]
    visitor = with_rules(page(*DEAR[:9], *twins), threshold_amount=100)
    [day, own] = visitor.breakdown("t1", MARCH)[ids.BREAKDOWN_REASON]["children"]
    assert "2 runs of a day cost $120.00 on 10 Mar 2026: at or above $100.00" in words(day)
    assert "4.3x this job's normal" in words(own)
