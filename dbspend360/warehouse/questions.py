"""Questions from the texts in `sql/`, and their `:named` values as the `?` every engine takes.

A text may stand on others, its relations: who speaks of one gets it in front. Where an engine has
roll-ups, `sql/by_job` and `sql/by_day` hold other relations of the same names: the question itself
stays the same text.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from dbspend360.warehouse.base import Question, RollUp, Value

Folders = tuple[str, ...]  # below `sql`, the first before the others

# A comment, a quoted text, or a name to bind; only the last is replaced.
_TOKEN = re.compile(r"--[^\n]*|'[^']*'|(?<![:\w]):([a-z_]+)")

# Each may stand on those after it.
_RELATIONS = (
    "job_costs_before",
    "spend_by_run",
    "period_highest",
    "period_sums",
    "period_runs",
    "periods",
    "chosen_days",
    "chosen_job_days",
    "chosen_runs",
    "cut_runs",
    "cut_period_runs",
    "cut_spends",
    "cut_period_spends",
    "chosen_spends",
    "observed",
    "cost_norms",
    "judged_costs",
    "latest_names",
    "judged_spends",
)

# What is added up from some of the records as the text says that adds up all of them.
_OF_SOME = {
    "cut_runs": ("spend_by_run", "cut_spends"),
    "cut_period_runs": ("period_runs", "cut_period_spends"),
}

# Where texts are looked for, the first ones before the others, and which filters they cannot serve.
_ROLLED: tuple[tuple[Folders, tuple[str, ...]], ...] = (
    (("by_day", "by_job"), ("job_name", "workspace_id", "job_id", "cluster_id")),
    (("by_job",), ("cluster_id",)),
)


@cache
def question(name: str) -> Question:
    """The question in `sql/<name>.sql`, with the texts it stands on."""
    return composed(name, lambda folders: text_of(name, folders))


def standing(name: str, folders: Folders) -> str:
    """The text `<name>.sql` behind the relations it speaks of."""
    return _standing(name, text_of(name, folders), folders)


def composed(name: str, text_in: Callable[[Folders], str]) -> Question:
    """A question whose text depends on the folders that its parts may come from."""
    plain = _standing(name, text_in(()), ())
    texts = [(_standing(name, text_in(folders), folders), unless) for folders, unless in _ROLLED]
    followed = [text for text, _ in texts[1:]] + [plain]
    rolled = [
        RollUp(text, tuple(each for each in unless if each in names_in(plain)))
        for (text, unless), after in zip(texts, followed, strict=True)
        if text != after
    ]
    return Question(name, plain, roll_ups=tuple(rolled))


def on_rows(name: str, rows: Question, relation: str, text: str) -> Question:
    """A question whose text stands on the rows of another, called `relation` there."""
    rolled = (
        RollUp(with_relation(relation, each.text, text), each.unless) for each in rows.roll_ups
    )
    return Question(name, with_relation(relation, rows.text, text), roll_ups=tuple(rolled))


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


def text_of(name: str, folders: Folders) -> str:
    """The text `<name>.sql` in the first of the folders that has one, else in `sql`."""
    root = files(__package__) / "sql"
    places = [root / folder / f"{name}.sql" for folder in folders]
    file = next((each for each in places if each.is_file()), root / f"{name}.sql")
    lines = file.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


@cache
def names_in(text: str) -> frozenset[str]:
    """The names of the values that a text wants."""
    return frozenset(filter(None, _TOKEN.findall(text)))


def _standing(name: str, text: str, folders: Folders) -> str:
    """`text` behind the relations it speaks of, but for the one it defines itself."""
    for relation in _RELATIONS:
        if relation != name and re.search(rf"\b{relation}\b", text):
            text = with_relation(relation, _definition(relation, folders), text)
    return text


def _definition(relation: str, folders: Folders) -> str:
    if relation not in _OF_SOME:
        return text_of(relation, folders)
    of_all, records = _OF_SOME[relation]
    return re.sub(r"\bchosen_spends\b", records, text_of(of_all, ()))
