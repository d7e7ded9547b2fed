"""Every order and every condition of the table, against the same thing done in plain Python."""

import operator
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from spend_records import MakeSpend, Record, publish, record, same_but, view

from dbspend360.models.columns import COLUMNS, Column, Grouping
from dbspend360.models.view_state import ColumnFilter, Operator, Sort, ViewState
from dbspend360.warehouse import deep_pages
from dbspend360.warehouse.base import Row, Rows
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.spends import SpendRepository
from dbspend360.warehouse.table import page_question, totals_question

RECORDS = [
    record("2026-03-01", "1", name="Nightly_Load"),
    record("2026-03-02", "1", name="Nightly_Load"),
    record("2026-03-01", "1", name="Nightly_Load", ec2=None, cluster=None),
    record("2026-03-01", "2", name="nightly load 50%", job="11"),
    record("2026-03-01", "2", name="nightly load 50%", job="11", ec2="-10", databricks="-4"),
    record("2026-03-03", "3", name="o'brien \\ x!", job="12", ec2="0", databricks="0"),
    record("2026-03-03", "3", name="O'BRIEN", job="12", workspace="w2", databricks=None),
    record("2026-03-03", "4", name="été 売上", job="13", workspace="w2", ec2="0.000001"),
    record("2026-03-04", "5", name=None, job="14", ec2=None, cluster="C1"),
    same_but(record("2026-03-04", "6", name="", job="15"), run_as="", team="core"),
    same_but(record("2026-03-04", "7", job="15"), run_as="Ada", team="CORE", result_state="FAILED"),
    *[record("2026-03-05", f"tie-{n}", job="16", name="tie") for n in range(4)],
    *[record("2026-03-05", "same", job="16", name="tie") for _ in range(3)],
    *[record("2026-03-05", "same", job="16", name=name) for name in ("tie2", None, "tie2")],
]
BEFORE = [  # in the ten days before those of the table
    record("2026-02-19", "0", ec2="1.5"),
    record("2026-02-28", "0", ec2=None, name=None),
    record("2026-02-20", "0", job="11", ec2="-3", databricks=None),
]
SLY = ("%", "_", "'", "\\", "!", '"', "%' OR '1'='1", "", "?", ":skip")


@pytest.fixture(scope="module", params=[False, True], ids=["records", "rolled"])
def table(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> SpendRepository:
    folder = tmp_path_factory.mktemp("table") / "data"
    publish(folder, *RECORDS, *BEFORE, rolled=request.param)
    return SpendRepository(EmbeddedWarehouse(folder))


def by(grouping: Grouping) -> ViewState:
    return view(f"start_date=2026-03-01&end_date=2026-03-10&group_by={grouping}")


@pytest.fixture(scope="module")
def unfiltered(table: SpendRepository) -> dict[Grouping, Rows]:
    """The whole table of each grouping, in its own order."""
    return {grouping: whole(table, by(grouping)) for grouping in Grouping}


def whole(table: SpendRepository, asked: ViewState) -> Rows:
    return table.table_page(asked, skip=0, most=1000).value


# The groupings, added up by hand


def _group_key(grouping: Grouping) -> Callable[[Record], tuple[Any, ...]]:
    return {
        Grouping.RUN: lambda each: (each.workspace_id, each.job_id, each.run_id),
        Grouping.JOB: lambda each: (each.workspace_id, each.job_id),
        Grouping.CLUSTER: lambda each: (each.cluster_id,),
        Grouping.DAY: lambda each: (each.usage_date,),
    }[grouping]


def _known(costs: list[Decimal | None]) -> Decimal | None:
    known = [each for each in costs if each is not None]
    return sum(known, Decimal(0)) if known else None


def _added_up(group: list[Record]) -> dict[str, Any]:
    total = sum((each.total_cost for each in group), Decimal(0))
    runs = {(each.workspace_id, each.job_id, each.run_id) for each in group}
    return {
        "records": len(group),
        "jobs": len({(each.workspace_id, each.job_id) for each in group}),
        "runs": len(runs),
        "clusters": len({each.cluster_id for each in group} - {None}),
        "first_date": min(each.usage_date for each in group),
        "last_date": max(each.usage_date for each in group),
        "unknown_ec2_records": sum(each.ec2_cost is None for each in group),
        "ec2_cost": _known([each.ec2_cost for each in group]),
        "databricks_cost": _known([each.databricks_cost for each in group]),
        "total_cost": total,
        "average_run_cost": round(total / len(runs), 6),
    }


@pytest.mark.parametrize("grouping", [each for each in Grouping if each is not Grouping.RECORD])
def test_every_column_of_a_grouping_is_what_one_adds_up_by_hand(
    table: SpendRepository, grouping: Grouping
) -> None:
    key = _group_key(grouping)
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for each in RECORDS:
        groups.setdefault(key(each), []).append(each)
    names = {"run": ("workspace_id", "job_id", "run_id"), "job": ("workspace_id", "job_id")}
    own = names.get(grouping, ("cluster_id",) if grouping is Grouping.CLUSTER else ("usage_date",))
    rows = whole(table, by(grouping))
    assert {tuple(row[name] for name in own) for row in rows} == set(groups)
    for row in rows:
        expected = _added_up(groups[tuple(row[name] for name in own)])
        counted = {name: value for name, value in row.items() if name in expected}
        assert counted == {name: expected[name] for name in counted}


def test_a_job_is_compared_with_what_it_cost_in_as_many_days_before(table: SpendRepository) -> None:
    rows = whole(table, by(Grouping.JOB))
    costs = {"10": Decimal("9.5"), "11": Decimal(-3)}
    for row in rows:
        before = costs.get(str(row["job_id"]))
        assert row["previous_cost"] == before
        assert row["cost_change"] == Decimal(str(row["total_cost"])) - (before or 0)


def test_by_record_the_table_is_the_records_themselves(table: SpendRepository) -> None:
    rows = whole(table, by(Grouping.RECORD))
    fields = list(Record.__dataclass_fields__)
    stored = Counter(tuple(row[name] for name in fields) for row in rows)
    assert stored == Counter(tuple(getattr(each, name) for name in fields) for each in RECORDS)


@pytest.mark.parametrize("grouping", Grouping)
def test_a_row_has_every_column_of_its_grouping_and_ids_to_click(
    table: SpendRepository, grouping: Grouping
) -> None:
    row = whole(table, by(grouping))[0]
    assert {each.name for each in COLUMNS[grouping]} <= set(row)
    assert {"records", "unknown_ec2_records", "serverless_records"} <= set(row)


# Order


EVERY_COLUMN = [
    pytest.param(grouping, each, id=f"{grouping}-{each.name}")
    for grouping in Grouping
    for each in COLUMNS[grouping]
]


@pytest.mark.parametrize(("grouping", "on"), EVERY_COLUMN)
@pytest.mark.parametrize("descending", [True, False])
def test_the_table_comes_in_the_order_asked_for_unknown_last(
    table: SpendRepository,
    unfiltered: dict[Grouping, Rows],
    grouping: Grouping,
    on: Column,
    descending: bool,
) -> None:
    asked = by(grouping).with_changes(sort=Sort(column=on.name, descending=descending))
    values: list[Any] = [row[on.name] for row in whole(table, asked)]
    known = sorted((each for each in values if each is not None), reverse=descending)
    assert values == known + [None] * (len(values) - len(known))
    assert Counter(values) == Counter(row[on.name] for row in unfiltered[grouping])


@pytest.mark.parametrize(("grouping", "on"), EVERY_COLUMN)
def test_pages_put_together_are_the_whole_table(
    table: SpendRepository, grouping: Grouping, on: Column
) -> None:
    asked = by(grouping).with_changes(sort=Sort(column=on.name))
    pages = [row for chunk in table.table_rows(asked) for row in chunk]
    assert pages == whole(table, asked)


def test_records_that_differ_in_their_texts_alone_keep_their_places(spend: MakeSpend) -> None:
    texts = [f"{letter}{n}" for letter in "abc" for n in range(60)]
    records = [same_but(record(), job_name=text, run_as=text[:1]) for text in texts]
    asked = by(Grouping.RECORD)
    one, other = (whole(spend(*order), asked) for order in (records, records[::-1]))
    assert one == other


def test_a_page_beyond_the_end_is_empty(table: SpendRepository) -> None:
    assert table.table_page(by(Grouping.RUN), skip=10**9, most=200).value == []


# Conditions

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "lessThan": operator.lt,
    "lessThanOrEqual": operator.le,
    "greaterThan": operator.gt,
    "greaterThanOrEqual": operator.ge,
    "equals": operator.eq,
    "contains": operator.contains,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
}


def holds(value: Any, condition: ColumnFilter, on: Column) -> bool:
    """Whether a person would say that the condition is true of this cell."""
    test = condition.operator
    if test in ("blank", "notBlank"):
        return (value is None or value == "") is (test == "blank")
    if test in ("notEqual", "notContains"):
        positive: Operator = "equals" if test == "notEqual" else "contains"
        return not holds(value, condition.model_copy(update={"operator": positive}), on)
    if value is None:
        return False
    wanted, upper = (_typed(text, on) for text in (condition.value, condition.value_to))
    value = value.lower() if isinstance(value, str) else value
    if test == "inRange":
        return bool(wanted <= value <= upper)
    return _COMPARED[test](value, wanted)


def _typed(text: str, on: Column) -> Any:
    if on.kind in ("text", "id"):
        return text.lower()
    if not text:
        return None
    return date.fromisoformat(text) if on.kind == "day" else Decimal(text)


def conditions(on: Column, rows: Rows) -> Iterator[ColumnFilter]:
    """Every operator of the column, with values that stand in it and values that never do."""
    found = sorted({str(row[on.name]) for row in rows if row[on.name] is not None})
    for test in ("blank", "notBlank"):
        yield ColumnFilter(column=on.name, operator=test)
    if on.kind in ("text", "id"):
        shouted = [each.swapcase() for each in found[-1:]]
        parts = [each[1:3] for each in found[:1]] + [each[:2] for each in found[-2:-1]]
        sly = SLY if on.name == "job_name" and "clusters" in rows[0] else ("%", "")
        for value in dict.fromkeys([*shouted, *parts, *sly]):
            for named in _TEXT_OPERATORS:
                yield ColumnFilter(column=on.name, operator=named, value=value)
        return
    values = [found[0], "2026-03-02" if on.kind == "day" else "14.0"]
    for value in values:
        for compared in _ORDER_OPERATORS:
            yield ColumnFilter(column=on.name, operator=compared, value=value)
    low, high = sorted(values[:2], key=lambda text: _typed(text, on))
    for ends in ((low, high), (low, low), (high, low)):
        yield ColumnFilter(column=on.name, operator="inRange", value=ends[0], value_to=ends[1])


_TEXT_OPERATORS: tuple[Operator, ...] = (
    "contains",
    "notContains",
    "equals",
    "notEqual",
    "startsWith",
    "endsWith",
)
_ORDER_OPERATORS: tuple[Operator, ...] = (
    "equals",
    "notEqual",
    "lessThan",
    "lessThanOrEqual",
    "greaterThan",
    "greaterThanOrEqual",
)


@pytest.mark.parametrize("grouping", Grouping)
def test_every_condition_keeps_the_rows_a_person_would_keep(
    table: SpendRepository, unfiltered: dict[Grouping, Rows], grouping: Grouping
) -> None:
    rows = unfiltered[grouping]
    for on in COLUMNS[grouping]:
        for condition in conditions(on, rows):
            asked = by(grouping).with_changes(filters=(condition,))
            expected = [row for row in rows if holds(row[on.name], condition, on)]
            assert whole(table, asked) == expected, condition


@pytest.mark.parametrize("grouping", Grouping)
def test_totals_are_the_sum_of_the_rows_under_every_kind_of_condition(
    table: SpendRepository, unfiltered: dict[Grouping, Rows], grouping: Grouping
) -> None:
    rows = unfiltered[grouping]
    for on in COLUMNS[grouping]:
        for condition in list(conditions(on, rows))[::11]:
            asked = by(grouping).with_changes(filters=(condition,))
            shown = whole(table, asked)
            totals = table.table_totals(asked).value
            assert totals["table_rows"] == len(shown)
            for name in ("ec2_cost", "databricks_cost", "total_cost"):
                costs: list[Any] = [row[name] for row in shown]
                assert totals[name] == _known(costs), condition


def test_conditions_are_all_true_at_once(table: SpendRepository) -> None:
    asked = by(Grouping.RUN).with_changes(
        filters=(
            ColumnFilter(column="job_name", operator="contains", value="night"),
            ColumnFilter(column="job_name", operator="notContains", value="50%"),
            ColumnFilter(column="records", operator="inRange", value="2", value_to="3"),
        )
    )
    assert [row["run_id"] for row in whole(table, asked)] == ["1"]


def test_both_ends_of_a_range_are_in_it(table: SpendRepository) -> None:
    asked = by(Grouping.DAY).with_changes(filters=(_between("2026-03-02", "2026-03-04"),))
    days = [str(row["usage_date"]) for row in whole(table, asked)]
    assert days == ["2026-03-04", "2026-03-03", "2026-03-02"]


def _between(low: str, high: str) -> ColumnFilter:
    return ColumnFilter(column="usage_date", operator="inRange", value=low, value_to=high)


def test_is_not_and_does_not_contain_keep_what_is_unknown(table: SpendRepository) -> None:
    for test in ("notEqual", "notContains"):
        condition = {"column": "job_name", "operator": test, "value": "tie"}
        names = [
            row["job_name"]
            for row in whole(table, by(Grouping.JOB).with_changes(filters=(condition,)))
        ]
        assert None in names
    priced = {"column": "ec2_cost", "operator": "notEqual", "value": "10"}
    runs = whole(table, by(Grouping.RUN).with_changes(filters=(priced,)))
    assert None in [row["ec2_cost"] for row in runs]


def test_as_many_conditions_as_a_link_may_have_are_all_bound(table: SpendRepository) -> None:
    many = (ColumnFilter(column="job_name", operator="notEqual", value="x"),) * 40
    asked = by(Grouping.RUN).with_changes(filters=many)
    assert len(whole(table, asked)) == len(whole(table, by(Grouping.RUN)))


# Nothing of a person's reaches SQL but as a value

SLY_NAMES = ["total_cost; DROP TABLE spends", "1", "run_id--", "total_cost DESC, job_id", ""]


@pytest.mark.parametrize("name", SLY_NAMES)
def test_a_sly_column_never_reaches_sql(name: str) -> None:
    checked = by(Grouping.RUN)
    sorted_by = checked.model_copy(update={"sort": Sort(column=name)})  # past the view's own check
    condition = ColumnFilter(column=name, operator="equals", value="1")
    filtered = checked.model_copy(update={"filters": (condition,)})
    with pytest.raises(ValueError, match="no column"):
        page_question(sorted_by)
    for ask in (page_question, totals_question):
        with pytest.raises(ValueError, match="no column"):
            ask(filtered)


def test_a_column_of_another_grouping_never_reaches_sql() -> None:
    by_day = by(Grouping.DAY).model_copy(update={"sort": Sort(column="run_id")})
    with pytest.raises(ValueError, match="no column"):
        page_question(by_day)


@pytest.mark.parametrize("test", ["= 1 OR 1", "LIKE", "", "__class__"])
def test_a_sly_operator_never_reaches_sql(test: str) -> None:
    condition = ColumnFilter(column="run_id", operator="equals", value="1")
    sly = condition.model_copy(update={"operator": test})
    with pytest.raises(KeyError):
        page_question(by(Grouping.RUN).model_copy(update={"filters": (sly,)}))


@pytest.mark.parametrize("value", [*SLY[:-1], "{name}", "}; DROP TABLE spends; --"])
def test_a_value_is_bound_and_never_part_of_the_text(value: str) -> None:
    def text(value: str) -> str:
        condition = ColumnFilter(column="job_name", operator="contains", value=value)
        asked, values = page_question(by(Grouping.RUN).with_changes(filters=(condition,)))
        assert values == {"filter_aa": value}
        return asked.text

    assert text(value) == text("plain")


def test_the_table_survives_what_was_asked_of_it(table: SpendRepository, tmp_path: Path) -> None:
    sly = ColumnFilter(column="job_name", operator="equals", value="'; DROP TABLE spends; --")
    assert whole(table, by(Grouping.RUN).with_changes(filters=(sly,))) == []
    total = sum((each.total_cost for each in RECORDS), Decimal(0))
    row: Row = table.table_totals(by(Grouping.RECORD)).value
    assert (row["table_rows"], row["total_cost"]) == (len(RECORDS), total)


# Far down


@pytest.mark.parametrize("grouping", Grouping)
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("where", ["", "total_cost.lessThan.14", "records.equals.1"])
def test_a_page_far_down_is_the_one_that_sorting_everything_gives(
    table: SpendRepository,
    monkeypatch: pytest.MonkeyPatch,
    grouping: Grouping,
    descending: bool,
    where: str,
) -> None:
    if grouping is Grouping.RECORD and where.startswith("records"):
        where = "ec2_cost.notBlank."
    query = f"start_date=2026-03-01&end_date=2026-03-10&group_by={grouping}"
    asked = view(f"{query}&where={where}" if where else query)
    asked = asked.with_changes(sort=Sort(column="total_cost", descending=descending))
    everything = whole(table, asked)
    monkeypatch.setattr(deep_pages, "DEEP_ROWS", 0)
    for most in (1, 3, 200):
        for skip in range(len(everything) + 2):
            found = table.table_page(asked, skip=skip, most=most).value
            assert found == everything[skip : skip + most], (skip, most)
