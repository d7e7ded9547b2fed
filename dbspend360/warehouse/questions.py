"""Questions from the texts in `sql/`, and their `:named` values as the `?` every engine takes."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from dbspend360.warehouse.base import Question, Value

# A comment, a quoted text, or a name to bind; only the last is replaced.
_TOKEN = re.compile(r"--[^\n]*|'[^']*'|(?<![:\w]):([a-z_]+)")


# Texts that others may stand on: who speaks of one gets it in front.
_RELATIONS = ("spend_by_run", "chosen_spends")


@cache
def question(name: str) -> Question:
    """The question in `sql/<name>.sql`, with the texts it stands on."""
    text = _text(name)
    for relation in _RELATIONS:
        if relation != name and re.search(rf"\b{relation}\b", text):
            text = with_relation(relation, _text(relation), text)
    return Question(name, text)


def with_relation(name: str, definition: str, text: str) -> str:
    """`text` with one more named relation in front of it."""
    body = text.removeprefix("WITH ")
    joint = ",\n" if body != text else "\n"
    return f"WITH {name} AS (\n{definition}\n){joint}{body}"


def bound(text: str, values: Mapping[str, Value]) -> tuple[str, list[Value]]:
    """`text` with `?` for each name, and the values in the order of the question marks."""
    ordered: list[Value] = []

    def mark(match: re.Match[str]) -> str:
        name = match.group(1)
        if name is None:
            return match.group(0)
        ordered.append(values[name])
        return "?"

    return _TOKEN.sub(mark, text), ordered


def _text(name: str) -> str:
    lines = (files(__package__) / "sql" / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))
