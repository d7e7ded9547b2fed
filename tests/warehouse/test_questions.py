import re
from importlib.resources import files
from importlib.resources.abc import Traversable

import pytest
import sqlglot
from spend_records import view
from sqlglot import exp

from dbspend360.models.columns import COLUMNS, Grouping
from dbspend360.models.view_state import ColumnFilter, Operator, ViewState
from dbspend360.warehouse.base import Question
from dbspend360.warehouse.month_days import both
from dbspend360.warehouse.overview import overview
from dbspend360.warehouse.questions import bound, question, with_relation
from dbspend360.warehouse.table import (
    ends_question,
    first_rows_question,
    page_question,
    totals_question,
)

TEXTS = files("dbspend360.warehouse") / "sql"


def texts_in(folder: Traversable) -> list[Traversable]:
    return sorted((each for each in folder.iterdir() if each.is_file()), key=lambda each: each.name)


SQL = texts_in(TEXTS)
NAMES = [each.name.removesuffix(".sql") for each in SQL]
EVERY_TEXT = SQL + [
    each for folder in ("by_day", "by_job", "rolled") for each in texts_in(TEXTS / folder)
]

OPERATORS: tuple[Operator, ...] = (
    "contains",
    "notContains",
    "equals",
    "notEqual",
    "startsWith",
    "endsWith",
    "blank",
    "notBlank",
)
ORDERED: tuple[Operator, ...] = ("lessThan", "greaterThanOrEqual", "inRange", "notEqual", "blank")


def every_condition(grouping: Grouping) -> ViewState:
    """A view of this grouping with every kind of condition in it."""
    texts = [ColumnFilter(column="job_name", operator=each, value="x") for each in OPERATORS]
    money = [
        ColumnFilter(column="total_cost", operator=each, value="1", value_to="2")
        for each in ORDERED
    ]
    named = any(each.name == "job_name" for each in COLUMNS[grouping])
    return view(f"group_by={grouping}").with_changes(filters=(*(texts if named else ()), *money))


TABLE_QUESTIONS = [
    ask(every_condition(grouping))[0]
    for grouping in Grouping
    for ask in (
        page_question,
        totals_question,
        first_rows_question,
        ends_question,
    )
]
WITH_ROLL_UPS = [question(name) for name in NAMES] + [overview(), both(), *TABLE_QUESTIONS]
QUESTIONS = WITH_ROLL_UPS + [
    Question(f"{asked.name} without {', '.join(each.unless)}", each.text)
    for asked in WITH_ROLL_UPS
    for each in asked.roll_ups
]


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda each: each.name)
def test_every_question_is_databricks_sql(asked: Question) -> None:
    [statement] = sqlglot.parse(asked.text, dialect="databricks")
    assert isinstance(statement, exp.Select | exp.Union)


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda each: each.name)
def test_every_question_parses_with_its_values_bound_as_question_marks(asked: Question) -> None:
    names = set(re.findall(r"(?<![:\w]):([a-z_]+)", asked.text))
    text, values = bound(asked.text, dict.fromkeys(names, 1))
    statement = sqlglot.parse_one(text, dialect="databricks")
    assert len(list(statement.find_all(exp.Placeholder))) == len(values) >= len(names)


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda each: each.name)
def test_no_question_uses_what_the_two_engines_understand_differently(asked: Question) -> None:
    assert '"' not in asked.text  # a text on Databricks, a column on DuckDB
    for line in re.split(r"\bAND\b|\bOR\b|\n", asked.text.upper()):
        assert "LIKE" not in line.split() or "ESCAPE" in line
    for odd in ("DATE_SUB", "INTERVAL", "DAYOFWEEK", "AVG("):
        assert odd not in asked.text.upper()


def test_the_order_of_the_table_says_where_unknown_values_go() -> None:
    for grouping in Grouping:
        asked, _ = page_question(every_condition(grouping))
        assert re.search(r"\nORDER BY \w+ (ASC|DESC) NULLS LAST, ", asked.text)
        first, _ = first_rows_question(every_condition(grouping))
        assert len(re.findall(r"ORDER BY \w+ (?:ASC|DESC) NULLS LAST, ", first.text)) == 2


@pytest.mark.parametrize("file", EVERY_TEXT, ids=lambda each: each.name)
def test_every_text_begins_by_saying_what_it_gives(file: Traversable) -> None:
    text = file.read_text(encoding="utf-8")
    assert re.match(r"-- [A-Z].{10,}\n", text)
    assert text.endswith("\n")


@pytest.mark.parametrize("file", EVERY_TEXT, ids=lambda each: each.name)
def test_no_text_has_a_quoted_value_that_should_be_bound(file: Traversable) -> None:
    text = file.read_text(encoding="utf-8")
    code = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    assert set(re.findall(r"'[^']*'", code)) <= {"''"}


def test_names_become_question_marks_in_their_order() -> None:
    text, values = bound("SELECT :a, :b, :a", {"a": 1, "b": 2, "unused": 3})
    assert (text, values) == ("SELECT ?, ?, ?", [1, 2, 1])


def test_casts_comments_and_quoted_texts_are_no_names() -> None:
    text = "SELECT x::date, ':a', 'it''s :a' -- :a\n, y:b"
    assert bound(text, {}) == (text, [])


def test_a_name_without_a_value_is_our_mistake_and_loud() -> None:
    with pytest.raises(KeyError, match="a"):
        bound("SELECT :a", {})


def test_a_relation_goes_in_front_of_those_that_stand_there() -> None:
    text = with_relation("one", "SELECT 1", "WITH two AS (SELECT 2)\nSELECT * FROM one, two")
    statement = sqlglot.parse_one(text, dialect="databricks")
    assert [each.alias for each in statement.find_all(exp.CTE)] == ["one", "two"]


def test_a_question_stands_on_the_chosen_records_only_when_it_speaks_of_them() -> None:
    assert question("daily_spend").text.startswith("WITH chosen_spends AS")
    assert "chosen_spends" not in question("data_bounds").text


@pytest.mark.parametrize(
    ("name", "unless"),
    [
        ("period_summary", [4, 1]),
        ("daily_spend", [4, 1]),
        ("top_jobs", [1]),
        ("job_changes", [1]),
        ("job_names", [1]),
        ("spend_by_run", [1]),
        ("spend_by_job", [1]),
        ("spend_by_day", [4]),
        ("spend_by_cluster", []),
        ("spend_by_record", []),
    ],
)
def test_a_question_has_the_roll_ups_that_can_answer_it(name: str, unless: list[int]) -> None:
    found = question(name).roll_ups
    assert [len(each.unless) for each in found] == unless
    assert all("rolled." in each.text for each in found)
    # Of all records nothing is read any more: neither the table nor what is chosen from it.
    assert not any(re.search(r"\bspends\b|chosen_spends", each.text) for each in found)


def test_the_roll_up_is_asked_that_knows_the_filters() -> None:
    asked = question("daily_spend")
    filters = dict.fromkeys(("job_name", "workspace_id", "job_id", "cluster_id"), "")
    by_day, by_job = asked.roll_ups
    assert asked.quickest(filters) == by_day.text
    assert asked.quickest(filters | {"job_name": "x"}) == by_job.text
    assert asked.quickest(filters | {"job_name": "x", "cluster_id": "c"}) == asked.text


def test_there_is_no_question_by_another_name() -> None:
    with pytest.raises(FileNotFoundError):
        question("no_such_question")
