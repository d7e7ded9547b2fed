"""What stands above the table as one question, where each statement is dear.

The four answers stand below each other, each in columns of its own; the others are NULL there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from dbspend360.warehouse.base import Pair, Part, Question, Rows
from dbspend360.warehouse.questions import Folders, composed, question, text_of, with_relation

# Of the top jobs and of the changes each way, in the whole: bind them as `most_jobs` and
# `most_changes`.
MOST_JOBS, MOST_CHANGES = 10, 5


@dataclass(frozen=True)
class OwnAnswer:
    """One of those in a whole: its columns, and its order said by them."""

    name: str
    order: str
    columns: tuple[str, ...]
    most: str = ""  # what its `most` is called in the whole


ANSWERS = (
    OwnAnswer(
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
    OwnAnswer(
        "daily_spend",
        "usage_date",
        ("usage_date", "ec2_cost", "databricks_cost", "unknown_ec2_records"),
    ),
    OwnAnswer(
        "top_jobs",
        "COALESCE(ec2_cost, 0) + databricks_cost DESC, workspace_id, job_id",
        ("workspace_id", "job_id", "job_name", "ec2_cost", "databricks_cost", "previous_cost"),
        "most_jobs",
    ),
    OwnAnswer(
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


def overview_part(name: str, pair: Pair | None = None) -> Question:
    """`period_summary`, `daily_spend`, `top_jobs` or `job_changes` as a part of them all.

    Bind for all four. Of the top jobs there are at most `MOST_JOBS`, of the changes each way
    `MOST_CHANGES`. `pair`: what to ask all four with.
    """
    part = _part(name)
    if pair is None or part.within is None:
        return part
    return replace(part, within=replace(part.within, whole=replace(overview(), pair=pair)))


@cache
def overview() -> Question:
    """All four: `answer` counts them from 0, and each has its order."""
    return composed("overview", _text)


def whole_of(answers: Sequence[OwnAnswer], texts: Sequence[str]) -> str:
    """One text for several answers, each said by its own text."""
    selected = [_selected(each, answers) for each in answers]
    text = "\nUNION ALL\n".join(selected) + "\nORDER BY answer, place"
    for each, own in reversed(list(zip(answers, texts, strict=True))):
        text = with_relation(f"answer_{each.name}", own, text)
    return text


def rows_of(own: OwnAnswer, number: int, whole: Rows) -> Rows:
    """Of all rows those of one answer, which is the `number`th from 0."""
    return [
        {column: row[_named(own, column)] for column in own.columns}
        for row in whole
        if row["answer"] == number
    ]


def texts_of_all(folders: Folders) -> list[str]:
    """The text of each of the four."""
    return [text_of(each.name, folders).replace(":most", f":{each.most}") for each in ANSWERS]


@cache
def _part(name: str) -> Question:
    [(number, own)] = [found for found in enumerate(ANSWERS) if found[1].name == name]
    return replace(question(name), within=Part(overview(), partial(rows_of, own, number)))


def _text(folders: Folders) -> str:
    return whole_of(ANSWERS, texts_of_all(folders))


def _selected(own: OwnAnswer, answers: Sequence[OwnAnswer]) -> str:
    columns = [
        f"{column if each is own else 'NULL'} AS {_named(each, column)}"
        for each in answers
        for column in each.columns
    ]
    place = f"ROW_NUMBER() OVER (ORDER BY {own.order}) AS place"
    selected = ",\n    ".join([f"{answers.index(own)} AS answer", place, *columns])
    return f"SELECT\n    {selected}\nFROM answer_{own.name}"


def _named(answer: OwnAnswer, column: str) -> str:
    return f"{answer.name}_{column}"
