"""Reads a request strictly: whatever makes no sense is refused, each part by its name."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dbspend360.api.parameters import DaysAndJobs, Parameters, short
from dbspend360.errors import BadView
from dbspend360.models.answer import Answer
from dbspend360.models.summary import Bounds
from dbspend360.models.view_query import (
    ALERTS,
    KNOWN,
    MAX_PARTS,
    MAX_QUERY,
    RUN,
    Problem,
    read_view,
)
from dbspend360.models.view_state import ViewState
from dbspend360.warehouse.spends import SpendRepository

P = TypeVar("P", bound=Parameters)
M = TypeVar("M", bound=BaseModel)
Pairs = list[tuple[str, str]]

_MANY = "where"  # the one parameter that may be given again
_SORT = "sort"
_FIELDS = {"dates": "start_date", "link": "query"}  # a problem's field on the page -> here


class Reader:
    """Reads what a request asks, with the page's own reader where that is a view."""

    def __init__(self, spend: SpendRepository, today: Callable[[], date]) -> None:
        self._spend, self._today = spend, today

    def today(self) -> date:
        """The day on which a request is read."""
        return self._today()

    def parameters(self, kind: type[P], query: bytes, path: Mapping[str, str]) -> P:
        """The parameters in a query and in the address. Asks nobody.

        Raises:
            BadView: with all that is wrong with them.
        """
        pairs = _pairs(query)
        known = [name for name in kind.model_fields if name not in path]
        odd, problems = _odd_names(pairs, known), list[Problem]()
        if issubclass(kind, DaysAndJobs):
            _, more = read_view(_view_query(pairs), today=self._today(), last_date=None)
            problems = [each for each in more if each.field != "dates"]  # may hang on the data
        found = validated(kind, {**_fields(pairs, known), **path})
        if isinstance(found, list):
            refuse([*odd, *found, *problems])
            raise BadView("The request makes no sense.")
        refuse([*odd, *problems])
        return found

    def view(self, query: bytes) -> tuple[ViewState, list[Answer[Bounds]]]:
        """The view of a query whose parameters are good, and what the data was asked for it.

        Raises:
            BadView: parts that do not go together.
            WarehouseError: only the data can say what the last day is, and it does not.
        """
        pairs = _pairs(query)
        names = {name for name, value in pairs if value}
        asked = [] if {"start_date", "end_date"} <= names else [self._spend.bounds()]
        last_date = asked[0].value.last_date if asked else None
        view, problems = read_view(_view_query(pairs), today=self._today(), last_date=last_date)
        refuse(problems)
        return view, asked


def refuse(problems: Iterable[Problem]) -> None:
    """Raise BadView when there are any, with the first of each field."""
    first: dict[str, Problem] = {}
    for each in problems:
        field = _FIELDS.get(each.field, each.field)
        first.setdefault(field, Problem(field, each.problem.removeprefix(f"{field} ")))
    if first:
        words = "; ".join(f"{each.field}: {each.problem}" for each in first.values())
        raise BadView(f"{words}.", list(first.values()))


def _pairs(query: bytes) -> Pairs:
    if len(query) > MAX_QUERY:
        refuse([Problem("query", f"is {len(query):,} bytes long; {MAX_QUERY:,} is the most")])
    try:
        return parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_PARTS,
        )
    except ValueError:
        problem = f"is not text in UTF-8, quoted as a URL, or has more than {MAX_PARTS} parts"
        refuse([Problem("query", problem)])
        raise


def _odd_names(pairs: Pairs, known: list[str]) -> list[Problem]:
    problems = []
    names = [name for name, _ in pairs]
    choices = f"it knows {', '.join(known)}" if known else "it knows none"
    for name in dict.fromkeys(names):
        if name not in known:
            problem = f"is not a parameter of this address; {choices}"
            problems.append(Problem(short(name) or "query", problem))
        elif name != _MANY and names.count(name) > 1:
            problems.append(Problem(name, "is given more than once"))
    return problems


def _view_query(pairs: Pairs) -> str:
    """The part of a query that the page knows too."""
    once = {name: value for name, value in reversed(pairs) if name != _MANY}
    many = [(name, value) for name, value in pairs if name == _MANY]
    return urlencode([*((n, v) for n, v in once.items() if n in KNOWN - {RUN}), *many])


def _fields(pairs: Pairs, known: list[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {name: value for name, value in pairs if name in known}
    if _MANY in fields:
        fields[_MANY] = [value for name, value in pairs if name == _MANY]
    return fields


def validated(kind: type[M], fields: Mapping[str, Any]) -> M | list[Problem]:
    """What is described, or all that is not as it is described."""
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        return [Problem(short(str(each["loc"][0])), _words(each)) for each in error.errors()]


def problems_in(found: object) -> Iterable[Problem]:
    """The problems where there are some in place of what was wanted."""
    return found if isinstance(found, list | tuple) else ()


def _words(error: ErrorDetails) -> str:
    """What pydantic found, as whoever asked is told."""
    kind, limits = error["type"], error.get("ctx", {})
    if kind == "missing":
        return "is needed"
    if error["input"] == "":
        return "is empty"
    if kind == "value_error":
        return str(limits["error"])
    if kind == "string_pattern_mismatch":
        return _pattern_words(error)
    plain = {
        "enum": "'{input}' is not one of {expected}",
        "greater_than_equal": "'{input}' is too small; {ge} is the least",
        "less_than_equal": "'{input}' is too large; {le} is the most",
        "string_too_long": "is longer than {max_length} characters",
        "too_long": "is given {actual_length} times; {max_length} is the most",
        "literal_error": "'{input}' is not {expected}",
        "extra_forbidden": "is not known here",
        "bool_type": "is not true or false",
        "float_type": "is not a number",
        "int_type": "is not a whole number",
        "list_type": "is not a list",
        "string_type": "is not a text",
    }
    if kind not in plain:
        return error["msg"].lower()
    return plain[kind].format(input=short(str(error["input"])), **limits)


def _pattern_words(error: ErrorDetails) -> str:
    name, given = error["loc"][0], str(error["input"])
    if name == ALERTS:
        return "is not 'only'"
    if name == _MANY:
        return "is not column, operator and value, such as total_cost.greaterThan.100"
    if "\0" in given:
        return "holds a null character"
    what = "a column of any grouping" if name == _SORT else "written as /api/docs says"
    return f"'{short(given)}' is not {what}"
