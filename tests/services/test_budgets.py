"""What somebody means to spend: what is an amount, and which jobs are the same."""

from datetime import date
from decimal import Decimal

import pytest

from dbspend360.errors import BadView
from dbspend360.models.budget import filter_text, read_amount, read_budget
from dbspend360.models.view_query import read_view


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("50000", "50000"),
        (" $50,000 ", "50000"),
        ("$ 1,234.50", "1234.50"),
        ("0.01", "0.01"),
        ("1000000000", "1000000000"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["12,34", "1,0000", "1.", ".5", "$", "1 000", "--5", "5" * 400])
def test_an_odd_amount_is_no_amount(text: str) -> None:
    with pytest.raises(BadView):
        read_amount(text)


def text_of(query: str) -> str:
    return filter_text(read_view(query, today=date(2026, 3, 1), last_date=None)[0])


def test_the_same_jobs_have_the_same_name_whatever_the_days() -> None:
    assert text_of("?preset=today") == text_of("?group_by=job&sort=-runs") == ""
    assert text_of("?job_name=Night") == text_of("?preset=today&job_name=night")
    assert text_of("?job_name=night") != text_of("?job_id=night")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"amount": -5}', '{"amount": "NaN"}', '{"x": 1}'])
def test_what_is_kept_and_makes_no_sense_is_no_budget(text: str) -> None:
    assert read_budget(text) is None
