"""A view as the query of a URL, and back.

`read_view` forgives: what makes no sense is replaced by the default and reported, so that an old
or a mangled link still opens. A door that must not forgive looks at the problems.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from pydantic import ValidationError

from dbspend360.models.columns import Grouping
from dbspend360.models.presets import DEFAULT_PRESET, Preset, period
from dbspend360.models.view_state import DEFAULT_SORT, ColumnFilter, Sort, ViewState

MAX_QUERY = 8_000  # characters; browsers and proxies cut longer links anyway
MAX_PARTS = 100
MAX_FILTERS = 20
RUN = "run"  # the open breakdown: part of the link, not of the view
_EXACT = ("job_name", "workspace_id", "job_id", "cluster_id")
ALERTS = "alerts"
KNOWN = {"start_date", "end_date", "preset", "group_by", "sort", "where", ALERTS, RUN, *_EXACT}


@dataclass(frozen=True)
class Problem:
    """Which part of a link made no sense, and why."""

    field: str
    problem: str


def read_view(
    query: str, *, today: date, last_date: date | None
) -> tuple[ViewState, tuple[Problem, ...]]:
    """The view a URL's query asks for, and what in it made no sense.

    Args:
        query: with or without the question mark.
        today: UTC.
        last_date: last day with data, where the rolling presets end.
    """
    return _Reader(query, today, last_date).view()


def write_query(view: ViewState, *, run: str = "") -> str:
    """The shortest query that `read_view` reads as this view; '' is the default one."""
    parts: list[tuple[str, str]] = []
    if view.preset is None:
        parts += [("start_date", str(view.start_date)), ("end_date", str(view.end_date))]
    elif view.preset is not DEFAULT_PRESET:
        parts.append(("preset", view.preset))
    parts += [(name, getattr(view, name)) for name in _EXACT if getattr(view, name)]
    if view.group_by is not Grouping.RUN:
        parts.append(("group_by", view.group_by))
    if view.sort != DEFAULT_SORT[view.group_by]:
        parts.append(("sort", str(view.sort)))
    parts += [("where", where_text(each)) for each in view.filters]
    parts += [(ALERTS, view.alerts)] if view.alerts else []
    return urlencode(parts + ([(RUN, run)] if run else []))


def where_text(condition: ColumnFilter) -> str:
    """A condition as a link says it: column, operator and value with dots between."""
    value = condition.value
    if condition.operator == "inRange":
        value = f"{value}..{condition.value_to}"
    return f"{condition.column}.{condition.operator}.{value}"


class _Reader:
    def __init__(self, query: str, today: date, last_date: date | None) -> None:
        self.problems: list[Problem] = []
        self.today, self.last_date = today, last_date
        self.wheres: list[str] = []
        self.given: dict[str, str] = {}
        for name, value in self._pairs(query.removeprefix("?")):
            if name == "where":
                self.wheres.append(value)
            elif name in self.given:
                self._note(name, "is given twice; the first one counts")
            else:
                self.given[name] = value

    def view(self) -> tuple[ViewState, tuple[Problem, ...]]:
        start, end, preset = self._period()
        fields: dict[str, Any] = {"start_date": start, "end_date": end, "preset": preset}
        group_by = self._group_by()
        fields |= {"group_by": group_by, "sort": DEFAULT_SORT[group_by]}
        exact = ((name, self.given.get(name, "")) for name in (*_EXACT, ALERTS))
        fields = self._add(fields, exact)
        if sort := self.given.get("sort"):
            ordered = Sort(column=sort[:300].removeprefix("-"), descending=sort.startswith("-"))
            fields = self._add(fields, [("sort", ordered)])
        for text in self.wheres[:MAX_FILTERS]:
            fields = self._add_condition(fields, text)
        if len(self.wheres) > MAX_FILTERS:
            self._note("where", f"is given {len(self.wheres)} times; {MAX_FILTERS} is the most")
        return ViewState.model_validate(fields), tuple(self.problems)

    def _note(self, field: str, problem: str) -> None:
        self.problems.append(Problem(field, problem))

    def _pairs(self, query: str) -> list[tuple[str, str]]:
        if len(query) > MAX_QUERY:
            self._note("link", f"is {len(query):,} characters long; {MAX_QUERY:,} is the most")
            return []
        try:
            query.encode()  # half of a surrogate pair is no text
            pairs = parse_qsl(
                query, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARTS
            )
        except ValueError:
            self._note("link", f"is not readable text, or has more than {MAX_PARTS} parts")
            return []
        for name in sorted({name for name, _ in pairs} - KNOWN):
            self._note(_short(name), "is not something a link can say")
        return [(name, value) for name, value in pairs if name in KNOWN and value]

    def _add(self, fields: dict[str, Any], more: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        """Each of `more` that makes a valid view; the others become problems."""
        for name, value in more:
            tried = {**fields, name: value}
            try:
                ViewState.model_validate(tried)
            except ValidationError as error:
                field = "where" if name == "filters" else name
                self._note(field, _reason(error).removeprefix(f"{field}: "))
            else:
                fields = tried
        return fields

    def _add_condition(self, fields: dict[str, Any], text: str) -> dict[str, Any]:
        name, _, rest = text.partition(".")
        operator, _, value = rest.partition(".")
        value, _, value_to = value.partition("..") if operator == "inRange" else (value, "", "")
        condition = {
            "column": name,
            "operator": operator,
            "value": value,
            "value_to": value_to,
        }
        return self._add(fields, [("filters", (*fields.get("filters", ()), condition))])

    def _group_by(self) -> Grouping:
        asked = self.given.get("group_by", Grouping.RUN)
        try:
            return Grouping(asked)
        except ValueError:
            choices = ", ".join(Grouping)
            self._note("group_by", f"'{_short(asked)}' is not one of {choices}")
            return Grouping.RUN

    def _period(self) -> tuple[date, date, Preset | None]:
        start, end = self._day("start_date"), self._day("end_date")
        preset = self._preset()
        if start is None and end is None:
            chosen = preset or DEFAULT_PRESET
            return *period(chosen, today=self.today, last_date=self.last_date), chosen
        if preset:
            self._note("preset", "is not used, because there are dates too")
        start, end = self._completed(start, end)
        try:
            ViewState(start_date=start, end_date=end)
        except ValidationError as error:
            self._note("dates", _reason(error))
            default = period(DEFAULT_PRESET, today=self.today, last_date=self.last_date)
            return *default, DEFAULT_PRESET
        return start, end, None

    def _completed(self, start: date | None, end: date | None) -> tuple[date, date]:
        if start is None and end is not None:
            reach = min(timedelta(days=29), end - date.min)
            return end - reach, end
        latest = min(self.last_date or self.today, self.today)
        start = start or latest
        return start, end or max(start, latest)

    def _day(self, name: str) -> date | None:
        text = self.given.get(name)
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._note(name, f"'{_short(text)}' is not a date such as 2026-11-20")
            return None

    def _preset(self) -> Preset | None:
        text = self.given.get("preset")
        try:
            return Preset(text) if text else None
        except ValueError:
            self._note("preset", f"'{_short(text or '')}' is not a period we know")
            return None


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    if first["type"] == "string_too_long":
        return f"is longer than {first['ctx']['max_length']} characters"
    cause = first.get("ctx", {}).get("error")
    return str(cause) if isinstance(cause, ValueError) else str(first["msg"]).lower()


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
