"""The card "What changed": lines that add up, states, and where a click leads."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from page_driver import MakePage, Page, app_of, elements, words
from shared_figures import CASES
from spend_records import record, view

from dbspend360.dashboard import ids
from dbspend360.dashboard.changes import changes
from dbspend360.errors import WarehouseError
from dbspend360.models.answer import Answer
from dbspend360.models.changes import Changes, JobChange
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse
from dbspend360.warehouse.embedded import EmbeddedWarehouse

LATER = date(2100, 1, 1)
MARCH = "start_date=2026-03-01&end_date=2026-03-05"
FIVE_DAYS = view(MARCH)


def drawn_in(page: Page, query: str) -> list[dict[str, Any]]:
    return list(elements(page.overview(query)[ids.CHANGES]["children"]))


def amounts(drawn: list[dict[str, Any]], kind: str) -> list[Decimal]:
    found = [each["props"] for each in drawn if each["type"] == kind]
    return [Decimal(each["data-value"]) for each in found if "data-value" in each]


def changed(name: str, change: str, before: str | None = "1", now: str | None = "1") -> JobChange:
    shown, previous = (None if each is None else Decimal(each) for each in (now, before))
    return JobChange("w1", f"id-{name}", name, shown, previous, Decimal(change))


def test_the_lines_add_up_to_what_the_cards_show(shared_page: Page) -> None:
    drawn = drawn_in(shared_page, CASES["last30"].query)
    jobs, closing = amounts(drawn, "A"), amounts(drawn, "Dd")
    whole = closing[-1]
    assert len(jobs) == 10 - len([each for each in jobs if each == 0])
    assert sum(jobs) + sum(closing[:-1]) == whole
    assert whole == round(CASES["last30"].total, 2) - round(CASES["prev30"].total, 2)
    assert f"+${whole:,.2f}" in words(drawn[-1]) or f"${abs(whole):,.2f}" in str(drawn)


def test_a_line_leads_to_its_job(page: MakePage) -> None:
    visitor = page(record("2026-02-20"), record("2026-03-02", "2", workspace="w/1", job="j 1"))
    [link, *_] = [each for each in drawn_in(visitor, MARCH) if each["type"] == "A"]
    assert link["props"]["href"] == f"/job/w%2F1/j%201?{MARCH}"


def test_before_the_data_begins_nothing_is_compared(page: MakePage) -> None:
    said = words(page(record("2026-02-25")).overview(MARCH)[ids.CHANGES])
    assert said == "The 5 days before are not all in the data, so nothing can be compared."
    [first] = drawn_in(page(record("2026-03-01")), MARCH)
    assert first["type"] == "Div"


def test_where_nothing_ran_there_is_nothing_to_explain(page: MakePage) -> None:
    said = words(page(record("2026-01-01")).overview(MARCH)[ids.CHANGES])
    assert said == "Nothing ran in these days, nor in the 5 days before."


def test_equal_periods_have_no_lines() -> None:
    found = Changes(other_jobs=2, shown_cost=Decimal(5), previous_cost=Decimal(5), has_records=True)
    said = words(changes(found, FIVE_DAYS, LATER))
    assert "No job cost more." in said
    assert "No job cost less." in said
    assert "All other jobs · 2 $0.00" in said
    assert "Difference to the 5 days before, 0.0 % $0.00" in said


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        (changed("a", "1", before="4"), "a+$1.00+25 %"),
        (changed("b", "5", before=None), "b+$5.00new"),
        (changed("c", "-3", before="3", now=None), "c−$3.00no runs"),
        (changed("d", "2", before="0"), "d+$2.00 "),
        (changed("", "2", before="-1"), "job id-+$2.00 "),
        (changed("<b>x</b>", "2", before="2"), "<b>x</b>+$2.00+100 %"),
    ],
)
def test_a_line_says_how_much_and_against_what(job: JobChange, expected: str) -> None:
    found = Changes((job,), shown_cost=job.change, has_records=True)
    assert expected in words(changes(found, FIVE_DAYS, LATER))


def test_what_is_late_stands_apart(page: MakePage) -> None:
    today = date(2026, 3, 6)  # 4 and 5 March are not complete
    records = [record("2026-02-24", ec2="100"), record("2026-02-28", "2", ec2="100")]
    visitor = page(*records, record("2026-03-01", "3", ec2="104", databricks="0"))
    drawn = list(
        elements(Page(app_of(visitor.folder, today=today)).overview(MARCH)[ids.CHANGES]["children"])
    )
    said = words(drawn[0]), words(drawn)
    assert "No job cost more." in said[0]
    assert "No job cost less." in said[0]
    assert "Less so far on the last 2 days that are not complete −$104.00" in said[1]


class Refusing(Warehouse):
    """Refuses one question."""

    def __init__(self, inner: Warehouse) -> None:
        self.inner = inner

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        if question.name == "job_changes":
            raise WarehouseError(question.name, "It was too much.")
        return self.inner.query(question, values)


def test_a_list_that_fails_says_so_and_leaves_the_others_be(page: MakePage) -> None:
    visitor = page(record())
    refusing = Refusing(EmbeddedWarehouse(visitor.folder))
    overview = Page(app_of(visitor.folder, warehouse=refusing)).overview(MARCH)
    assert "What changed could not be loaded." in words(overview[ids.CHANGES])
    assert "Retry" in words(overview[ids.CHANGES])
    assert "$14.00" in words(overview["cards"])


# The column of the table


BY_JOB = f"{MARCH}&group_by=job"


def moved(visitor: Page, job: str = "10") -> tuple[str | None, str, str]:
    [row] = [each for each in visitor.rows(BY_JOB)["rows"] if each["job_id"] == job]
    return row["cost_change"], row["moved"]["words"], row["moved"]["way"]


@pytest.mark.parametrize(
    ("today", "way"), [(date(2026, 3, 20), "better"), (date(2026, 3, 6), "same")]
)
def test_a_job_in_the_table_says_how_it_changed(page: MakePage, today: date, way: str) -> None:
    records = [record("2026-02-24", ec2="6"), record("2026-03-02", "2", ec2="1")]
    visitor = page(*records, record("2026-03-03", job="11", ec2="1"))
    visitor = Page(app_of(visitor.folder, today=today))
    assert moved(visitor) == ("-5.000000", "−50 %", way)
    assert moved(visitor, "11") == ("5.000000", "new", "same")


def test_a_job_in_the_table_is_not_compared_with_what_is_not_known(page: MakePage) -> None:
    visitor = page(record("2026-02-25"), record("2026-03-02", "2", ec2="1"))
    assert moved(visitor) == (None, "", "same")
