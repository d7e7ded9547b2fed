"""The days that a forecast looks at, and the overview of a page, as a pair.

In one statement they stand below the four answers of the overview, over relations of their own:
other days of the same jobs.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from dbspend360.warehouse.base import Half, Pair, Question, Rows, Value
from dbspend360.warehouse.overview import (
    ANSWERS,
    OwnAnswer,
    overview,
    rows_of,
    texts_of_all,
    whole_of,
)
from dbspend360.warehouse.questions import Folders, composed, names_in, question, standing

Values = Mapping[str, Value]

_NAME = "daily_spend"
_MONTH = OwnAnswer(
    "month_days",
    "usage_date",
    ("usage_date", "ec2_cost", "databricks_cost", "unknown_ec2_records"),
)
_OWN_DAYS = ("first_date", "last_date")  # bound as `month_first_date` and `month_last_date`


def month_days() -> Question:
    """Spend per day, whatever the days of a view."""
    return question(_NAME)


def overview_and_month(of_overview: Values, of_month: Values) -> Pair:
    """The pair of these two questions, each with its values."""
    of_both = {**of_overview} | {f"month_{name}": of_month[name] for name in _OWN_DAYS}
    return Pair(
        both(),
        _wanted(both(), of_both),
        (
            Half(overview(), _wanted(overview(), of_overview), _rows_of_overview),
            Half(month_days(), _wanted(month_days(), of_month), _rows_of_month),
        ),
    )


@cache
def both() -> Question:
    """The two as one: the days of the month have a number of their own in `answer`, the last."""
    # Its halves are remembered, each by itself.
    return replace(composed("overview_and_month", _text), is_remembered=False)


def _text(folders: Folders) -> str:
    own = re.sub(r"\b(chosen_\w+)", r"month_\1", standing(_NAME, folders))
    own = re.sub(rf":({'|'.join(_OWN_DAYS)})\b", r":month_\1", own)
    return whole_of((*ANSWERS, _MONTH), [*texts_of_all(folders), own])


def _wanted(asked: Question, values: Values) -> tuple[tuple[str, Value], ...]:
    return tuple((name, values[name]) for name in sorted(names_in(asked.text)))


def _rows_of_month(whole: Rows) -> Rows:
    return rows_of(_MONTH, len(ANSWERS), whole)


def _rows_of_overview(whole: Rows) -> Rows:
    return [
        {name: value for name, value in row.items() if not name.startswith(f"{_MONTH.name}_")}
        for row in whole
        if row["answer"] != len(ANSWERS)
    ]
