from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbspend360.models.columns import COLUMNS, Column, Grouping, column
from dbspend360.models.presets import DEFAULT_PRESET, Preset, period
from dbspend360.models.view_query import (
    MAX_FILTERS,
    MAX_QUERY,
    Problem,
    read_view,
    write_query,
)
from dbspend360.models.view_state import (
    DEFAULT_SORT,
    MAX_DAYS,
    ColumnFilter,
    Operator,
    Sort,
    ViewState,
    filter_value,
)

TODAY = date(2026, 11, 21)
LAST = date(2026, 11, 20)
DEFAULT_DAYS = period(DEFAULT_PRESET, today=TODAY, last_date=LAST)


def read(query: str) -> tuple[ViewState, tuple[Problem, ...]]:
    return read_view(query, today=TODAY, last_date=LAST)


def fields(query: str) -> list[str]:
    """Which parts of this query made no sense."""
    return [each.field for each in read(query)[1]]


# There and back

# Whatever a person can type: no null characters, and surrogates are no text.
ODD_TEXTS = ["..", ".", "a..b", "&", "=", "?", "#", "+", " ", "%", "%00", "売上", "\n", "'"]
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60
) | st.sampled_from(
    ["..", ".", "a..b", "&", "=", "?", "#", "+", " ", "%", "%00", "売上", "\n", "'"]
)
NUMBERS = st.decimals(-(10**15), 10**15, allow_nan=False, places=6).map(str)
DAYS = st.dates(date(1971, 1, 1), date(2200, 1, 1))


@st.composite
def a_condition(draw: st.DrawFn, on: Column) -> ColumnFilter:
    tests: list[Operator] = ["equals", "notEqual", "blank", "notBlank"]
    if on.kind in ("text", "id"):
        values = TEXTS
        tests += ["contains", "notContains", "startsWith", "endsWith"]
    else:
        values = DAYS.map(str) if on.kind == "day" else NUMBERS
        tests += ["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual", "inRange"]
    test = draw(st.sampled_from(tests))
    value = "" if test in ("blank", "notBlank") else draw(values)
    upper = draw(values) if test == "inRange" else ""
    return ColumnFilter(column=on.name, operator=test, value=value, value_to=upper)


@st.composite
def a_view(draw: st.DrawFn) -> ViewState:
    preset = draw(st.none() | st.sampled_from(Preset))
    if preset:
        first, last = period(preset, today=TODAY, last_date=LAST)
    else:
        first = draw(DAYS)
        last = first + timedelta(days=draw(st.integers(0, MAX_DAYS - 1)))
    grouping = draw(st.sampled_from(Grouping))
    columns = st.sampled_from(COLUMNS[grouping])
    return ViewState(
        start_date=first,
        end_date=last,
        preset=preset,
        job_name=draw(TEXTS),
        workspace_id=draw(TEXTS),
        job_id=draw(TEXTS),
        cluster_id=draw(TEXTS),
        group_by=grouping,
        sort=Sort(column=draw(columns).name, descending=draw(st.booleans())),
        filters=tuple(draw(st.lists(columns.flatmap(a_condition), max_size=3))),
        alerts="" if grouping is Grouping.CLUSTER else draw(st.sampled_from(["", "only"])),
    )


@given(a_view())
def test_a_view_comes_back_from_its_query_as_it_was(view: ViewState) -> None:
    query = write_query(view)
    assert read(query) == (view, ())
    assert read("?" + query) == (view, ())
    assert query.isascii()


@given(a_view(), TEXTS)
def test_the_open_run_is_part_of_the_link_but_not_of_the_view(view: ViewState, run: str) -> None:
    assert read(write_query(view, run=run)) == (view, ())


def test_the_default_view_has_an_empty_query() -> None:
    view, problems = read("")
    assert (view.start_date, view.end_date) == DEFAULT_DAYS == (date(2026, 10, 22), LAST)
    assert (view.preset, view.group_by) == (DEFAULT_PRESET, Grouping.RUN)
    assert view.sort == Sort(column="total_cost", descending=True)
    assert (problems, write_query(view)) == ((), "")


def test_a_query_says_no_more_than_it_must() -> None:
    view, _ = read("preset=last_30_days&group_by=run&sort=-total_cost&job_name=&where=")
    assert write_query(view) == ""


def test_each_grouping_has_its_own_order() -> None:
    for grouping in Grouping:
        assert read(f"group_by={grouping}")[0].sort == DEFAULT_SORT[grouping]


def test_conditions_keep_their_order() -> None:
    query = "where=job_name.contains.a&where=total_cost.inRange.1..2&where=run_id.equals.x..y"
    view, problems = read(query)
    assert not problems
    assert view.filters == (
        ColumnFilter(column="job_name", operator="contains", value="a"),
        ColumnFilter(column="total_cost", operator="inRange", value="1", value_to="2"),
        ColumnFilter(column="run_id", operator="equals", value="x..y"),
    )


# One end of the days


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("start_date=2026-11-01", ("2026-11-01", "2026-11-20")),
        ("start_date=2027-01-01", ("2027-01-01", "2027-01-01")),
        ("end_date=2026-11-10", ("2026-10-12", "2026-11-10")),
        ("end_date=2026-11-10&start_date=", ("2026-10-12", "2026-11-10")),
    ],
)
def test_one_end_of_the_days_is_enough(query: str, days: tuple[str, str]) -> None:
    view, problems = read(query)
    assert ((str(view.start_date), str(view.end_date)), problems) == (days, ())


# Nonsense


@pytest.mark.parametrize(
    "query",
    [
        "start_date=2026-02-30&end_date=2026-02-30",
        "start_date=yesterday",
        "end_date=2026-13-01",
        "start_date=01/02/2026",
        "start_date=%F0%9F%92%B8",
        "end_date=-1",
        "start_date=99999-01-01",
        "start_date=%00",
    ],
)
def test_a_bad_day_is_reported_by_name(query: str) -> None:
    view, problems = read(query)
    assert {each.field for each in problems} <= {"start_date", "end_date"}
    assert problems
    assert (view.start_date, view.end_date) == DEFAULT_DAYS


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-11-20", "2026-11-19"),  # backwards
        ("1996-01-01", "2026-01-01"),  # thirty years
        ("2024-11-20", "2026-11-21"),  # a day too many
        ("1970-12-31", "1971-01-02"),
        ("0001-01-01", "0001-01-02"),
        ("0001-01-01", "9999-12-31"),
    ],
)
def test_days_that_make_no_sense_together_are_reported(first: str, last: str) -> None:
    view, problems = read(f"start_date={first}&end_date={last}")
    assert [each.field for each in problems] == ["dates"]
    assert (view.start_date, view.end_date) == DEFAULT_DAYS
    assert view.preset is DEFAULT_PRESET


def test_the_longest_range_is_two_years_with_a_leap_day() -> None:
    view, problems = read("start_date=2024-11-20&end_date=2026-11-20")
    assert (view.days, problems) == (MAX_DAYS, ())


def test_one_bad_day_leaves_the_good_one() -> None:
    view, problems = read("start_date=nonsense&end_date=2026-11-10")
    assert [each.field for each in problems] == ["start_date"]
    assert view.end_date == date(2026, 11, 10)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("preset=next_year", "preset"),
        ("preset=LAST_7_DAYS", "preset"),
        ("preset=today&start_date=2026-11-01", "preset"),
        ("group_by=team", "group_by"),
        ("group_by=%00", "group_by"),
        ("sort=nothing", "sort"),
        ("sort=--total_cost", "sort"),
        ("sort=total_cost%3B+DROP+TABLE+spends", "sort"),
        ("sort=clusters&group_by=job", "sort"),
        ("sort=-", "sort"),
        (f"sort={'x' * 400}", "sort"),
        ("where=nonsense", "where"),
        ("where=nothing.equals.1", "where"),
        ("where=total_cost.contains.1", "where"),
        ("where=total_cost.equals.abc", "where"),
        ("where=total_cost.equals.NaN", "where"),
        ("where=total_cost.equals.Infinity", "where"),
        ("where=total_cost.equals.1e400", "where"),
        ("where=total_cost.equals.1e999999999", "where"),
        ("where=total_cost.inRange.1", "where"),
        ("where=total_cost.inRange...", "where"),
        ("where=job_name.inRange.a..b", "where"),
        ("where=job_name.__class__.a", "where"),
        ("where=last_date.equals.today", "where"),
        ("where=job_name.equals.%00", "where"),
        ("where=usage_date.equals.2026-01-01", "where"),  # not a column by run
        ("job_name=%00", "job_name"),
        ("job_name=" + "x" * 301, "job_name"),
        ("workspace_id=a%00b", "workspace_id"),
        ("job_id=1&job_id=2", "job_id"),
        ("start_date=2026-11-01&start_date=2026-11-02", "start_date"),
        ("alerts=all", "alerts"),
        ("alerts=ONLY", "alerts"),
        ("alerts=only&group_by=cluster", "alerts"),
        ("colour=red", "colour"),
        ("%3Cscript%3E=1", "<script>"),
        ("job_name=%ff%fe", "link"),
        ("job_name=%ed%a0%80", "link"),  # half a character
        ("job_name=\ud800", "link"),
        ("sort=\ud800", "link"),
        ("job_name=" + "x" * 10_000, "link"),
        ("&".join(["where=job_name.blank."] * 1000), "link"),
        ("&".join(["where=blank"] * 99), "where"),
    ],
)
def test_nonsense_falls_back_to_the_default_and_is_reported_by_name(query: str, field: str) -> None:
    _, problems = read(query)
    named = {each.field for each in problems}
    assert field in named
    assert all(each.problem for each in problems)


@pytest.mark.parametrize("query", ["preset=x", "group_by=x", "sort=x", "where=x", "nothing=x"])
def test_what_makes_no_sense_leaves_the_default_view(query: str) -> None:
    assert read(query)[0] == read("")[0]


@pytest.mark.parametrize("query", ["where=x", "where=total_cost.equals.abc"])
def test_a_problem_goes_by_the_name_the_link_has_for_it(query: str) -> None:
    assert fields(query) == ["where"]


def test_of_two_the_first_counts() -> None:
    view, problems = read("job_name=a&job_name=b")
    assert (view.job_name, [each.field for each in problems]) == ("a", ["job_name"])


def test_one_bad_condition_leaves_the_good_ones() -> None:
    view, problems = read("where=x.y.z&where=job_name.contains.a&where=total_cost.equals.x")
    assert [each.column for each in view.filters] == ["job_name"]
    assert len(problems) == 2


def test_a_condition_counts_only_by_the_grouping_that_has_its_column() -> None:
    query = "where=usage_date.equals.2026-11-01&group_by="
    assert read(query + "day")[1] == ()
    assert read(query + "run")[1] != ()


def test_too_many_conditions_are_cut_and_reported() -> None:
    query = "&".join(["where=job_name.contains.a"] * (MAX_FILTERS + 1))
    view, problems = read(query)
    assert (len(view.filters), [each.field for each in problems]) == (MAX_FILTERS, ["where"])


def test_a_link_that_is_too_long_is_not_read_at_all() -> None:
    view, problems = read("group_by=day&job_name=" + "x" * MAX_QUERY)
    assert ([each.field for each in problems], view.group_by) == (["link"], Grouping.RUN)


def test_a_problem_does_not_repeat_a_whole_novel() -> None:
    for query in ("group_by=", "preset=", "start_date=", "", "sort=", "where="):
        for each in read(query + quote("é" * 900))[1]:
            assert len(each.field) < 60
            assert len(each.problem) < 450


@given(
    st.text(st.characters(), max_size=200)
    | st.dictionaries(
        st.sampled_from(
            [
                "start_date",
                "end_date",
                "preset",
                "group_by",
                "sort",
                "where",
                "job_name",
                "run",
                "x",
            ]
        ),
        st.text(max_size=40),
    ).map(urlencode)
    | st.binary(max_size=60).map(lambda raw: "where=" + quote(raw) + "&job_name=" + quote(raw))
)
def test_no_text_at_all_is_an_exception(query: str) -> None:
    view, _ = read(query)
    assert view.start_date <= view.end_date
    assert read(write_query(view)) == (view, ())


@pytest.mark.parametrize("last_date", [None, date(2000, 1, 1), date(2100, 12, 31)])
@pytest.mark.parametrize("query", ["", "end_date=9999-12-31", "start_date=9999-12-31"])
def test_the_ends_of_time_are_no_exception(query: str, last_date: date | None) -> None:
    view, _ = read_view(query, today=TODAY, last_date=last_date)
    assert view.before[1] < view.start_date


# The view itself


def test_the_days_before_are_as_many_and_end_the_day_before() -> None:
    view, _ = read("start_date=2026-03-01&end_date=2026-03-31")
    assert view.before == (date(2026, 1, 29), date(2026, 2, 28))


def test_a_view_can_be_a_cache_key_and_cannot_be_changed() -> None:
    view, _ = read("where=job_name.contains.a")
    assert len({view, read("where=job_name.contains.a")[0]}) == 1
    with pytest.raises(ValueError, match="frozen"):
        view.job_name = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    "changes",
    [
        {"end_date": date(2020, 1, 1)},
        {"group_by": Grouping.DAY, "sort": Sort(column="run_id")},
        {"job_name": "\0"},
        {"filters": ({"column": "x", "operator": "equals"},)},
        {"sort": Sort(column="x")},
        {"nothing": 1},
    ],
)
def test_a_changed_view_is_checked_again(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each says something else
        read("")[0].with_changes(**changes)


def test_a_number_is_compared_to_the_sixth_decimal() -> None:
    money = column(Grouping.RUN, "total_cost")
    assert money is not None
    assert filter_value(money, "1.23456789") == Decimal("1.234568")
    assert filter_value(money, "1e-999999999") == 0
