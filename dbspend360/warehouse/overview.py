"""What stands above the table as one question, where each statement is dear.

The four answers stand below each other, each in columns of its own; the others are NULL there.
"""

from dataclasses import dataclass, replace
from functools import cache

from dbspend360.warehouse.base import Part, Question, Rows
from dbspend360.warehouse.questions import Folders, composed, question, text_of, with_relation

# Of the top jobs and of the changes each way, in the whole: bind them as `most_jobs` and
# `most_changes`.
MOST_JOBS, MOST_CHANGES = 10, 5


@dataclass(frozen=True)
class _Answer:
    """One of the four: its columns, and its order said by them."""

    name: str
    order: str
    columns: tuple[str, ...]
    most: str = ""  # what its `most` is called in the whole


_ANSWERS = (
    _Answer(
        "period_summary",
        "shown",
        (
            "shown",
            "total_runs",
            "total_jobs",
            "total_records",
            "unknown_ec2_records",
            "serverless_records",
            "ec2_cost",
            "databricks_cost",
            "median_cost",
            "max_cost",
            "workspace_id",
            "job_id",
            "run_id",
            "job_name",
            "last_date",
        ),
    ),
    _Answer(
        "daily_spend",
        "usage_date",
        ("usage_date", "ec2_cost", "databricks_cost", "unknown_ec2_records"),
    ),
    _Answer(
        "top_jobs",
        "COALESCE(ec2_cost, 0) + databricks_cost DESC, workspace_id, job_id",
        ("workspace_id", "job_id", "job_name", "ec2_cost", "databricks_cost", "previous_cost"),
        "most_jobs",
    ),
    _Answer(
        "job_changes",
        "CASE WHEN job_id IS NULL THEN 1 ELSE 0 END, cost_change DESC, workspace_id, job_id",
        (
            "workspace_id",
            "job_id",
            "job_name",
            "jobs",
            "shown_cost",
            "previous_cost",
            "cost_change",
            "early_change",
        ),
        "most_changes",
    ),
)


@cache
def overview_part(name: str) -> Question:
    """`period_summary`, `daily_spend`, `top_jobs` or `job_changes` as a part of them all.

    Bind for all four. Of the top jobs there are at most `MOST_JOBS`, of the changes each way
    `MOST_CHANGES`.
    """
    [own] = [each for each in _ANSWERS if each.name == name]

    def rows(whole: Rows) -> Rows:
        return [
            {column: row[_named(own, column)] for column in own.columns}
            for row in whole
            if row["answer"] == _ANSWERS.index(own)
        ]

    return replace(question(name), within=Part(overview(), rows))


@cache
def overview() -> Question:
    """All four: `answer` counts them from 0, and each has its order."""
    return composed("overview", _text)


def _text(folders: Folders) -> str:
    text = "\nUNION ALL\n".join(map(_selected, _ANSWERS)) + "\nORDER BY answer, place"
    for each in reversed(_ANSWERS):
        own = text_of(each.name, folders).replace(":most", f":{each.most}")
        text = with_relation(f"answer_{each.name}", own, text)
    return text


def _selected(own: _Answer) -> str:
    columns = [
        f"{column if each is own else 'NULL'} AS {_named(each, column)}"
        for each in _ANSWERS
        for column in each.columns
    ]
    place = f"ROW_NUMBER() OVER (ORDER BY {own.order}) AS place"
    selected = ",\n    ".join([f"{_ANSWERS.index(own)} AS answer", place, *columns])
    return f"SELECT\n    {selected}\nFROM answer_{own.name}"


def _named(answer: _Answer, column: str) -> str:
    return f"{answer.name}_{column}"
