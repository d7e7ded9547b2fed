from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from page_driver import MakePage, Page, elements, words
from shared_figures import CASES
from spend_records import record, same_but

from dbspend360.dashboard import ids
from dbspend360.models.run import read_run, run_text
from dbspend360.models.summary import RunKey
from dbspend360.theme import UNKNOWN

MARCH = "start_date=2026-03-01&end_date=2026-03-10"


def shown(visitor: Page, run: str, query: str = MARCH) -> dict[str, str]:
    """The words of each part of the breakdown."""
    answer = visitor.breakdown(run, query)
    return {name: words(value.get("children")) for name, value in answer.items()}


def facts(visitor: Page, run: str = "1", query: str = MARCH) -> dict[str, str]:
    """The list of facts, by its terms."""
    drawn = list(elements(visitor.breakdown(run, query)[ids.BREAKDOWN_FACTS]["children"]))
    terms = [words(each["props"]["children"]) for each in drawn if each["type"] == "Dt"]
    said = [words(each["props"]["children"]) for each in drawn if each["type"] == "Dd"]
    return dict(zip(terms, said, strict=True))


def costs(visitor: Page, run: str = "1") -> list[str]:
    """The exact Databricks and EC2 cost that the breakdown names; '' is unknown."""
    drawn = elements(visitor.breakdown(run, MARCH)[ids.BREAKDOWN_FACTS]["children"])
    return [each["props"]["data-value"] for each in drawn if "data-value" in each["props"]]


def pie(visitor: Page, run: str = "1") -> list[float]:
    values: list[float] = visitor.breakdown(run, MARCH)[ids.PIE_SOURCE]["data"]["data"][0]["values"]
    return values


def test_the_highest_run_of_the_shared_data_adds_up(shared_page: Page) -> None:
    figures = CASES["all"]
    assert figures.highest_run is not None
    run = run_text(figures.highest_run)
    databricks, ec2 = costs(shared_page, run)
    assert Decimal(databricks) + Decimal(ec2) == figures.highest
    assert sum(pie(shared_page, run)) == pytest.approx(float(figures.highest or 0))
    assert "audit_vacuum_prod" in shown(shared_page, run)[ids.BREAKDOWN_TITLE]


def test_a_run_names_its_ids_to_copy(page: MakePage) -> None:
    told = same_but(record(workspace="w1"), run_as="ada@example.com", result_state="FAILED")
    visitor = page(told)
    said = facts(visitor, "w1/10/1")
    assert said["Run"].startswith("1")
    assert (said["Job id"], said["Workspace"], said["Cluster"]) == ("10", "w1", "c1")
    assert (said["Run as"], said["Result"]) == ("ada@example.com", "FAILED")
    assert "1 Mar 2026" in said["Days (UTC)"]
    answer = visitor.breakdown("w1/10/1", MARCH)[ids.BREAKDOWN_FACTS]["children"]
    copies = {each["props"].get("data-copy") for each in elements(answer)}
    assert {"w1", "10", "1", "c1"} <= copies


def test_without_workspaces_none_is_named(page: MakePage) -> None:
    assert "Workspace" not in facts(page(record()))


def test_every_record_of_a_run_is_listed(page: MakePage) -> None:
    visitor = page(record(), record(), record("2026-03-02", cluster="c2", ec2="-1"))
    drawn = visitor.breakdown("1", MARCH)[ids.BREAKDOWN_RECORDS]["children"]
    rows = [words(each) for each in elements(drawn) if each["type"] == "Tr"]
    assert len(rows) == 1 + 3 + 1
    assert rows[1] == rows[2]
    assert "−$1.00" in rows[3]
    assert "$19.00" in rows[4]
    assert "$31.00" in rows[4]


def test_a_single_record_needs_no_list(page: MakePage) -> None:
    assert shown(page(record()), "1")[ids.BREAKDOWN_RECORDS] == ""


def test_share_is_of_what_the_view_adds_up_to(page: MakePage) -> None:
    visitor = page(record(), record(run="2", ec2="38"))
    assert facts(visitor)["Share of view"] == "25.0 % of $56.00"


def test_a_view_without_the_run_has_no_share_of_it(page: MakePage) -> None:
    visitor = page(record(name="nightly"), record(run="2", name="other"))
    for query in (f"{MARCH}&job_name=other", f"{MARCH}&job_id=11", "preset=last_week"):
        assert facts(visitor, query=query)["Share of view"].startswith(("none", UNKNOWN))


def test_the_days_shown_may_cut_a_run(page: MakePage) -> None:
    visitor = page(record("2026-02-28"), record("2026-03-01", ec2="6"))
    assert facts(visitor)["In this view"] == "$10.00 of the whole run's $24.00"
    assert facts(visitor)["Share of view"] == "100 % of $10.00"
    assert "In this view" not in facts(visitor, query="start_date=2026-02-01&end_date=2026-03-01")


def test_unknown_ec2_is_a_dash_with_its_reason(page: MakePage) -> None:
    visitor = page(record(ec2=None), record(run="2", ec2=None, cluster=None))
    assert costs(visitor) == ["4.000000", ""]
    assert "EC2 — not known" in shown(visitor, "1")[ids.BREAKDOWN_FACTS]
    assert "EC2 — inside the Databricks price" in shown(visitor, "2")[ids.BREAKDOWN_FACTS]
    assert "serverless" in facts(visitor, "2")["Cluster"]


@pytest.mark.parametrize(
    ("ec2", "databricks"), [("-1", "4"), ("1", "-4"), ("0", "0"), ("-1", "-1")]
)
def test_a_part_below_nothing_cannot_be_a_pie(page: MakePage, ec2: str, databricks: str) -> None:
    visitor = page(record(ec2=ec2, databricks=databricks))
    assert pie(visitor) == []
    assert [Decimal(cost) for cost in costs(visitor)] == [Decimal(databricks), Decimal(ec2)]


def test_the_pie_is_the_two_costs(page: MakePage) -> None:
    assert pie(page(record(), record())) == [8.0, 20.0]


# Which run


def test_a_bare_run_id_opens_the_newest_run_that_has_it(page: MakePage) -> None:
    visitor = page(record(job="1"), record("2026-03-02", job="2"))
    assert facts(visitor, "1")["Job id"] == "2"


@pytest.mark.parametrize(
    "run", ["2", "w/10/1", "//", "/", "a/b/c/d", "%", "%ff", "\0", "\ud800", ""]
)
def test_a_run_that_is_not_there_is_a_sentence(page: MakePage, run: str) -> None:
    visitor = page(record())
    said = shown(visitor, run)
    assert "could not be loaded" in said[ids.BREAKDOWN_REASON]
    assert said[ids.BREAKDOWN_FACTS] == ""


@pytest.mark.parametrize("run", [None, 5, [], {}, True, ["1"]])
def test_what_is_no_text_names_no_run(page: MakePage, run: Any) -> None:
    said = page(record()).breakdown(run, MARCH)[ids.BREAKDOWN_REASON]["children"]
    assert "does not name a run" in words(said)


@pytest.mark.parametrize("odd", ["a/b", "50%", "%2F", "売上", "a b", "'", "//", "?&#", "é"])
def test_any_id_can_be_in_a_link(page: MakePage, odd: str) -> None:
    visitor = page(record(workspace=odd, job=odd, run=odd))
    link = run_text(RunKey(odd, odd, odd))
    assert link.count("/") == 2
    assert read_run(link) == RunKey(odd, odd, odd)
    assert facts(visitor, link)["Job id"] == odd
    assert facts(visitor, quote(odd, safe=""))["Job id"] == odd  # a bare run id, quoted


def test_the_same_ids_elsewhere_are_another_run(page: MakePage) -> None:
    visitor = page(record(workspace="w1"), record(workspace="w2", ec2="99"))
    assert [Decimal(cost) for cost in costs(visitor, "w1/10/1")] == [4, 10]
    assert [Decimal(cost) for cost in costs(visitor, "w2/10/1")] == [4, 99]


# What is normal


def nightly(costs_of_days: list[str]) -> list[Any]:
    """A run a day, the last one on 10 March."""
    first = 11 - len(costs_of_days)
    return [
        record(str(date(2026, 3, first + n)), str(n), ec2=cost, databricks="0")
        for n, cost in enumerate(costs_of_days)
    ]


def test_too_few_earlier_runs_are_learning(page: MakePage) -> None:
    said = shown(page(*nightly(["10"] * 5)), "4")[ids.BREAKDOWN_REASON]
    assert said.startswith("Learning: 4 earlier runs")


def test_a_run_like_the_others_is_normal(page: MakePage) -> None:
    said = shown(page(*nightly(["10", "11", "9", "10", "11", "10"])), "5")[ids.BREAKDOWN_REASON]
    assert said.startswith("Normal for this job.")


def test_a_dear_run_says_how_many_times_and_how_much(page: MakePage) -> None:
    visitor = page(*nightly(["10"] * 6 + ["32"]))
    said = shown(visitor, "6")[ids.BREAKDOWN_REASON]
    assert "3.2x" in said
    assert "$10.00" in said
    assert "$22.00 more" in said
    colours = visitor.breakdown("6")[ids.HISTORY_SOURCE]["data"]["data"][0]["marker"]["color"]
    assert colours.count("var(--bad)") == 1
    assert colours[-1] == "var(--bad)"


def test_a_cheap_run_is_below_normal(page: MakePage) -> None:
    said = shown(page(*nightly(["10"] * 6 + ["1"])), "6")[ids.BREAKDOWN_REASON]
    assert said.startswith("Below this job's normal.")


def test_runs_that_cost_nothing_make_no_ratio(page: MakePage) -> None:
    said = shown(page(*nightly(["0"] * 6 + ["5"])), "6")[ids.BREAKDOWN_REASON]
    assert said.startswith("Above this job's normal.")


def test_later_runs_say_nothing_about_what_was_normal(page: MakePage) -> None:
    visitor = page(*nightly(["10"] * 2 + ["99"] * 6))
    assert shown(visitor, "1")[ids.BREAKDOWN_REASON].startswith("Learning: 1 earlier run ")


# The way to the workspace


def test_there_is_a_link_to_the_workspace_only_when_one_is_set(page: MakePage) -> None:
    def links(visitor: Page) -> list[str]:
        drawn = visitor.breakdown("7/a b/1", MARCH)[ids.BREAKDOWN_FACTS]["children"]
        return [each["props"]["href"] for each in elements(drawn) if each["type"] == "A"]

    run = record(workspace="7", job="a b")
    assert links(page(run)) == []
    assert links(page(run, workspace_url="https://dbc.example/")) == [
        "https://dbc.example/jobs/a%20b/runs/1?o=7"
    ]
