"""Charts, cards and messages as values: what goes in, what is drawn."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from page_driver import elements, words
from spend_records import view

from dbspend360.dashboard.cards import cards, split_bar
from dbspend360.dashboard.filters import chips
from dbspend360.dashboard.messages import failure, nothing_ran, problems_message
from dbspend360.dashboard.top_jobs import top_jobs
from dbspend360.dashboard.trend import legend, trend_figure
from dbspend360.errors import WarehouseError
from dbspend360.models.summary import DaySpend, JobSpend, PeriodSum, RunKey, Summary
from dbspend360.models.view_query import Problem

LATER = date(2100, 1, 1)
FIVE_DAYS = view("start_date=2026-03-06&end_date=2026-03-10")


def spent(day: str, ec2: str = "10", databricks: str = "4") -> DaySpend:
    return DaySpend(date.fromisoformat(day), Decimal(ec2), Decimal(databricks), 0)


def job(name: str, cost: str, before: str | None = None, ec2: str = "0") -> JobSpend:
    previous = None if before is None else Decimal(before)
    return JobSpend("w1", f"id-{name}", name, Decimal(ec2), Decimal(cost), previous)


def summed(spend: str = "100", **more: Any) -> PeriodSum:
    run = {
        "total_records": 4,
        "total_jobs": 2,
        "total_runs": 4,
        "median_cost": Decimal(20),
        "max_cost": Decimal(50),
        "highest_run": RunKey("w", "j", "r"),
        "highest_run_name": "nightly",
        "highest_run_date": date(2026, 3, 8),
    }
    return PeriodSum(databricks_cost=Decimal(spend), **{**run, **more})


# The chart


def test_a_day_without_records_is_a_zero_and_not_a_gap() -> None:
    figure = trend_figure([spent("2026-03-07")], FIVE_DAYS, LATER)
    databricks, ec2, before = figure["data"]
    assert databricks["x"] == [f"2026-03-{day:02}" for day in range(6, 11)]
    assert databricks["y"] == [0, 4, 0, 0, 0]
    assert ec2["y"] == [0, 10, 0, 0, 0]
    assert before["y"] == [0, 0, 0, 0, 0]


def test_the_period_before_lies_under_the_days_it_is_compared_with() -> None:
    figure = trend_figure([spent("2026-03-01"), spent("2026-03-05", "1", "1")], FIVE_DAYS, LATER)
    before = figure["data"][2]
    assert before["x"][0] == "2026-03-06"
    assert before["y"] == [14, 0, 0, 0, 2]
    assert "1 Mar 2026" in before["customdata"][0]
    assert "5 Mar 2026" in before["customdata"][4]


def test_days_that_are_not_complete_are_hatched_and_explained() -> None:
    final = date(2026, 3, 8)
    figure = trend_figure([], FIVE_DAYS, final)
    for bars in figure["data"][:2]:
        assert bars["marker"]["pattern"]["shape"] == ["", "", "", "/", "/"]
    assert "not complete yet" in words(legend(FIVE_DAYS, final))
    assert "not complete yet" not in words(legend(FIVE_DAYS, date(2026, 3, 10)))


def test_one_day_is_a_bar_and_a_point() -> None:
    figure = trend_figure(
        [spent("2026-03-06")], view("start_date=2026-03-06&end_date=2026-03-06"), LATER
    )
    assert [len(each["x"]) for each in figure["data"]] == [1, 1, 1]
    assert figure["data"][2]["mode"] == "markers"
    assert figure["layout"]["xaxis"]["ticktext"] == ["6 Mar"]


def test_two_years_are_all_drawn_with_few_labels() -> None:
    two_years = view("start_date=2024-03-10&end_date=2026-03-10")
    assert two_years.days == 731
    figure = trend_figure([spent("2024-03-10"), spent("2026-03-10")], two_years, LATER)
    assert [len(each["x"]) for each in figure["data"]] == [731] * 3
    labels = figure["layout"]["xaxis"]["ticktext"]
    assert len(labels) <= 7
    assert all("<br>20" in label for label in labels)


def test_a_correction_goes_below_the_line() -> None:
    figure = trend_figure([spent("2026-03-06", "-10", "4")], FIVE_DAYS, LATER)
    assert figure["data"][1]["y"][0] == -10
    assert figure["data"][1]["customdata"][0] == "−$10.00"
    assert figure["layout"]["barmode"] == "relative"  # "stack" would hide it


def test_what_was_before_the_data_begins_is_no_point_on_the_line() -> None:
    figure = trend_figure([spent("2026-03-03")], FIVE_DAYS, LATER, first_date=date(2026, 3, 3))
    assert figure["data"][2]["y"] == [None, None, 14, 0, 0]


def test_every_day_says_its_exact_cost() -> None:
    figure = trend_figure([spent("2026-03-06", "1234.565", "0.005")], FIVE_DAYS, LATER)
    assert figure["data"][0]["customdata"][0] == "$0.01"
    assert figure["data"][1]["customdata"][0] == "$1,234.57"
    assert "$1,234.57" in figure["data"][2]["customdata"][0]


# Cards


def said(
    shown: PeriodSum,
    previous: PeriodSum,
    *,
    asked: Any = FIVE_DAYS,
    final: date = LATER,
    **more: Any,
) -> str:
    return words(cards(Summary(shown, previous), asked, final, **more))


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        ("150", "100", "▲ 50.0 %"),
        ("50", "100", "▼ 50.0 %"),
        ("100", "100", "no change"),
        ("500", "100", "▲ 400 %"),
        ("-50", "100", "▼ 150 %"),
        ("100", "0", "no spend in the 5 days before"),
    ],
)
def test_the_change_on_the_period_before_is_told(now: str, before: str, expected: str) -> None:
    assert expected in said(summed(now), summed(before))


@pytest.mark.parametrize(
    ("final", "now", "way"),
    [
        (date(2026, 3, 10), "50", "better"),
        (date(2026, 3, 9), "50", "same"),
        (date(2026, 3, 9), "150", "worse"),
    ],
)
def test_a_fall_is_no_saving_while_days_are_not_complete(final: date, now: str, way: str) -> None:
    drawn = elements(cards(Summary(summed(now), summed("100")), FIVE_DAYS, final))
    kinds = [each["props"].get("className", "") for each in drawn]
    assert f"change change--{way}" in kinds
    text = said(summed(now), summed("100"), final=final)
    assert ("so far, on the 5 days before" in text) == (way == "same")


def test_there_is_no_change_on_a_period_that_cost_nothing_or_less() -> None:
    for before in ("0", "-10"):
        assert "%" not in said(summed("100"), summed(before)).partition("Jobs")[0]


def test_nothing_at_all_is_said_with_dashes() -> None:
    text = said(PeriodSum(), PeriodSum())
    assert "Average per run —" in text
    assert "Highest run —" in text
    for odd in ("NaN", "None", "Infinity"):
        assert odd not in text


def test_every_card_has_its_value_for_programs() -> None:
    drawn = cards(Summary(summed("100"), PeriodSum()), FIVE_DAYS, LATER)
    values = {
        each["props"]["id"]: each["props"]["data-value"]
        for each in elements(drawn)
        if "id" in each["props"]
    }
    assert values == {
        "card-total-spend": "100",
        "card-jobs": "2",
        "card-runs": "4",
        "card-average-run": "25",
        "card-highest-run": "50",
        "card-split": "100;0",
    }


def test_a_run_without_a_name_goes_by_its_job() -> None:
    assert "job j" in said(summed(highest_run_name=""), PeriodSum())


def test_parts_of_the_bar_are_shares_and_never_negative() -> None:
    def widths(databricks: str, ec2: str) -> list[str]:
        bar = split_bar(Decimal(databricks), Decimal(ec2))
        return [each["props"]["style"]["width"] for each in elements(bar) if each["type"] == "Span"]

    assert widths("1", "3") == ["25.00%", "75.00%"]
    assert widths("-1", "3") == ["100.00%"]
    assert widths("0", "0") == []


# Top jobs


def test_the_dearest_job_has_the_full_width() -> None:
    drawn = top_jobs([job("a", "200", ec2="50"), job("b", "125")], FIVE_DAYS)
    bars = [
        each["props"]["style"]["width"]
        for each in elements(drawn)
        if each["props"].get("className") == "bar"
    ]
    assert bars == ["100.00%", "50.00%"]


@pytest.mark.parametrize(
    ("before", "expected"),
    [("100", "+100 %"), ("400", "−50 %"), ("200", "0 %"), (None, "new"), ("0", ""), ("-1", "")],
)
def test_a_job_tells_its_change(before: str | None, expected: str) -> None:
    drawn = elements(top_jobs([job("a", "200", before)], FIVE_DAYS))
    [change] = [each for each in drawn if "top-jobs__change" in each["props"].get("className", "")]
    assert words(change) == expected


@pytest.mark.parametrize("is_early", [True, False])
def test_a_job_that_fell_saved_nothing_while_days_are_not_complete(is_early: bool) -> None:
    drawn = top_jobs([job("a", "50", "100"), job("b", "200", "100")], FIVE_DAYS, is_early=is_early)
    kinds = str([each["props"].get("className") for each in elements(drawn)])
    assert ("change--better" in kinds) != is_early
    assert "change--worse" in kinds


def test_jobs_that_cost_nothing_or_less_are_listed_without_a_bar() -> None:
    drawn = words(top_jobs([job("zero", "0"), job("less", "-5")], FIVE_DAYS))
    assert "zero" in drawn
    assert "−$5.00" in drawn


def test_a_hostile_name_is_text() -> None:
    drawn = top_jobs([job("<img src=x onerror=alert(1)>", "1")], FIVE_DAYS)
    assert {each["type"] for each in elements(drawn)} <= {"A", "Span", "Div"}
    assert "<img src=x onerror=alert(1)>" in words(drawn)


def test_no_job_is_said() -> None:
    assert "No job ran" in words(top_jobs([], FIVE_DAYS))


# Messages and chips


def test_no_problem_is_no_message() -> None:
    assert problems_message([]) == []


def test_every_problem_is_named() -> None:
    text = words(problems_message([Problem("sort", "is odd"), Problem("where", "is odder")]))
    assert "sort: is odd." in text
    assert "where: is odder." in text


def test_a_failure_says_what_and_why_and_offers_to_retry() -> None:
    drawn = failure(WarehouseError("daily_spend", "It sleeps."), "The chart")
    assert "The chart could not be loaded. It sleeps." in words(drawn)
    assert "retry" in [each["props"].get("data-action") for each in elements(drawn)]
    assert "daily_spend" not in words(drawn)


@pytest.mark.parametrize(
    ("earlier", "later", "link"),
    [
        (date(2026, 2, 1), None, "?start_date=2026-01-28&end_date=2026-02-01"),
        (None, date(2026, 4, 1), "?start_date=2026-04-01&end_date=2026-04-05"),
        (date(2026, 2, 1), date(2026, 4, 1), "?start_date=2026-01-28&end_date=2026-02-01"),
    ],
)
def test_nothing_ran_leads_to_the_nearest_days(
    earlier: date | None, later: date | None, link: str
) -> None:
    drawn = nothing_ran(FIVE_DAYS, (earlier, later))
    assert [each["props"]["href"] for each in elements(drawn) if each["type"] == "A"] == [link]


def test_an_empty_warehouse_offers_no_link() -> None:
    drawn = nothing_ran(FIVE_DAYS, (None, None))
    assert [each for each in elements(drawn) if each["type"] == "A"] == []
    assert "no data" in words(drawn)


def test_one_empty_day_is_said_as_a_day() -> None:
    one = view("start_date=2026-03-06&end_date=2026-03-06")
    assert "Nothing ran on 6 Mar 2026." in words(nothing_ran(one, (None, None)))


def test_there_are_no_chips_without_exact_ids() -> None:
    assert chips(view("job_name=x"), "") == []


def test_a_chip_keeps_everything_but_its_own_filter() -> None:
    [job_chip, cluster_chip] = chips(view("job_id=1&cluster_id=c&group_by=day"), "")
    assert words(job_chip) == "Job 1"
    assert job_chip.to_plotly_json()["props"]["href"] == "?cluster_id=c&group_by=day"
    assert cluster_chip.to_plotly_json()["props"]["href"] == "?job_id=1&group_by=day"


def test_the_longest_view_has_a_period_before_it() -> None:
    long = view("start_date=2024-03-10&end_date=2026-03-10")
    assert long.before == (long.start_date - timedelta(days=731), date(2024, 3, 9))
