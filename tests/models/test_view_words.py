"""A view's filters, as words on paper."""

import pytest
from spend_records import view

from dbspend360.models.view_words import filter_words, row_filter_words

MARCH = "start_date=2026-03-01&end_date=2026-03-10"


def test_a_view_of_everything_leaves_nothing_out() -> None:
    assert filter_words(view(MARCH)) == []
    assert row_filter_words(view(MARCH)) == []


def test_what_all_figures_are_about_is_said() -> None:
    asked = view(f"{MARCH}&job_name=etl&workspace_id=w1&job_id=7&cluster_id=c9")
    assert filter_words(asked) == [
        "job name contains “etl”, or is its id",
        "job 7",
        "workspace w1",
        "cluster c9",
    ]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("total_cost.greaterThanOrEqual.100", "Total is at least 100"),
        ("total_cost.inRange.1..2.5", "Total is from 1 to 2.5"),
        ("job_name.notContains.test", "Job does not contain “test”"),
        ("ec2_cost.blank", "EC2 is not known"),
        ("last_date.lessThan.2026-03-05", "Last day (UTC) is below 2026-03-05"),
    ],
)
def test_which_rows_the_table_has_is_said(where: str, words: str) -> None:
    assert row_filter_words(view(f"{MARCH}&where={where}")) == [words]


def test_alerts_only_is_said() -> None:
    assert row_filter_words(view(f"{MARCH}&alerts=only")) == ["the row has an alert"]
