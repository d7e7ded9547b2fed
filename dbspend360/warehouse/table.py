"""The table's rows, page by page: a grouping's text with the person's order and conditions.

Everything that is not a bound value comes from a closed list in here or in `models/columns.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dbspend360.models.columns import Column, Grouping, column
from dbspend360.models.view_state import ColumnFilter, ViewState, filter_value
from dbspend360.warehouse.base import Question, Value
from dbspend360.warehouse.questions import on_rows, question, with_relation

RowKeys = Sequence[tuple[str, ...]]  # of rows: their ids as `_KEYS` has them

_KEYS = {
    Grouping.RUN: ("workspace_id", "job_id", "run_id"),
    Grouping.RECORD: ("workspace_id", "job_id", "run_id"),
    Grouping.JOB: ("workspace_id", "job_id"),
    Grouping.DAY: ("CAST(usage_date AS STRING)",),
}
_UNIT, _LINE = "\x1f", "\x1e"  # stand between ids and between rows: no id holds them

# Ends every order, so that two pages never share or miss a row.
_TIE_BREAKERS = {
    Grouping.RUN: ("last_date DESC", "workspace_id", "job_id", "run_id"),
    Grouping.JOB: ("workspace_id", "job_id"),
    Grouping.CLUSTER: ("cluster_id NULLS LAST",),
    Grouping.DAY: ("usage_date",),
    Grouping.RECORD: (
        "usage_date DESC",
        "workspace_id",
        "job_id",
        "run_id",
        "cluster_id NULLS LAST",
        "databricks_cost NULLS LAST",
        "ec2_cost NULLS LAST",
        "job_name NULLS LAST",
        "run_as NULLS LAST",
        "team NULLS LAST",
        "result_state NULLS LAST",
    ),
}

_COMPARISONS = {
    "equals": "=",
    "lessThan": "<",
    "lessThanOrEqual": "<=",
    "greaterThan": ">",
    "greaterThanOrEqual": ">=",
}

_TEXT_TESTS = {
    "equals": "LOWER({name}) = LOWER({value})",
    "contains": "CONTAINS(LOWER({name}), LOWER({value}))",
    "startsWith": "LEFT(LOWER({name}), LENGTH(LOWER({value}))) = LOWER({value})",
    "endsWith": "RIGHT(LOWER({name}), LENGTH(LOWER({value}))) = LOWER({value})",
}
_OPPOSITES = {"notEqual": "equals", "notContains": "contains"}

_TOTALS = """
    COUNT(*)                 AS table_rows,
    SUM(records)             AS records,
    SUM(unknown_ec2_records) AS unknown_ec2_records,
    SUM(ec2_cost)            AS ec2_cost,
    SUM(databricks_cost)     AS databricks_cost,
    SUM(total_cost)          AS total_cost"""


@dataclass
class _Conditions:
    values: dict[str, Value] = field(default_factory=dict)

    def bind(self, value: Value) -> str:
        name = (
            f"filter_{'abcdefghijklmnopqrstuvwxyz'[len(self.values) // 26]}"
            + ("abcdefghijklmnopqrstuvwxyz"[len(self.values) % 26])
        )
        self.values[name] = value
        return f":{name}"

    def text(self, view: ViewState, only: RowKeys | None) -> str:
        tests = [self._test(each, _known(view, each.column)) for each in view.filters]
        if only is not None:
            tests.append(self._is_among(only, _KEYS[view.group_by]))
        return " AND ".join(f"({test})" for test in tests) or "1 = 1"

    def _is_among(self, keys: RowKeys, names: Sequence[str]) -> str:
        # One value, however many rows: engines limit how many a question may have.
        listed = _LINE.join(["", *(_UNIT.join(each) for each in keys), ""])
        line, unit = self.bind(_LINE), self.bind(_UNIT)
        own = f", {unit}, ".join(names)
        return f"CONTAINS({self.bind(listed)}, CONCAT({line}, {own}, {line}))"

    def _test(self, condition: ColumnFilter, on: Column) -> str:
        if condition.operator in ("blank", "notBlank"):
            empty = f"{on.name} IS NULL"
            if on.kind in ("text", "id"):
                empty += f" OR {on.name} = ''"
            return empty if condition.operator == "blank" else f"NOT ({empty})"
        if opposite := _OPPOSITES.get(condition.operator):
            positive = condition.model_copy(update={"operator": opposite})
            return f"NOT COALESCE({self._test(positive, on)}, FALSE)"
        value = self.bind(filter_value(on, condition.value))
        if on.kind in ("text", "id"):
            return _TEXT_TESTS[condition.operator].format(name=on.name, value=value)
        if condition.operator == "inRange":
            upper = self.bind(filter_value(on, condition.value_to))
            return f"{on.name} BETWEEN {value} AND {upper}"
        return f"{on.name} {_COMPARISONS[condition.operator]} {value}"


def page_question(
    view: ViewState, only: RowKeys | None = None, *, between_costs: bool = False
) -> tuple[Question, dict[str, Value]]:
    """Rows of the table in the view's order; bind `most` and `skip` to choose the page.

    `only`: the keys of the rows that count; None is all. `between_costs`: none below the total cost
    `low` nor above `high`; bind these too.
    """
    conditions = _Conditions()
    where = f"FROM table_rows WHERE ({conditions.text(view, only)})"
    if between_costs:
        where += " AND total_cost BETWEEN :low AND :high"
    text = f"SELECT *\n{where}\nORDER BY {_order(view)}\nLIMIT :most OFFSET :skip"
    return _on_rows(view, "page", text), conditions.values


def ends_question(
    view: ViewState, only: RowKeys | None = None
) -> tuple[Question, dict[str, Value]]:
    """One row: total costs `low` and `high` that hold the page, and how many `rows_before` them.

    The rows before it in the view's order, that is; NULLs where there is no such page. Nothing is
    sorted but the counts of the rows whose costs are about the same.
    """
    conditions = _Conditions()
    way = "DESC" if view.sort.descending else "ASC"
    alike = (
        "SELECT MIN(total_cost) AS low, MAX(total_cost) AS high, COUNT(*) AS table_rows\n"
        f"FROM table_rows WHERE {conditions.text(view, only)}\n"
        "GROUP BY SIGN(total_cost), FLOOR(64 * LN(NULLIF(ABS(CAST(total_cost AS DOUBLE)), 0)))"
    )
    placed = f"SELECT alike.*, SUM(table_rows) OVER (ORDER BY low {way}) AS until\nFROM alike"
    text = (
        "SELECT MIN(low) AS low, MAX(high) AS high, MIN(until - table_rows) AS rows_before\n"
        "FROM placed WHERE until > :skip AND until - table_rows < :skip + :most"
    )
    for name, relation in (("placed", placed), ("alike", alike)):
        text = with_relation(name, relation, text)
    return _on_rows(view, "ends", text), conditions.values


def stream_question(
    view: ViewState, only: RowKeys | None = None
) -> tuple[Question, dict[str, Value]]:
    """All rows of the table in the view's order, to be streamed."""
    conditions = _Conditions()
    where = f"FROM table_rows WHERE {conditions.text(view, only)}"
    text = f"SELECT *\n{where}\nORDER BY {_order(view)}"
    return _on_rows(view, "all", text), conditions.values


def totals_question(
    view: ViewState, only: RowKeys | None = None
) -> tuple[Question, dict[str, Value]]:
    """One row: how many rows the whole table has and what they add up to."""
    conditions = _Conditions()
    text = f"SELECT {_TOTALS}\nFROM table_rows WHERE {conditions.text(view, only)}"
    return _on_rows(view, "totals", text), conditions.values


def first_rows_question(
    view: ViewState, only: RowKeys | None = None
) -> tuple[Question, dict[str, Value]]:
    """The first rows of the table and, beside each, the sums of all as `all_...`.

    Bind `first_rows`. Without rows it is one row of NULLs, whose `is_row` is one too.
    """
    conditions = _Conditions()
    kept = f"SELECT *\nFROM table_rows WHERE {conditions.text(view, only)}"
    sums = f"SELECT {_TOTALS.replace(' AS ', ' AS all_')}\nFROM kept"
    page = f"SELECT *, TRUE AS is_row\nFROM kept\nORDER BY {_order(view)}\nLIMIT :first_rows"
    text = f"SELECT page.*, sums.*\nFROM sums LEFT JOIN page ON 1 = 1\nORDER BY {_order(view)}"
    for name, relation in (("page", page), ("sums", sums), ("kept", kept)):
        text = with_relation(name, relation, text)
    return _on_rows(view, "first", text), conditions.values


def _on_rows(view: ViewState, part: str, text: str) -> Question:
    rows = question(f"spend_by_{view.group_by.value}")
    return on_rows(f"{rows.name}.{part}", rows, "table_rows", text)


def _order(view: ViewState) -> str:
    name = _known(view, view.sort.column).name
    way = "DESC" if view.sort.descending else "ASC"
    return ", ".join([f"{name} {way} NULLS LAST", *_TIE_BREAKERS[view.group_by]])


def _known(view: ViewState, name: str) -> Column:
    known = column(view.group_by, name)
    if known is None:  # ViewState refuses it; this is the last door before SQL
        raise ValueError(f"there is no column '{name}'")
    return known
