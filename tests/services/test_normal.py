from decimal import Decimal

import pytest

from dbspend360.models.job_cost import ENOUGH_RUNS
from dbspend360.services.normal import normal_cost


def costs(*numbers: float) -> list[Decimal]:
    return [Decimal(str(number)) for number in numbers]


@pytest.mark.parametrize("runs", range(ENOUGH_RUNS))
def test_too_few_runs_say_nothing_about_what_is_normal(runs: int) -> None:
    assert normal_cost(costs(*range(runs))) is None


def test_four_of_five_runs_lie_in_the_normal_range() -> None:
    normal = normal_cost(costs(*range(11)))
    assert normal is not None
    assert [normal.low, normal.median, normal.high] == costs(1, 5, 9)
    assert normal.runs == 11


def test_one_outlier_does_not_hide_the_next() -> None:
    normal = normal_cost(costs(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 10_000))
    assert normal is not None
    assert [normal.median, normal.high] == costs(1, 1)


def test_equal_and_negative_runs_are_fine() -> None:
    normal = normal_cost(costs(-3, -3, -3, -3, -3))
    assert normal is not None
    assert [normal.low, normal.median, normal.high] == costs(-3, -3, -3)


def test_the_order_of_the_runs_does_not_matter() -> None:
    assert normal_cost(costs(5, 1, 4, 2, 3)) == normal_cost(costs(1, 2, 3, 4, 5))
